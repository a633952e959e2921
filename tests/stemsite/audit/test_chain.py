"""The chain of audit events: whatever was done to it is named at its first break (PUB-127, PUB-128)."""

import io

import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from stemsite import appendonly
from stemsite.appendonly import AppendOnlyError
from stemsite.audit.models import AuditEvent, ChainHead
from stemsite.audit.recording import first_break, record
from tests.factories import make_user

pytestmark = [pytest.mark.django_db, pytest.mark.database]

TABLE = AuditEvent._meta.db_table


@pytest.fixture
def chain(db):
    user = make_user()
    for number in range(1, 6):
        record(f"step {number}", by=user, obj=user, note="Ünïcode", kind="x", count=number)


def tamper(sql, *values):
    """As somebody could who holds the database."""
    appendonly.lift(connection)
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
    appendonly.install(connection)


def test_a_whole_chain_verifies(chain):
    assert first_break() is None
    out = io.StringIO()
    call_command("verify_audit", stdout=out)
    assert "5 events" in out.getvalue()


def test_an_empty_chain_is_whole(db):
    assert first_break() is None


@pytest.mark.parametrize("column", ["actor", "verb", "object_label", "note", "object_id"])
def test_a_changed_event_is_named(chain, column):
    tamper(f"UPDATE {TABLE} SET {column} = 'else' WHERE number = 3")
    assert first_break() == "Event 3 was changed after it was written."
    with pytest.raises(CommandError, match="Event 3"):
        call_command("verify_audit")


def test_a_removed_event_is_named(chain):
    tamper(f"DELETE FROM {TABLE} WHERE number = 2")
    assert first_break() == "Event 2 is missing."


def test_events_cut_off_at_the_end_are_noticed(chain):
    tamper(f"DELETE FROM {TABLE} WHERE number > 3")
    assert "ends at event 3, but 5 events were written" in first_break()


def test_events_that_changed_places_are_noticed(chain):
    tamper(f"UPDATE {TABLE} SET number = 99 WHERE number = 2")
    tamper(f"UPDATE {TABLE} SET number = 2 WHERE number = 3")
    tamper(f"UPDATE {TABLE} SET number = 3 WHERE number = 99")
    assert first_break() == "Event 2 does not follow the event before it."


def test_an_event_rewritten_with_a_fitting_hash_breaks_the_next_one(chain):
    event = AuditEvent.objects.get(number=3)
    event.note = "Nothing happened."
    tamper(f"UPDATE {TABLE} SET note = %s, hash = %s WHERE number = 3", event.note, event.computed_hash())
    assert first_break() == "Event 4 does not follow the event before it."


def test_an_added_event_is_noticed(chain):
    last = AuditEvent.objects.get(number=5)
    AuditEvent.objects.create(
        **{"number": 6, "at": last.at, "verb": "made up", "previous_hash": last.hash, "hash": "0" * 64}
    )
    assert first_break() == "Event 6 was changed after it was written."


def test_events_cannot_be_changed_or_removed(chain):
    event = AuditEvent.objects.first()
    for change in (
        event.save,
        event.delete,
        AuditEvent.objects.all().delete,
        lambda: AuditEvent.objects.update(note=""),
    ):
        with pytest.raises(AppendOnlyError):
            change()


def test_pub_128_the_record_outlives_its_subject(chain):
    from stemsite.accounts.models import User

    User.objects.all().delete()
    assert first_break() is None
    assert ChainHead.objects.get().length == 5
