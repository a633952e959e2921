"""A person's rights on screens (LEAD-39, LEAD-114 to LEAD-116)."""

from __future__ import annotations

import datetime
import io
import json

import pikepdf
import pytest
from django.core.management import call_command
from django.utils import timezone

from leads import erasing, ledger
from leads.models import Contact, Enquiry, PrivacyRequest, TimelineEntry
from leads.pipeline import working
from leads.pipeline.consenting import take_by_phone, wording_for
from stemsite.audit.models import AuditEvent
from stemsite.crypto import index_values
from stemsite.mail.models import Delivery
from stemsite.mail.outbox import queue_for
from tests.factories import make_contact, make_enquiry

pytestmark = [pytest.mark.django_db, pytest.mark.database]


@pytest.fixture
def data_folder(settings, tmp_path):
    settings.DATA_DIR = tmp_path
    return tmp_path


def test_lead_39_one_press_gives_the_proof_with_the_very_words(desk):
    contact = make_contact()
    wording = wording_for("call")
    take_by_phone(contact, purpose="call", wording_id=wording.pk, said="On the phone.", by=desk.user)
    path = f"/admin/leads/contact/{contact.pk}/proof/"
    answer = desk.post(path, {"form": "json"})
    assert "attachment" in answer["Content-Disposition"] and "no-store" in answer["Cache-Control"]
    (entry,) = json.loads(answer.content)["entries"]
    assert entry["wording"]["text"] == wording.text and entry["wording"]["is_unchanged"] is True
    assert (entry["purpose"], entry["action"], entry["method"]) == ("call", "given", "phone")
    assert entry["operator"] == str(desk.user) and entry["evidence"] == "On the phone."
    assert AuditEvent.objects.filter(verb="saw the proof of consent", object_id=str(contact.pk)).exists()
    assert desk.get(path).status_code == 405
    paper = pikepdf.open(io.BytesIO(desk.post(path).content))
    assert "/StructTreeRoot" in paper.Root and str(paper.docinfo["/Title"]) == f"Proof of consent {contact.reference}"


def test_lead_39_whatever_a_person_typed_the_proof_is_made(desk, data_folder):
    ledger.enter(make_contact(email="\u5b89@example.org"), "call", "withdrawn", ledger.Circumstances(method="form"))
    contact = Contact.objects.get()
    for odd in ('#import "x"', "$x^2$ \\ [", "\U0001f600 \u200f"):
        there = ledger.Circumstances(method="phone", by=desk.user, evidence=odd, page_path=odd)
        ledger.enter(contact, "call", "withdrawn", there)
    assert desk.post(f"/admin/leads/contact/{contact.pk}/proof/").content.startswith(b"%PDF")
    erasing.erase(contact)
    assert desk.post(f"/admin/leads/contact/{contact.pk}/proof/").content.startswith(b"%PDF")


def test_lead_115_everything_about_a_person_in_a_file_with_a_preview_and_a_reason(desk):
    enquiry = make_enquiry(make_contact(name="Ann Sample"), message="My own words")
    asked = PrivacyRequest.objects.create(contact=enquiry.contact, kind="access")
    path = f"/admin/leads/contact/{enquiry.contact_id}/export/"
    assert "1 requests, with everything written in them" in desk.get(path).content.decode()
    assert desk.post(path, {"reason": ""}).status_code == 422
    answer = desk.post(path, {"reason": "Asked by phone"})
    values = json.loads(answer.content)
    assert values["name"] == "Ann Sample" and "My own words" in str(values["requests"])
    assert "proof_of_consent" in values
    asked.refresh_from_db()
    assert asked.done_at and asked.done_by == desk.user
    assert AuditEvent.objects.get(verb="exported a person").note == "Asked by phone"


