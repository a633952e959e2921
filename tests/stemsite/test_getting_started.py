"""PUB-148: the first steps look for themselves whether they are done, and go when all are."""

import pytest

from stemsite.access import Role
from stemsite.getting_started import steps, tasks
from stemsite.getting_started.steps import all_done
from stemsite.mail.domain import Finding, Level
from stemsite.mail.models import Delivery
from stemsite.tasks.models import Job
from tests.factories import make_clinic, make_plain_page, make_reviewer, make_user, save_draft
from tests.staff_forms import signed_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def served(settings):
    settings.MAIL_URL = "smtp://mail.example.org:25"
    settings.IS_TRIAL = False


def step(slug):
    return next((each for each in steps.steps() if each.slug == slug), None)


def test_a_fresh_site_says_what_is_missing_in_words(owner):
    page = signed_in(owner).get("/admin/start/").content.decode()
    for words in ("its legal name", "Invite the clinician", "SITE_URL", "MAIL_URL"):
        assert words in page
    assert "steps are still to do" in signed_in(owner).get("/admin/").content.decode()
    assert step("domain") is None, "a domain is looked at once letters leave by a server"


def test_each_step_is_done_once_it_is_and_not_before(clinic, served):
    assert step("facts").is_done
    make_clinic(legal_name="")
    assert "its legal name" in step("facts").missing
    make_clinic()
    assert not step("clinician").is_done
    person = make_reviewer()
    assert step("clinician").is_done
    person.user.is_active = False
    person.user.save()
    assert not step("clinician").is_done
    page = make_plain_page(is_sample=True)
    save_draft(page)
    assert "1 sample page is still here" in step("samples").missing
    assert step("address").is_done


def test_a_letter_arrived_when_the_owner_pressed_what_it_led_to(clinic, served, owner):
    client = signed_in(owner)
    assert client.post("/admin/start/mail/").status_code == 303
    letter = Delivery.objects.get(kind="test_letter")
    assert letter.to == owner.email
    address = next(line for line in letter.text.splitlines() if "/admin/start/arrived/" in line)
    address = address[address.index("/admin/") :]
    assert client.get(address).status_code == 200
    assert not step("mail").is_done, "opening the link changes nothing"
    other = signed_in(make_user(Role.OWNER))
    assert other.post(address).status_code == 403
    assert client.get(address[:-3] + "xx/").status_code == 404
    assert client.post(address).status_code == 303
    assert step("mail").is_done


@pytest.mark.parametrize(("level", "done"), [(Level.GOOD, True), (Level.BAD, False), (Level.UNKNOWN, False)])
def test_the_domain_is_asked_about_by_the_worker_and_silence_is_not_good(
    clinic, served, owner, monkeypatch, level, done
):
    assert signed_in(owner).post("/admin/start/domain/").status_code == 303
    assert Job.objects.get().task.endswith("check_domain")
    monkeypatch.setattr(tasks, "findings", lambda *_: [Finding(subject="SPF", level=level, said="What was said.")])
    tasks.check_domain.func(owner.pk)
    assert step("domain").is_done is done
    assert done or "SPF: What was said." in step("domain").missing


def test_all_done_it_leaves_the_work_queue(clinic, served, owner, monkeypatch):
    make_reviewer()
    client = signed_in(owner)
    client.post("/admin/start/mail/")
    text = Delivery.objects.get(kind="test_letter").text
    client.post(text[text.index("/admin/start/") :].split()[0])
    monkeypatch.setattr(tasks, "findings", lambda *_: [])
    tasks.check_domain.func(owner.pk)
    assert all_done()
    assert "Getting started" not in client.get("/admin/").content.decode()


@pytest.mark.parametrize("role", sorted(set(Role) - {Role.OWNER}))
def test_the_first_steps_are_the_owners(clinic, role):
    client = signed_in(make_user(role))
    assert client.get("/admin/start/").status_code == 403
    assert client.post("/admin/start/mail/").status_code == 403
    assert "Getting started" not in client.get("/admin/").content.decode()


def test_a_press_that_is_no_step_is_not_found(clinic, owner):
    client = signed_in(owner)
    assert client.post("/admin/start/facts/").status_code == 404
    assert client.get("/admin/start/mail/").status_code == 405
