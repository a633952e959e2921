"""One page a person: everything that happened in one column, and what can be done now (LEAD-98, LEAD-111)."""

from __future__ import annotations

import datetime
import json

import pytest
from django.utils import timezone

from leads import ledger
from leads.models import Consent, Enquiry, TimelineEntry
from leads.pipeline import working
from leads.pipeline.consenting import wording_for
from leads.pipeline.timeline import timeline_of
from stemsite.audit.models import AuditEvent
from stemsite.clinic.models import Wording
from stemsite.mail.outbox import queue_for
from tests.factories import make_contact, make_enquiry, make_packet_request, make_user

from .conftest import page_of

pytestmark = [pytest.mark.django_db, pytest.mark.database]


def press(desk, enquiry, slug, **values):
    prefix = f"{slug}-{enquiry.pk}-"
    return desk.post(
        f"/admin/leads/enquiry/{enquiry.pk}/{slug}/", {f"{prefix}{name}": value for name, value in values.items()}
    )


def test_lead_98_requests_consents_letters_calls_notes_status_and_views_stand_in_one_column(desk):
    enquiry = make_enquiry(message="May I visit you?", best_time="mornings", source={"page": "/conditions/als/"})
    contact = enquiry.contact
    make_packet_request(contact, packet="als", sent_at=timezone.now())
    ledger.enter(contact, "packet", "confirmed", ledger.Circumstances(method="form"))
    queue_for("receipt", enquiry.reference, recipient=contact.email)
    working.log_contact(enquiry, how="spoke", text="Will call again.", by=desk.user)
    working.add_note(contact, text="Speaks Spanish.", by=desk.user)
    desk.get(page_of(contact))
    page = desk.get(page_of(contact)).content.decode()
    for words in (
        "Asked: consultation",
        "May I visit you?",
        "mornings",
        "/conditions/als/",
        "Asked: information packet",
        "Consent. Information packet: confirmed",
        "Letter: ",
        "waiting",
        "Spoke by phone. Will call again.",
        "New → Contacted",
        "Speaks Spanish.",
        "saw this page",
    ):
        assert words in page, words
    moments = [line.at for line in timeline_of(contact)]
    assert moments == sorted(moments, reverse=True)


def test_lead_111_opening_a_person_is_on_the_record_with_the_classes_of_fields(desk):
    contact = make_contact(name="Zaneta Quillfeather")
    desk.get(page_of(contact))
    event = AuditEvent.objects.get(verb="saw a person")
    assert (event.actor_id, event.object_id, event.object_label) == (desk.user.pk, str(contact.pk), contact.reference)
    assert "message" in event.detail["fields"] and "Quill" not in json.dumps(event.detail)


def test_a_call_is_logged_with_its_follow_up_in_one_go(desk):
    enquiry = make_enquiry()
    day = timezone.localdate() + datetime.timedelta(days=3)
    answer = press(desk, enquiry, "log", how="spoke", text="Will think about it.", follow_up_on=day.isoformat())
    assert (answer.status_code, answer["Location"]) == (303, page_of(enquiry.contact))
    enquiry.refresh_from_db()
    assert (enquiry.status, enquiry.follow_up_on, enquiry.assignee) == ("contacted", day, desk.user)


def test_nothing_of_a_call_is_kept_when_its_follow_up_cannot_be(desk):
    enquiry = make_enquiry()
    yesterday = timezone.localdate() - datetime.timedelta(days=1)
    answer = press(desk, enquiry, "log", how="spoke", text="Long talk.", follow_up_on=yesterday.isoformat())
    assert answer.status_code == 422 and "Long talk." in answer.content.decode()
    assert not TimelineEntry.objects.exists() and not Enquiry.objects.get().first_contacted_at


def test_lead_95_closing_without_a_reason_is_asked_for_it_and_keeps_what_was_chosen(desk):
    enquiry = make_enquiry()
    answer = press(desk, enquiry, "status", to="closed", reason="", seen="new")
    page = answer.content.decode()
    assert answer.status_code == 422 and "Say why this enquiry ends." in page and 'value="closed" selected' in page
    assert press(desk, enquiry, "status", to="closed", reason="no answer", seen="new").status_code == 303
    assert Enquiry.objects.get().closed_reason == "no answer"


def test_two_people_at_one_enquiry_the_second_is_told_and_nothing_is_overwritten(desk):
    enquiry = make_enquiry()
    working.change_status(enquiry, to="qualified", by=desk.user)
    answer = press(desk, enquiry, "status", to="spam", reason="", seen="new")
    assert answer.status_code == 409 and "a colleague moved it" in answer.content.decode()
    assert Enquiry.objects.get().status == "qualified"


def test_an_enquiry_is_assigned_and_planned_from_its_page(desk):
    enquiry = make_enquiry()
    assert press(desk, enquiry, "assign", to=desk.user.pk).status_code == 303
    day = timezone.localdate() + datetime.timedelta(days=1)
    assert press(desk, enquiry, "follow-up", on=day.isoformat()).status_code == 303
    enquiry.refresh_from_db()
    assert (enquiry.assignee, enquiry.follow_up_on) == (desk.user, day)
    assert press(desk, enquiry, "assign", to=make_user().pk).status_code == 422
    for odd in ("x", "99999999999999999999", "-1"):
        assert press(desk, enquiry, "assign", to=odd).status_code == 422, odd


