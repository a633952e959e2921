"""The consent ledger grows and is never rewritten, by the model or behind its back (LEAD-35)."""

from __future__ import annotations

import pytest
from django.db import DatabaseError, connection, transaction

from leads.models import Consent, Contact, TimelineEntry
from stemsite.appendonly import AppendOnlyError
from stemsite.crypto import seal

pytestmark = [pytest.mark.django_db, pytest.mark.database]


def entry(**fields):
    contact = Contact.objects.create(email="ann@example.org")
    values = {"purpose": "packet", "action": "given", "method": "form", "wording_version": 1, "wording_hash": "a" * 64}
    return Consent.objects.create(contact=contact, **{**values, "page_path": "/conditions/als/", **fields})


def behind_the_back(column: str, value: object) -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"UPDATE leads_consent SET {column} = %s", [value])


def test_lead_35_an_entry_cannot_be_changed_or_removed_by_the_model():
    made = entry()
    with pytest.raises(AppendOnlyError):
        made.save()
    with pytest.raises(AppendOnlyError):
        made.delete()
    with pytest.raises(AppendOnlyError):
        Consent.objects.update(action="withdrawn")
    with pytest.raises(AppendOnlyError):
        Consent.objects.all().replace_sealed(action="withdrawn")


@pytest.mark.parametrize(
    ("column", "value"), [("action", "withdrawn"), ("wording_hash", "b" * 64), ("purpose", "call"), ("network", "x")]
)
def test_lead_35_the_database_refuses_a_change_of_what_was_agreed(column, value):
    entry()
    with pytest.raises(DatabaseError):
        behind_the_back(column, value)
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("DELETE FROM leads_consent")


def test_lead_35_a_sealed_column_moves_to_another_key_and_nothing_else(settings):
    made = entry()
    context = "leads.consent.page_path"
    with pytest.raises(DatabaseError):
        behind_the_back("page_path", seal("/other/", context=context))
    other = type(settings.FIELD_KEYS[0])(id="next", secret=b"n" * 32)
    settings.FIELD_KEYS = (other, *settings.FIELD_KEYS)
    Consent.objects.filter(pk=made.pk).replace_sealed(page_path="/conditions/als/")
    assert Consent.objects.get().page_path == "/conditions/als/"


def test_lead_115_erasing_may_empty_a_sealed_column():
    made = entry()
    Consent.objects.filter(pk=made.pk).replace_sealed(page_path="")
    assert Consent.objects.get().page_path == ""
    with pytest.raises(DatabaseError):
        behind_the_back("page_path", seal("/new/", context="leads.consent.page_path"))


def test_lead_36_the_newest_entry_of_a_purpose_says_what_is_allowed():
    made = entry(purpose="newsletter")
    assert list(Consent.objects.allowing()) == [made]
    Consent.objects.create(contact=made.contact, purpose="newsletter", action="withdrawn", method="token page")
    assert not Consent.objects.allowing().exists()


def test_lead_95_the_timeline_is_append_only_too():
    contact = Contact.objects.create(email="ann@example.org")
    TimelineEntry.objects.create(contact=contact, kind="note", text="Called back.")
    with pytest.raises(AppendOnlyError):
        TimelineEntry.objects.update(status_to="closed")
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("UPDATE leads_timelineentry SET status_to = 'closed'")
