"""Many at once: the exact number is asked, each has its own entry, and files hold no formula (LEAD-101, LEAD-102)."""

from __future__ import annotations

import csv
import io
import re

import openpyxl
import pytest

from leads.models import Enquiry, TimelineEntry
from leads.pipeline import bulk
from leads.pipeline.sheets import csv_pieces, inert, xlsx_pieces
from stemsite.access import Role
from stemsite.audit.models import AuditEvent
from stemsite.audit.recording import first_break
from tests.factories import make_contact, make_enquiry, make_user

pytestmark = [pytest.mark.django_db, pytest.mark.database]

BULK = "/admin/leads/enquiry/bulk/"
HOSTILE = ("=1+1", "+1", "-1", "@SUM(A1)", "\uff1d1", "\uff0b1", "\uff0d1", "\uff201", "\t=1", "\r=1", "\n=1")


def body(answer) -> bytes:
    return b"".join(answer.streaming_content)


def marked(*rows):
    return {"row": [row.pk for row in rows], "scope": "marked"}


def test_lead_101_assigning_asks_with_the_exact_number_and_enters_each(desk):
    rows = [make_enquiry() for _ in range(3)]
    make_enquiry()
    asked = desk.post(BULK, {"action": "assign", **marked(*rows)})
    assert asked.status_code == 200 and "Assign 3 rows" in asked.content.decode()
    assert not Enquiry.objects.exclude(assignee=None).exists()
    done = desk.post(BULK, {"action": "assign", **marked(*rows), "confirmed": "3", "to": desk.user.pk})
    assert done.status_code == 303
    assert Enquiry.objects.filter(assignee=desk.user).count() == 3
    assert TimelineEntry.objects.filter(kind="assignment").count() == 3
    events = AuditEvent.objects.filter(verb="assigned an enquiry")
    assert {event.object_id for event in events} == {str(row.contact_id) for row in rows}


def test_lead_101_all_rows_of_a_list_are_those_of_its_queue(desk):
    make_enquiry(status="contacted")
    make_enquiry()
    asked = desk.post(BULK, {"action": "status", "scope": "all", "queue": "new"})
    assert "exactly <strong>1</strong> row" in asked.content.decode()
    values = {"action": "status", "scope": "all", "queue": "new", "confirmed": "1", "to": "spam", "reason": ""}
    answer = desk.post(BULK, values)
    assert answer["Location"] == "/admin/leads/enquiry/?queue=new"
    assert sorted(Enquiry.objects.values_list("status", flat=True)) == ["contacted", "spam"]


def test_lead_101_when_the_number_changed_meanwhile_nothing_is_done(desk):
    make_enquiry()
    answer = desk.post(BULK, {"action": "status", "scope": "all", "confirmed": "2", "to": "spam", "reason": ""})
    assert answer.status_code == 409 and "it is 1 now" in answer.content.decode()
    assert Enquiry.objects.get().status == "new"


def test_lead_101_what_the_table_refuses_is_left_and_said(desk):
    make_enquiry()
    make_enquiry(status="converted")
    values = {"action": "status", "scope": "all", "confirmed": "2", "to": "contacted", "reason": ""}
    page = desk.post(BULK, values, follow=True).content.decode()
    assert "1 done. 1 left as they were: An enquiry that is converted cannot become contacted." in page


def test_lead_101_closing_many_needs_the_reason_too(desk):
    make_enquiry()
    values = {"action": "status", "scope": "all", "confirmed": "1", "to": "closed", "reason": ""}
    assert desk.post(BULK, values).status_code == 422
    assert desk.post(BULK, {**values, "reason": "other"}).status_code == 303


def test_lead_101_tagging_many(desk):
    rows = [make_enquiry(), make_enquiry()]
    desk.post(BULK, {"action": "tag", **marked(*rows), "confirmed": "2", "tag": "Event in May"})
    assert [row.contact.tags.get().name for row in rows] == ["Event in May"] * 2
    assert AuditEvent.objects.filter(verb="tagged a person").count() == 2


def test_more_than_one_press_should_do_are_not_begun(desk, monkeypatch):
    monkeypatch.setattr("leads.admin.bulk.MOST", 1)
    make_enquiry()
    make_enquiry()
    values = {"action": "status", "scope": "all", "confirmed": "2", "to": "spam", "reason": ""}
    answer = desk.post(BULK, values)
    assert answer.status_code == 422 and "At most 1" in answer.content.decode()
    assert not Enquiry.objects.filter(status="spam").exists()
    assert bulk.MOST == 500


@pytest.mark.parametrize(
    "values", [{"action": ""}, {"action": "erase"}, {"action": "assign"}, {"action": "csv", "row": "x"}]
)
def test_nothing_meant_is_nothing_done(desk, values):
    make_enquiry()
    answer = desk.post(BULK, values, follow=True)
    assert answer.status_code == 200 and "Nothing was done" in answer.content.decode()


# -- files ------------------------------------------------------------------------------