def test_lead_115_erasing_previews_asks_for_the_reference_and_leaves_nothing_readable(owners_desk, data_folder):
    enquiry = make_enquiry(make_contact(name="Ann Sample", phone="+16145550123"), message="My own words")
    contact = enquiry.contact
    email = contact.email
    working.add_note(contact, text="A note", by=owners_desk.user)
    ledger.enter(contact, "packet", "confirmed", ledger.Circumstances(method="form", page_path="/conditions/als/"))
    letter = queue_for("receipt", enquiry.reference, recipient=contact.email)
    path = f"/admin/leads/contact/{contact.pk}/erase/"
    preview = owners_desk.get(path).content.decode()
    assert contact.reference in preview and "1 letters kept or still to be sent" in preview
    assert owners_desk.post(path, {"seen": "L-AAAA-AAAA"}).status_code == 422
    assert not Contact.objects.get().is_erased
    assert owners_desk.post(path, {"seen": contact.reference.lower()}).status_code == 303
    contact, enquiry = Contact.objects.get(), Enquiry.objects.get()
    assert contact.is_erased and (contact.name, contact.email, contact.phone) == ("", "", "")
    assert (enquiry.message, enquiry.name, enquiry.message_index) == ("", "", None)
    assert set(TimelineEntry.objects.values_list("text", flat=True)) == {""}
    letter.refresh_from_db()
    assert (letter.state, letter.recipient) == (Delivery.State.CANCELLED, "")
    assert {entry.page_path for entry in contact.consents.all()} == {""}
    assert contact.reference in (data_folder / "erased.txt").read_text()
    assert owners_desk.post(path, {"seen": contact.reference}).status_code == 409
    page = owners_desk.get(f"/admin/leads/contact/{contact.pk}/change/")
    assert page.status_code == 200 and "The proof of consent stays" in page.content.decode()
    erased = AuditEvent.objects.filter(verb__contains="erased", object_id=str(contact.pk))
    assert erased.exists(), "PUB-128: the entry stays"
    said = " ".join(f"{event.object_label} {event.note} {event.detail}" for event in AuditEvent.objects.all())
    assert not [words for words in ("Ann Sample", email, "6145550123", "My own words", "A note") if words in said]


def test_lead_115_a_restored_person_is_erased_again(owners_desk, data_folder):
    contact = make_contact(email="ann@example.org")
    erasing.erase(contact)
    index = index_values("email", "ann@example.org")[0]
    Contact.objects.update(erased_at=None, email_index=index)  # As an older backup has it.
    assert erasing.erase_again() == 1
    assert Contact.objects.get().email_index is None


def test_lead_115_after_a_restore_letters_are_parked_and_the_erased_are_erased_again(owners_desk, data_folder, capsys):
    """LEAD-69 as well; somebody who came back under a legal hold is left to staff, and stops nobody else."""
    gone, held = make_contact(email="ann@example.org"), make_contact(email="bob@example.org")
    for contact in (gone, held):
        erasing.erase(contact)
        index = index_values("email", f"{'ann' if contact is gone else 'bob'}@example.org")[0]
        Contact.objects.filter(pk=contact.pk).update(erased_at=None, email_index=index)
    Contact.objects.filter(pk=held.pk).update(hold_reason="A claim is open.")
    waiting = queue_for("link", "1-x", recipient="carl@example.org")
    call_command("after_restore")
    assert capsys.readouterr().out.startswith("Letters parked: 1. People erased again: 1.")
    waiting.refresh_from_db()
    assert waiting.state == Delivery.State.PARKED
    assert list(Contact.objects.filter(erased_at=None)) == [held]
    call_command("after_restore")
    assert "Letters parked: 0. People erased again: 0." in capsys.readouterr().out


def test_lead_114_a_legal_hold_keeps_what_the_owner_would_erase(owners_desk, data_folder):
    contact = make_contact()
    hold, erase = (f"/admin/leads/contact/{contact.pk}/{name}/" for name in ("hold", "erase"))
    owners_desk.post(hold, {"reason": "A claim is open."})
    answer = owners_desk.post(erase, {"seen": contact.reference})
    assert answer.status_code == 422 and "legal hold" in answer.content.decode()
    assert "A claim is open." in owners_desk.get(f"/admin/leads/contact/{contact.pk}/change/").content.decode()
    owners_desk.post(hold, {"reason": "x" * 201})
    assert Contact.objects.get().hold_reason == "A claim is open."
    owners_desk.post(hold, {"reason": ""})
    assert owners_desk.post(erase, {"seen": contact.reference}).status_code == 303
    verbs = list(AuditEvent.objects.values_list("verb", flat=True))
    assert "set a legal hold" in verbs and "lifted a legal hold" in verbs


def test_lead_116_who_asked_under_their_rights_stands_by_the_day_and_overdue_in_words(desk):
    late, soon = make_contact(name="Late"), make_contact(name="Soon")
    PrivacyRequest.objects.create(contact=soon, kind="access")
    yesterday = timezone.localdate() - datetime.timedelta(days=1)
    PrivacyRequest.objects.create(contact=late, kind="erasure", due_on=yesterday)
    page = desk.get("/admin/leads/contact/rights/").content.decode()
    assert page.index("Late") < page.index("Soon") and "overdue since" in page
    assert "Wants to be erased, due" in desk.get(f"/admin/leads/contact/{late.pk}/change/").content.decode()
