"""The pause hides calls to action and forms from readers at once; texts stay (PAGE-08, PUB-111)."""

import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from lxml import html

from articles.models import ActionSection, MenuItem
from leads.models import Contact
from leads.views import CONSULTATION, NEWSLETTER, PACKET
from stemsite.access import Role
from stemsite.audit.models import AuditEvent
from stemsite.clinic import frame
from stemsite.clinic.changing import save_clinic
from stemsite.clinic.models import Clinic
from stemsite.clinic.pausing import pause, resume
from tests.factories import make_guide, make_user, sign_and_publish
from tests.staff import signed_in
from tests.stored import keep, read, stored

pytestmark = [pytest.mark.django_db, pytest.mark.database]

SCREEN = "/admin/pause/"


@pytest.fixture
def owner(clinic):
    return make_user(Role.OWNER)


@pytest.fixture
def guide(owner):
    found = make_guide()
    ActionSection.objects.create(parent=found, region="main", ordering=900, action="consultation")
    sign_and_publish(found)
    MenuItem.objects.create(label="Come to us", path="/consultation/", ordering=900)
    return found


def links_to_forms(address):
    links = html.fromstring(read(address)).iterlinks()
    return [url for _, name, url, _ in links if name == "href" and url.partition("?")[0] in frame.FORMS]


PLACES = ("/", "/contact/", "/newsletter/issues/", "/conditions/als/", "/studies/", "/search/?q=als")


def test_page_08_no_page_leads_to_a_form_while_requests_are_paused(owner, guide):
    shown = {address: links_to_forms(address) for address in PLACES}
    assert all(shown.values()), "each of them leads to a form before"
    text = read(guide.live_path)
    assert b'class="action"' in text
    pause(by=owner, reason="The phone line is down.")
    assert {address: links_to_forms(address) for address in PLACES} == {address: [] for address in PLACES}
    paused = read(guide.live_path)
    assert b'class="action"' not in paused and b"About research." in paused
    assert b"phone line" not in paused
    resume(by=owner)
    assert read(guide.live_path) == text
    assert {address: links_to_forms(address) for address in PLACES} == shown


def test_page_08_stored_pages_are_forgotten_in_the_same_transaction(owner, guide):
    keep("/", guide.live_path, "/newsletter/")
    pause(by=owner, reason="Why not.")
    assert stored() == set()


@pytest.mark.parametrize("spec", [NEWSLETTER, PACKET, CONSULTATION])
def test_page_08_a_form_says_that_no_requests_are_taken(owner, spec):
    assert spec.path in frame.FORMS
    assert b"<form" in read(spec.path).partition(b"<main")[2]
    pause(by=owner, reason="Why not.")
    text = read(spec.path).decode()
    assert "We take no requests over this site at the moment." in text
    assert "<form" not in text and "noindex" in text


def test_page_08_who_presses_send_during_a_pause_keeps_their_text_and_nothing_is_stored(owner):
    pause(by=owner, reason="Why not.")
    answer = Client().post("/consultation/", {"name": "Ada Sample", "message": "Please call me & my son."})
    assert answer.status_code == 503
    text = answer.content.decode()
    assert "This was not sent" in text and "Please call me &amp; my son." in text and "Ada Sample" in text
    assert not Contact.objects.exists()


def test_a_pause_is_on_record_once_and_says_why(owner):
    assert pause(by=owner, reason=" The phone line is down. ")
    assert not pause(by=make_user(Role.OWNER), reason="Another reason.")
    clinic = Clinic.current()
    assert (clinic.paused_because, clinic.paused_at is not None) == ("The phone line is down.", True)
    assert resume(by=owner) and not resume(by=owner)
    events = AuditEvent.objects.filter(object_type="clinic.clinic").order_by("number")
    assert [(event.verb, event.note, event.actor_id) for event in events] == [
        ("hid calls to action and forms", "The phone line is down.", owner.pk),
        ("showed calls to action and forms again", "", owner.pk),
    ]
    with pytest.raises(ValueError, match="why"):
        pause(by=owner, reason=" ")
    with pytest.raises(IntegrityError), transaction.atomic():
        Clinic.objects.update(paused_because="For no time.")


def test_a_form_that_was_open_before_does_not_end_the_pause(owner):
    before = Clinic.current()
    pause(by=owner, reason="Why not.")
    before.phone = "+1 614 555 0199"
    save_clinic(before)
    assert Clinic.current().paused_at is not None
    assert Clinic.current().phone == "+1 614 555 0199"


def test_the_owner_presses_and_everybody_on_the_staff_sees_it(clinic):
    owner = signed_in(Role.OWNER)
    assert SCREEN in owner.get("/admin/clinic/clinic/1/change/").content.decode()
    assert SCREEN not in signed_in(Role.PUBLISHER).get("/admin/clinic/clinic/1/change/").content.decode()
    assert owner.post(SCREEN, {"reason": ""}).status_code == 422
    assert Clinic.current().paused_at is None
    assert owner.post(SCREEN, {"reason": "A recall."}).status_code == 303
    assert "A recall." in owner.get(SCREEN).content.decode()
    assert "hidden from readers" in signed_in(Role.AUTHOR).get("/admin/").content.decode()
    assert owner.post(SCREEN, {"resume": "1"}).status_code == 303
    assert "hidden from readers" not in owner.get("/admin/").content.decode()


@pytest.mark.parametrize("role", [Role.AUTHOR, Role.REVIEWER, Role.PUBLISHER, Role.COORDINATOR])
def test_nobody_else_presses(clinic, role):
    assert signed_in(role).get(SCREEN).status_code == 403
    assert signed_in(role).post(SCREEN, {"reason": "Mine"}).status_code == 403
    assert Clinic.current().paused_at is None
