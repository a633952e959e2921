"""Two records of one person: looked at, joined with the stricter consent, undone for 30 days (LEAD-99)."""

from __future__ import annotations

import datetime

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from leads import erasing, ledger, retention, subscribing
from leads.counting import kept as kept_count
from leads.holding import exported
from leads.models import Consent, Contact, Enquiry, Joining, Subscription
from leads.pipeline import joining
from leads.pipeline.privacy import consent_proof
from leads.pipeline.searching import contacts_like
from leads.pipeline.tables import CONTACTS
from leads.verifying import differences
from stemsite.access import Role
from stemsite.audit.models import AuditEvent
from stemsite.mail.models import Suppression
from stemsite.mail.suppressing import is_suppressed
from stemsite.publishing.gate import Refused, Stale
from tests.factories import make_clinic, make_contact, make_enquiry, make_reader, make_user, make_wordings
from tests.staff import signed_in

pytestmark = [pytest.mark.django_db, pytest.mark.database]

Purpose = Consent.Purpose
THERE = ledger.Circumstances(method="form")


@pytest.fixture(autouse=True)
def _house(db):
    make_wordings()
    make_clinic()


@pytest.fixture
def by():
    return make_user(Role.COORDINATOR)


def says(contact: Contact, purpose: str, action: str) -> None:
    ledger.enter(contact, purpose, action, THERE)


def joined(kept: Contact, other: Contact, by) -> Joining:
    return joining.join(kept, other, by=by, preview=joining.seen(kept, other))


def fresh(contact: Contact) -> Contact:
    return Contact.objects.get(pk=contact.pk)


def standing(contact: Contact) -> dict[str, str]:
    return dict(Consent.objects.filter(contact=contact).standing().values_list("purpose", "action"))


# -- the stricter wins --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("one", "other", "allowed"),
    [
        ("confirmed", "withdrawn", False),
        ("withdrawn", "confirmed", False),
        ("confirmed", None, True),
        (None, "confirmed", True),
        ("confirmed", "confirmed", True),
        ("withdrawn", None, False),
        ("confirmed", "expired", True),
    ],
)
def test_lead_99_what_was_taken_back_with_one_record_is_taken_back_with_both(by, one, other, allowed):
    kept, second = make_contact(), make_contact()
    for contact, action in ((kept, one), (second, other)):
        if action:
            says(contact, Purpose.CALL, action)
    before = Consent.objects.count()
    (outcome,) = joining.outcomes(kept, second)
    joined(kept, second, by)
    assert outcome.is_allowed is allowed
    for each in (fresh(kept), fresh(second)):
        assert (Purpose.CALL in ledger.allowed(each)) is allowed
    assert Consent.objects.count() == before + int(outcome.is_ended), "entries are added, and all of them kept"
    assert not list(differences())


def test_lead_99_the_newsletter_ends_with_the_address_that_did_not_leave_it(by):
    reader, gone = make_reader(), make_reader()
    says(reader.contact, Purpose.NEWSLETTER, "confirmed"), says(gone.contact, Purpose.NEWSLETTER, "confirmed")
    subscribing.leave(gone.contact)
    joined(reader.contact, gone.contact, by)
    assert not Subscription.objects.open().exists()
    entry = Consent.objects.filter(contact=reader.contact).latest("pk")
    assert (entry.action, entry.method, entry.operator) == ("withdrawn", "joining", by)
    assert not list(differences())


def test_lead_99_who_asked_for_no_letters_with_one_address_gets_none_with_the_other(by):
    kept, second = make_contact(email="one@example.org"), make_contact(email="two@example.org")
    subscribing.stop_everything(second)
    act = joined(kept, second, by)
    assert is_suppressed("one@example.org") and len(act.suppressions) == 1
    joining.undo(act, by=by)
    assert not is_suppressed("one@example.org") and is_suppressed("two@example.org")


def test_lead_99_an_address_without_a_mailbox_says_nothing_about_the_other_one(by):
    from stemsite.mail.suppressing import suppress

    kept, second = make_contact(email="one@example.org"), make_contact(email="two@example.org")
    suppress("two@example.org", Suppression.Reason.NO_MAILBOX)
    joined(kept, second, by)
    assert not is_suppressed("one@example.org")


def test_lead_99_taking_back_later_holds_for_every_record(by):
    kept, second = make_reader(), make_reader()
    for each in (kept.contact, second.contact):
        says(each, Purpose.NEWSLETTER, "confirmed"), says(each, Purpose.CALL, "confirmed")
    joined(kept.contact, second.contact, by)
    assert subscribing.withdraw(fresh(second.contact), Purpose.CALL)
    assert subscribing.leave(fresh(second.contact))
    assert ledger.allowed(fresh(kept.contact)) == frozenset()
    assert not Subscription.objects.open().exists() and not list(differences())
    says(fresh(second.contact), Purpose.CALL, "confirmed")
    assert Purpose.CALL in ledger.allowed(fresh(kept.contact)), "what the person says last counts"