def ask_for(desk, form, **more):
    number = Enquiry.objects.count()
    values = {"action": form, "scope": "all", "confirmed": str(number), "reason": "Call list of the day", **more}
    return desk.post(BULK, values)


def test_lead_102_a_file_needs_a_reason_and_says_it_on_the_record(desk):
    enquiry = make_enquiry()
    assert ask_for(desk, "csv", reason=" ").status_code == 422
    assert not AuditEvent.objects.filter(verb="exported people").exists()
    answer = ask_for(desk, "csv")
    body(answer)
    whole, each = AuditEvent.objects.filter(verb="exported people").order_by("number")
    assert (whole.note, whole.actor_id, whole.detail["rows"]) == ("Call list of the day", desk.user.pk, 1)
    assert whole.detail["fields"] == ["name", "phone or e-mail"]
    assert (each.object_type, each.object_id) == ("leads.contact", str(enquiry.contact_id))
    assert first_break() is None


def test_lead_102_a_file_holds_only_the_columns_shown_and_says_who_and_when(desk):
    make_enquiry(make_contact(name="Ann"), message="Secret words")
    type(desk.user).objects.filter(pk=desk.user.pk).update(first_name="Cora", last_name="Ordinator")
    answer = ask_for(desk, "csv", with_stamp="on", with_bom="on")
    assert re.search(
        r'attachment; filename="enquiry-\d{4}-\d\d-\d\d-\d{4}-cora-ordinator.csv"', answer["Content-Disposition"]
    )
    assert "no-store" in answer["Cache-Control"] and answer.streaming
    text = body(answer).decode()
    assert text.startswith("\ufeff") and "Secret words" not in text
    stamp, head, row = list(csv.reader(io.StringIO(text.lstrip("\ufeff"))))
    assert stamp[0].startswith("Enquiries, exported ") and stamp[0].endswith("by Cora Ordinator")
    assert head == ["Name", "Status", "Received", "Reach by", "Assigned to", "Follow-up", "Reference"]
    assert row[:2] == ["Ann", "New"]


def test_lead_102_no_cell_of_a_csv_file_is_taken_for_a_formula(desk):
    for cell in HOSTILE:
        assert inert(cell) == f"'{cell}"
    text = b"".join(csv_pieces([HOSTILE, ("plain", 'a "quoted" one')])).decode()
    first, second = list(csv.reader(io.StringIO(text, newline="")))
    assert first == [f"'{cell}" for cell in HOSTILE] and second == ["plain", 'a "quoted" one']
    assert all(line.startswith('"') for line in text.splitlines() if line.startswith(('"', "p")))
    make_enquiry(make_contact(name="=HYPERLINK(1)"))
    assert '"\'=HYPERLINK(1)"' in body(ask_for(desk, "csv")).decode()


def test_lead_102_cells_of_a_workbook_are_texts_never_formulas_or_links(desk):
    make_enquiry(make_contact(name="=1+1", email="ann@example.org"))
    make_enquiry(make_contact(name="https://evil.example/ & <Bo>"))
    answer = ask_for(desk, "xlsx")
    content = body(answer)
    book = openpyxl.load_workbook(io.BytesIO(content))
    cells = [cell for row in book.active.iter_rows() for cell in row if cell.value is not None]
    assert {cell.data_type for cell in cells} == {"s"}
    assert not any(cell.hyperlink for cell in cells)
    values = [cell.value for cell in cells]
    assert "=1+1" in values and "https://evil.example/ & <Bo>" in values
    import zipfile

    names = zipfile.ZipFile(io.BytesIO(content)).namelist()
    assert not [name for name in names if "external" in name or "theme" in name]


def test_lead_102_what_no_workbook_can_hold_is_left_out():
    content = b"".join(xlsx_pieces([["a\x00b\ufffe", "x" * 40_000]]))
    (row,) = openpyxl.load_workbook(io.BytesIO(content)).active.iter_rows(values_only=True)
    assert row[0] == "ab" and len(row[1]) == 32_767


def test_lead_102_a_file_is_sent_in_pieces_and_touches_no_disk(desk, monkeypatch):
    import tempfile

    def refuse(*args, **kwargs):
        raise AssertionError("a temporary file")

    for name in ("mkstemp", "TemporaryFile", "NamedTemporaryFile", "SpooledTemporaryFile"):
        monkeypatch.setattr(tempfile, name, refuse)
    rows = ([f"Person {number} {number * 7919 % 104729}", "x" * 90] for number in range(30_000))
    pieces = xlsx_pieces(rows)
    assert next(pieces)
    sizes = [len(piece) for piece in pieces]
    assert len(sizes) >= 3 and max(sizes) < 1_000_000


def test_lead_102_without_the_right_there_is_no_file(db, monkeypatch):
    from leads.pipeline.exporting import export
    from leads.pipeline.tables import ENQUIRIES
    from stemsite.publishing.gate import Refused

    make_enquiry()
    with pytest.raises(Refused):
        export(ENQUIRIES, ENQUIRIES.rows(), form="csv", by=make_user(Role.PUBLISHER), reason="Mine", number=1)
    assert not AuditEvent.objects.exists()
