"""SQLite is asked now and then to look at its tables, and plans by what it saw."""

import pytest
from django.db import connection, transaction

from leads.models import Contact
from leads.pipeline.tables import CONTACTS
from stemsite.sqlite.planning import learn
from stemsite.tasks import periodic
from tests.factories import make_contact

pytestmark = pytest.mark.django_db


def known() -> dict[str, int]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT idx, stat FROM sqlite_stat1 WHERE idx IS NOT NULL")
        return {name: int(stat.split()[0]) for name, stat in cursor.fetchall()}


@pytest.fixture
def sqlite():
    if connection.vendor != "sqlite":
        pytest.skip("PostgreSQL gathers its own statistics")


def test_what_was_learned_is_on_record(sqlite):
    for _ in range(3):
        make_contact()
    with transaction.atomic():
        assert learn()
    assert known()["contact_newest"] == 3
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM sqlite_stat1")


def test_the_worker_asks_for_it():
    assert any(job.run is learn for job in periodic._jobs.values())


@pytest.mark.database
def test_another_database_is_left_alone():
    assert learn() == (connection.vendor == "sqlite")


def test_the_newest_people_are_read_from_an_index_even_when_nothing_was_learned(sqlite):
    """Else 50,000 people were sorted, and the status of each looked for, to show fifty."""
    rows = CONTACTS.rows().order_by("-created_at", "-pk")[:51]
    plan = rows.explain()
    assert "USING INDEX contact_newest" in plan
    assert "enquiry_standing" not in plan, "that would read the enquiries of everybody for each person"
    assert plan.count("TEMP B-TREE") <= 1, "the newest of one person's enquiries alone is sorted"
    assert "contact_joined" in Contact.objects.filter(joined_to=1).explain()
