"""``manage.py demo``: through the workflow, safe to repeat, only in a trial (DESIGN section 8)."""

from __future__ import annotations

import stat

import pytest
from django.core.management import CommandError, call_command

from articles.models import Article, MenuItem
from stemsite.accounts.models import User
from stemsite.audit.models import AuditEvent
from stemsite.clinic.models import Clinic, Wording
from stemsite.example_site import loading
from stemsite.example_site.loading import load
from stemsite.example_site.staff import login_file, sample_password
from stemsite.publishing import workflow
from stemsite.publishing.models import Page, Transition, Version
from tests.factories import make_article, make_clinic, sign_and_publish

from .conftest import PAGES, counts

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("folder")]


@pytest.mark.parametrize("step", ["submit", "sign", "publish"])
def test_an_interrupted_run_is_picked_up_where_it_stopped(monkeypatch, step):
    real = getattr(workflow, step)
    calls = iter(range(100))

    def interrupted(*args: object, **kwargs: object) -> object:
        if next(calls) == 3:
            raise KeyboardInterrupt
        return real(*args, **kwargs)

    with monkeypatch.context() as patch:
        patch.setattr(workflow, step, interrupted)
        with pytest.raises(KeyboardInterrupt):
            load()
    assert 0 < Page.objects.live().count() < PAGES
    assert not AuditEvent.objects.filter(verb=loading.LOADED).exists()
    load()
    assert Page.objects.live().count() == PAGES
    assert Version.objects.count() == PAGES
    assert Transition.objects.filter(verb="publish").count() == PAGES


def test_pages_of_the_clinic_under_the_same_address_are_left_alone(clinic):
    article = make_article(title="Our own words", slug="how-to-read-a-study")
    sign_and_publish(article)
    load()
    assert Article.objects.get(slug="how-to-read-a-study").title == "Our own words"
    assert not Article.objects.get(slug="how-to-read-a-study").is_sample


def test_facts_wordings_and_menu_of_the_clinic_are_left_alone(clinic):
    MenuItem.objects.create(label="Ours", path="/contact/")
    load()
    assert Clinic.current().name == "Example Clinic"
    assert not Clinic.current().is_sample
    assert not Wording.objects.filter(is_sample=True).exists()
    assert list(MenuItem.objects.values_list("label", flat=True)) == ["Ours"]


def test_a_clinic_with_a_name_of_its_own_is_not_overwritten():
    make_clinic(legal_name="", statement="", address="", phone="", email="")
    load()
    assert Clinic.current().name == "Example Clinic"


def test_on_a_public_address_samples_and_logins_are_refused(settings):
    settings.IS_TRIAL = False
    settings.SITE_URL = "https://clinic.example"
    before = counts()
    with pytest.raises(CommandError, match=r"https://clinic\.example is a public address"):
        call_command("demo", password="x")
    with pytest.raises(CommandError, match="public address"):
        call_command("demo", articles=3)
    assert counts() == before
    assert not login_file().exists()


def test_without_a_password_one_is_made_and_kept_for_its_owner_alone():
    load()
    kept = login_file().read_text().strip()
    assert len(kept) >= 12
    assert stat.S_IMODE(login_file().stat().st_mode) == 0o600
    assert User.objects.get(email="owner@example.org").check_password(kept)
    assert sample_password() == kept
    load()
    assert login_file().read_text().strip() == kept


def test_a_real_account_of_the_same_name_keeps_its_password():
    owner = User.objects.create_user("owner@example.org", "a real one", is_staff=True)
    load("x")
    owner.refresh_from_db()
    assert owner.check_password("a real one")
    assert not owner.is_sample


def test_the_command_says_how_to_log_in(capsys):
    call_command("demo", password="pw")
    said = capsys.readouterr().out
    assert f"Published: {PAGES} pages." in said
    assert "owner@example.org" in said
    assert str(login_file()) in said
    assert "pw" not in said.replace(str(login_file()), "")
