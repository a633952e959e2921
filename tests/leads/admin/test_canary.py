"""LEAD-117, the staff's part: whatever is done with a person leaves nothing of them in clear in any table or log."""

from __future__ import annotations

import logging

import pytest
from django.contrib.sessions.models import Session
from django.db import connection
from django.utils import timezone

from leads import ledger
from tests.factories import make_contact, make_enquiry

pytestmark = [pytest.mark.django_db, pytest.mark.database]

TRACES = ("quetzal", "5550177", "zyzzogeton", "dusk-o-clock", "forum-of")


def stored_in_clear() -> list[tuple[str, str]]:
    found = []
    for table in connection.introspection.table_names():
        with connection.cursor() as cursor:
            cursor.execute(f"SELECT * FROM {connection.ops.quote_name(table)}")
            text = str(cursor.fetchall()).lower()
        found += [(table, trace) for trace in TRACES if trace in text]
    for session in Session.objects.all():
        found += [("session", trace) for trace in TRACES if trace in str(session.get_decoded()).lower()]
    return found


def test_lead_117_working_searching_and_exporting_leave_nothing_in_clear(owners_desk, caplog, settings, tmp_path):
    settings.DATA_DIR = tmp_path
    caplog.set_level(logging.DEBUG)
    desk = owners_desk
    contact = make_contact(name="Quetzalcoatlina", email="quetzal@example.org", phone="+16145550177")
    enquiry = make_enquiry(
        contact,
        message="Zyzzogeton since spring",
        best_time="dusk-o-clock",
        channel="forum-of-x",
        condition="zyzzogeton",
    )
    ledger.enter(contact, "call", "confirmed", ledger.Circumstances(method="form", page_path="/conditions/zyzzogeton/"))
    person, acts = f"/admin/leads/contact/{contact.pk}", f"/admin/leads/enquiry/{enquiry.pk}"
    key = enquiry.pk
    today = timezone.localdate().isoformat()
    statuses = [
        desk.post(f"{acts}/log/", {f"log-{key}-how": "spoke", f"log-{key}-text": "Zyzzogeton again"}),
        desk.post(f"{acts}/status/", {f"status-{key}-to": "qualified", f"status-{key}-seen": "contacted"}),
        desk.post(f"{person}/note/", {"note-text": "Quetzal calls at dusk-o-clock"}),
        desk.post(f"{person}/tags/", {"tags-tags": "zyzzogeton"}),
        desk.post("/admin/leads/enquiry/search/", {"text": "quetzal@example.org", "name": "Quetzal", "since": today}),
        desk.post("/admin/leads/contact/search/", {"text": "614 555 0177", "tag": "Zyzzogeton"}),
        desk.post(f"{person}/hold/", {"reason": ""}),
    ]
    assert {answer.status_code for answer in statuses} == {303}
    refused = desk.post(f"{acts}/status/", {f"status-{key}-to": "new", f"status-{key}-seen": "Quetzal"})
    assert refused.status_code == 409
    values = {"action": "csv", "scope": "all", "confirmed": "1", "reason": "Call list"}
    file = b"".join(desk.post("/admin/leads/enquiry/bulk/", values).streaming_content).decode()
    assert "Quetzalcoatlina" in file, "the story was told, so that its absence below means something"
    assert "Zyzzogeton" in desk.post(f"{person}/export/", {"reason": "Asked"}).content.decode()
    for path in ("/admin/leads/enquiry/", f"{person}/change/", "/admin/leads/contact/figures/", "/admin/"):
        assert desk.get(path).status_code == 200
    assert stored_in_clear() == []
    assert [trace for trace in TRACES if trace in caplog.text.lower()] == []
    assert desk.post(f"{person}/erase/", {"seen": contact.reference}).status_code == 303
    page = desk.get(f"{person}/change/").content.decode().lower()
    assert [trace for trace in TRACES if trace in page] == []