# -- undone -------------------------------------------------------------------------------------------------------


def test_lead_99_undoing_gives_back_exactly_what_ended_by_it(by):
    paused = timezone.now() + datetime.timedelta(days=9)
    reader, gone = make_reader(paused_until=paused), make_reader()
    says(reader.contact, Purpose.NEWSLETTER, "confirmed"), says(gone.contact, Purpose.NEWSLETTER, "confirmed")
    says(reader.contact, Purpose.CALL, "confirmed"), says(gone.contact, Purpose.CALL, "withdrawn")
    subscribing.leave(gone.contact)
    before = (standing(reader.contact), standing(gone.contact), kept_count("contacts"))
    act = joined(reader.contact, gone.contact, by)
    assert kept_count("contacts") == before[2] - 1
    joining.undo(act, by=by)
    assert (standing(reader.contact), standing(gone.contact), kept_count("contacts")) == before
    place = Subscription.objects.get(contact=reader.contact)
    assert (place.pk, place.state, place.paused_until) == (reader.pk, "confirmed", paused)
    assert fresh(gone.contact).joined_to is None and not list(differences())
    with pytest.raises(Stale):
        joining.undo(act, by=by)
    assert joined(reader.contact, gone.contact, by).pk != act.pk, "and it can be done once more"


def test_lead_99_what_was_said_since_is_not_undone(by):
    kept, second = make_contact(), make_contact()
    says(kept, Purpose.CALL, "confirmed"), says(second, Purpose.CALL, "withdrawn")
    act = joined(kept, second, by)
    says(kept, Purpose.CALL, "confirmed"), says(kept, Purpose.CALL, "withdrawn")
    joining.undo(act, by=by)
    assert standing(kept)[Purpose.CALL] == "withdrawn"


@pytest.mark.parametrize(("days", "undone"), [(29, True), (31, False)])
def test_lead_99_undoing_is_offered_and_done_for_thirty_days(by, days, undone):
    kept, second = make_contact(), make_contact()
    act = joined(kept, second, by)
    Joining.objects.filter(pk=act.pk).update(at=timezone.now() - datetime.timedelta(days=days))
    assert bool(joining.undoable(kept)) is undone
    if undone:
        joining.undo(act, by=by)
    else:
        with pytest.raises(Refused, match="30 days"):
            joining.undo(act, by=by)
    assert (fresh(second).joined_to is None) is undone


# -- what is refused ----------------------------------------------------------------------------------------------


def test_lead_99_two_erased_joined_or_same_records_are_not_joined(by):
    kept, second, third = make_contact(), make_contact(), make_contact()
    joined(kept, second, by)
    erased = make_contact(name="", email="", phone="", erased_at=timezone.now())
    for one, other in ((kept, kept), (kept, second), (second, third), (kept, erased), (third, kept)):
        with pytest.raises(Refused):
            joined(fresh(one), fresh(other), by)
    joined(kept, third, by)
    assert [each.pk for each in fresh(third).records()] == [kept.pk, second.pk, third.pk]


def test_lead_99_a_preview_that_is_no_longer_true_joins_nothing(by):
    kept, second = make_contact(), make_contact()
    preview = joining.seen(kept, second)
    says(second, Purpose.CALL, "withdrawn")
    with pytest.raises(Stale):
        joining.join(kept, second, by=by, preview=preview)
    assert fresh(second).joined_to is None


def test_lead_99_only_who_works_with_people_joins_them():
    kept, second = make_contact(), make_contact()
    with pytest.raises(Refused):
        joined(kept, second, make_user(Role.PUBLISHER))


