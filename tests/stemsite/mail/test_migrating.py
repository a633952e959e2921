"""SEC-07: letters of an older release move under seal, and back, and none is lost on the way."""

from __future__ import annotations

import pytest
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]

CLEAR, SEALED = ("mail", "0001_initial"), ("mail", "0002_letters_sealed")


def migrated(target):
    executor = MigrationExecutor(connection)
    executor.migrate([target])
    return MigrationExecutor(connection).loader.project_state([target]).apps.get_model("mail", "Delivery")


def stored() -> str:
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM mail_delivery")
        return str(cursor.fetchall())


@pytest.fixture
def back_again():
    yield
    executor = MigrationExecutor(connection)
    executor.migrate(executor.loader.graph.leaf_nodes())


def test_sec_07_letters_move_under_seal_and_back(back_again):
    old = migrated(CLEAR)
    for number, state in enumerate(("queued", "done", "failed")):
        words = {"subject": "Hello", "text": "Secret words", "html": "<p>Secret</p>"}
        old.objects.create(
            kind="note", reference=str(number), to="ann@example.org", state=state, message_id=str(number), **words
        )
    new = migrated(SEALED)
    assert "ann@" not in stored()
    assert "Secret" not in stored()
    rows = new.objects.order_by("reference")
    assert [(row.state, row.recipient, row.letter["text"]) for row in rows] == [
        ("queued", "ann@example.org", "Secret words"),
        ("sent", "ann@example.org", "Secret words"),
        ("failed", "ann@example.org", "Secret words"),
    ]
    assert all(row.recipient_index for row in rows)
    old = migrated(CLEAR)
    assert [(row.state, row.to, row.subject, row.html) for row in old.objects.order_by("reference")] == [
        ("queued", "ann@example.org", "Hello", "<p>Secret</p>"),
        ("done", "ann@example.org", "Hello", "<p>Secret</p>"),
        ("failed", "ann@example.org", "Hello", "<p>Secret</p>"),
    ]
