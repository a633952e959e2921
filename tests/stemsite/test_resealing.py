"""Keys change while the site serves (LEAD-110)."""

from __future__ import annotations

from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import connection, transaction

from leads.models import Contact, PacketRequest, TimelineEntry
from leads.models.timeline import note
from stemsite import resealing
from stemsite.crypto import Unreadable, index_value
from stemsite.keys import new_field_key, parse_field_keys

pytestmark = [pytest.mark.django_db, pytest.mark.database]

OLD, NEW = new_field_key("old"), new_field_key("new")


@pytest.fixture
def use_keys(settings):
    def use(*keys: str) -> None:
        settings.FIELD_KEYS = parse_field_keys(",".join(keys))

    use(OLD)
    return use


def stored(model, column: str) -> list[str]:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {column} FROM {model._meta.db_table} ORDER BY id")
        return [row[0] for row in cursor.fetchall()]


def rotate() -> str:
    out = StringIO()
    call_command("rotate_keys", stdout=out)
    return out.getvalue()


def make_contacts(number: int) -> None:
    for each in range(number):
        Contact.objects.create(name=f"Person {each}", email=f"person{each}@example.org")


def test_lead_110_everything_moves_to_the_newest_key_and_is_still_found(use_keys):
    make_contacts(5)
    contact = Contact.objects.with_email("person3@example.org").get()
    PacketRequest.objects.create(contact=contact, nonce="n", packet="als", source={"page": "/conditions/als/"})
    use_keys(NEW, OLD)
    assert Contact.objects.with_email("Person3@example.org").get() == contact
    assert "0 left on older keys" in rotate()
    use_keys(NEW)
    assert resealing.remaining() == 0
    assert all(value.startswith("s1.new.") for value in stored(Contact, "name"))
    found = Contact.objects.with_email("person3@example.org").get()
    assert (found.pk, found.name, found.email_index) == (
        contact.pk,
        "Person 3",
        index_value("email", "person3@example.org"),
    )
    request = PacketRequest.objects.get(packet_index=index_value("text", "als"))
    assert request.source == {"page": "/conditions/als/"}


def test_lead_35_rotation_changes_sealed_columns_of_a_ledger_and_nothing_else_may(use_keys):
    make_contacts(1)
    note(Contact.objects.get(), "note", "Prefers mornings.")
    use_keys(NEW, OLD)
    rotate()
    use_keys(NEW)
    assert TimelineEntry.objects.get().text == "Prefers mornings."


def test_lead_110_steps_add_up_and_a_second_run_changes_nothing(use_keys, monkeypatch):
    make_contacts(7)
    use_keys(NEW, OLD)
    monkeypatch.setattr(resealing, "STEP", 2)
    assert sum(table.rows for table in resealing.reseal_all(step=2)) == 0
    before = stored(Contact, "name")
    rotate()
    assert stored(Contact, "name") == before


def test_lead_110_a_row_saved_meanwhile_keeps_what_was_saved(use_keys, monkeypatch):
    make_contacts(1)
    use_keys(NEW, OLD)
    change = resealing._Table._change

    def saved_meanwhile(table, row):
        found = change(table, row)
        if table.table.strip('"') == Contact._meta.db_table:
            Contact.objects.update(name="Renamed")
        return found

    monkeypatch.setattr(resealing._Table, "_change", saved_meanwhile)
    for _ in resealing.reseal_all():
        pass
    assert Contact.objects.get().name == "Renamed"


def test_lead_109_110_what_cannot_be_opened_is_reported_kept_and_never_saved_over(use_keys):
    make_contacts(2)
    use_keys(NEW)
    with pytest.raises(CommandError, match="2 left on older keys"):
        rotate()
    contact = Contact.objects.first()
    assert isinstance(contact.name, Unreadable)
    with pytest.raises(ValueError, match="could not be read"), transaction.atomic():
        contact.save()
    use_keys(NEW, OLD)
    assert Contact.objects.first().name == "Person 0"


def test_lead_110_rotation_is_fast_enough_to_run_on_a_busy_day(use_keys, django_assert_max_num_queries):
    """Queries grow with steps, not with rows: one to find and one to write for each step, a count a table."""
    make_contacts(30)
    use_keys(NEW, OLD)
    tables = len(resealing.sealed_models())
    with django_assert_max_num_queries(6 * tables + 8):
        for _ in resealing.reseal_all(step=500):
            pass