def test_lead_99_the_database_refuses_a_record_joined_to_itself_or_twice(by):
    kept, second = make_contact(), make_contact()
    for act in (
        lambda: Contact.objects.filter(pk=kept.pk).update(joined_to=kept),
        lambda: Joining.objects.create(kept=kept, joined=kept, by=by),
        lambda: [Joining.objects.create(kept=kept, joined=second, by=by) for _ in range(2)],
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            act()


# -- one person everywhere ----------------------------------------------------------------------------------------


def test_lead_99_lists_searches_exports_and_proof_know_one_person(by):
    kept, second = make_contact(email="one@example.org"), make_contact(name="Yolanda", email="two@example.org")
    enquiry = make_enquiry(second)
    says(second, Purpose.CALL, "confirmed")
    joined(kept, second, by)
    assert list(CONTACTS.rows().values_list("pk", "newest_status")) == [(kept.pk, enquiry.status)]
    for text in ("two@example.org", "yolanda", second.reference):
        assert kept.pk in contacts_like(text), text
    assert [each["reference"] for each in exported(fresh(kept))["other_records"]] == [second.reference]
    assert [each["record"] for each in consent_proof(fresh(kept))] == [second.reference]


def test_lead_99_erasing_takes_every_record_and_a_hold_on_one_holds_all(by, settings, tmp_path):
    settings.DATA_DIR = tmp_path
    kept, second = make_contact(), make_contact(hold_reason="court")
    act = joined(kept, second, by)
    with pytest.raises(erasing.OnHold):
        erasing.erase(fresh(kept))
    assert not fresh(kept).is_erased
    Contact.objects.filter(pk=second.pk).update(hold_reason="")
    count = kept_count("contacts")
    erasing.erase(fresh(kept))
    assert fresh(kept).is_erased and fresh(second).is_erased and kept_count("contacts") == count - 1
    assert joining.undoable(kept) == []
    with pytest.raises(Refused, match="erased"):
        joining.undo(act, by=by)


def test_lead_99_a_record_stays_while_something_is_kept_of_the_other(by, settings, tmp_path):
    settings.DATA_DIR = tmp_path
    kept, second, stranger = make_contact(), make_contact(), make_contact()
    make_enquiry(second)
    joined(kept, second, by)
    Contact.objects.update(created_at=timezone.now() - datetime.timedelta(days=99))
    list(retention.run())
    assert (fresh(kept).is_erased, fresh(second).is_erased, fresh(stranger).is_erased) == (False, False, True)
    Enquiry.objects.update(**Enquiry.emptied_values())
    list(retention.run())
    assert fresh(kept).is_erased and fresh(second).is_erased


# -- on the screen ------------------------------------------------------------------------------------------------


def test_lead_99_preview_press_and_undo_through_urls():
    desk = signed_in(Role.COORDINATOR)
    kept, second = make_contact(phone="+16145550111"), make_contact(phone="+16145550111", name="Yolanda Other")
    enquiry = make_enquiry(second)
    says(kept, Purpose.CALL, "confirmed"), says(second, Purpose.CALL, "withdrawn")
    address, page = f"/admin/leads/contact/{kept.pk}/join/", f"/admin/leads/contact/{kept.pk}/change/"
    assert f"{address}?other={second.reference}" in desk.get(page).content.decode(), "the same number is suggested"
    assert desk.get(f"{address}?other=L-0000-0000").status_code == 422
    seen = desk.get(f"{address}?other={second.reference.lower()}")
    assert "Yolanda Other" in seen.content.decode() and "not allowed any more" in seen.content.decode()
    assert fresh(second).joined_to is None, "looking joins nothing"
    values = {"other": second.reference, "seen": "0-0"}
    assert desk.post(address, values).status_code == 409
    answer = desk.post(address, {**values, "seen": seen.context["seen"]})
    assert (answer.status_code, answer["Location"]) == (303, page)
    both = desk.get(page)
    assert "Yolanda Other" in both.content.decode() and [desk.enquiry for desk in both.context["desks"]] == [enquiry]
    assert desk.get(f"/admin/leads/contact/{second.pk}/change/")["Location"] == page
    verbs = AuditEvent.objects.filter(verb="joined two records").values_list("object_id", flat=True)
    assert sorted(verbs) == sorted([str(kept.pk), str(second.pk)])
    (act,) = both.context["joinings"]
    undo = f"/admin/leads/contact/{kept.pk}/joined/{act.pk}/undo/"
    assert desk.get(undo).status_code == 405 and desk.post(undo).status_code == 303
    assert desk.get(f"/admin/leads/contact/{second.pk}/change/").status_code == 200
    assert AuditEvent.objects.filter(verb="took two records apart").count() == 2


@pytest.mark.parametrize("role", [Role.AUTHOR, Role.REVIEWER, Role.PUBLISHER])
def test_lead_112_who_may_not_see_people_joins_none(role):
    kept, second = make_contact(), make_contact()
    client = signed_in(role)
    for pk in (kept.pk, 999_999):
        assert client.get(f"/admin/leads/contact/{pk}/join/").status_code == 403
        assert client.post(f"/admin/leads/contact/{pk}/join/", {"other": second.reference}).status_code == 403
        assert client.post(f"/admin/leads/contact/{pk}/joined/1/undo/").status_code == 403