def test_notes_and_tags_are_kept_and_what_cannot_be_is_said(desk):
    contact = make_contact()
    path = f"/admin/leads/contact/{contact.pk}"
    assert desk.post(f"{path}/note/", {"note-text": "Prefers\r\nmornings. "}).status_code == 303
    assert contact.timeline.get().text == "Prefers\nmornings."
    assert desk.post(f"{path}/note/", {"note-text": "  "}).status_code == 422
    assert desk.post(f"{path}/tags/", {"tags-tags": "Spanish, ALS , spanish"}).status_code == 303
    assert sorted(contact.tags.values_list("name", flat=True)) == ["ALS", "spanish"]
    assert desk.post(f"{path}/tags/", {"tags-tags": "x" * 41}).status_code == 422
    many = desk.post(f"{path}/tags/", {"tags-tags": ",".join(f"tag{n}" for n in range(13))})
    assert many.status_code == 422 and "at most 12 tags" in many.content.decode()
    assert contact.tags.count() == 2


def test_lead_40_consent_by_phone_names_the_words_the_operator_and_the_time(desk):
    Wording.objects.create(
        kind="consent_call", lead="May we call you?", text="You can take it back at any time.", version=8
    )
    contact = make_contact()
    path = f"/admin/leads/contact/{contact.pk}/consent-call/"
    page = desk.get(page_of(contact)).content.decode()
    assert "May we call you? You can take it back at any time." in page
    wording = wording_for("call")
    given = {"consent-call-wording_id": wording.pk, "consent-call-agreed": "on", "consent-call-said": "Called at 10."}
    assert desk.post(path, {**given, "consent-call-agreed": ""}).status_code == 422
    assert not Consent.objects.exists()
    assert desk.post(path, given).status_code == 303
    entry = Consent.objects.get()
    assert (entry.purpose, entry.action, entry.method, entry.operator) == ("call", "given", "phone", desk.user)
    assert (entry.wording_version, entry.wording_hash) == (wording.version, wording.digest)
    assert entry.evidence == "Called at 10." and entry.evidence_on == timezone.localdate()


def test_lead_40_a_wording_that_changed_meanwhile_has_to_be_read_out_anew(desk):
    old = Wording.objects.create(kind="consent_call", lead="May we call you?", text="Old words.", version=8)
    contact = make_contact()
    Wording.objects.create(kind="consent_call", lead="May we call you?", text="New words.", version=9)
    values = {"consent-call-wording_id": old.pk, "consent-call-agreed": "on", "consent-call-said": ""}
    answer = desk.post(f"/admin/leads/contact/{contact.pk}/consent-call/", values)
    assert answer.status_code == 409 and "Read out the new one" in answer.content.decode()
    assert not Consent.objects.exists()


def test_lead_41_nobody_sets_a_newsletter_place_to_confirmed_by_hand(desk):
    contact = make_contact()
    assert desk.post(f"/admin/leads/contact/{contact.pk}/consent-newsletter/").status_code == 404


def test_lead_38_what_is_taken_back_on_the_phone_holds_at_once(desk):
    contact = make_contact()
    ledger.enter(contact, "call", "confirmed", ledger.Circumstances(method="form"))
    path = f"/admin/leads/contact/{contact.pk}/withdraw/"
    typed = {"withdraw-purpose": "call", "withdraw-how": "phone"}
    assert desk.post(path, typed).status_code == 303
    assert ledger.allowed(contact) == frozenset()
    last = contact.consents.latest("pk")
    assert (last.action, last.method, last.operator) == ("withdrawn", "phone", desk.user)
    assert desk.post(path, typed).status_code == 422


def test_lead_99_the_same_number_is_suggested_and_never_joined_by_itself(desk):
    one = make_contact(phone="+16145550111")
    two = make_contact(phone="614 555 0111")
    page = desk.get(page_of(one)).content.decode()
    assert "The same number" in page and two.reference in page


def test_a_suppressed_address_is_said_to_be_one(desk):
    from stemsite.mail.suppressing import suppress

    contact = make_contact()
    suppress(contact.email, "asked")
    page = desk.get(page_of(contact)).content.decode()
    assert "must not be written to" in page and "mailto:" not in page


def test_lead_102_what_people_wrote_is_shown_as_text_and_nothing_else(desk):
    """SEC-08."""
    enquiry = make_enquiry(make_contact(name="<b>Ann</b>"), message="<script>alert(1)</script>")
    for path in (page_of(enquiry.contact), "/admin/leads/enquiry/"):
        page = desk.get(path).content.decode()
        assert "<script>alert" not in page and "<b>Ann" not in page
        assert "&lt;b&gt;Ann" in page


def test_what_cannot_be_opened_is_said_so_and_breaks_nothing(desk, settings):
    """LEAD-109."""
    enquiry = make_enquiry()
    key = settings.FIELD_KEYS[0]
    settings.FIELD_KEYS = (type(key)(id="other", secret=b"o" * 32),)
    for path in (page_of(enquiry.contact), "/admin/leads/enquiry/", "/admin/leads/contact/"):
        answer = desk.get(path)
        assert answer.status_code == 200 and "cannot be read" in answer.content.decode(), path
        assert "s1." not in answer.content.decode()
