"""Sources in the admin."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from lxml import html

from stemsite.access import Role
from stemsite.audit.models import AuditEvent
from studies.integrity import record_event
from studies.models import Reference
from tests.factories import make_guide, make_reference, make_study, save_draft, sign_and_publish
from tests.staff import form_data, save, signed_in
from tests.stored import keep, stored

pytestmark = [pytest.mark.django_db, pytest.mark.database]

LIST = "admin:studies_reference_changelist"


def change(reference: Reference) -> str:
    return reverse("admin:studies_reference_change", args=[reference.pk])


@pytest.fixture
def staff():
    return signed_in(Role.PUBLISHER)


def test_authors_are_typed_one_per_line_and_shown_so_again(staff):
    typed = "Barczewska, Monika\nALS Study Group"
    answer = save(staff, reverse("admin:studies_reference_add"), title="Cells in ALS", authors=typed, kind="journal")
    assert answer.status_code == 302
    reference = Reference.objects.get()
    assert reference.authors == [["Barczewska", "Monika"], ["ALS Study Group"]]
    assert reference.created_by == staff.user
    shown = staff.get(change(reference)).context["adminform"].form["authors"].value()
    assert shown == typed


def test_a_line_that_cannot_be_read_is_named_and_nothing_is_lost(staff):
    answer = save(staff, reverse("admin:studies_reference_add"), title="Cells", authors="Smith,", kind="journal")
    assert answer.status_code == 200
    form = answer.context["adminform"].form
    assert "Line 1" in form.errors["authors"][0]
    assert form["authors"].value() == "Smith,"


def test_saving_a_cited_source_leaves_live_text_alone_and_lists_its_pages(clinic, staff):
    """PUB-13, PUB-03: no public byte changes, no stored page is dropped, every page concerned is named."""
    reference = make_reference(title="A title with a mistake")
    guide, study, other = make_guide(citing=reference.pk), make_study(primary=reference), make_guide(slug="other")
    for page in (guide, study, other):
        sign_and_publish(page)
    before = keep(guide.live_path, study.live_path)

    answer = save(staff, change(reference), title="The title as it is")

    assert answer.status_code == 302
    assert stored() == set(before)
    assert keep(*before) == before
    form = staff.get(change(reference)).content.decode()
    assert_shows_the_difference(form)
    listed = staff.get(reverse(LIST), {"changed": "yes"}).context["cl"].result_list
    assert [row.pk for row in listed] == [reference.pk]
    report = staff.get(reverse("admin:publishing_reports")).content.decode()
    assert report.count("to what the record reads today") == 2
    assert_shows_the_difference(report)


def assert_shows_the_difference(page):
    """What was corrected, word by word: the rest of the source stands unmarked, and once for each page."""
    lines = [line for line in html.fromstring(page).find_class("pieces") if "Sample M" in line.text_content()]
    assert len(lines) == 2
    for line in lines:
        pieces = [(child.tag, child.text_content().partition(": ")[2] + (child.tail or "")) for child in line]
        marked = {tag: " ".join(text for name, text in pieces if name == tag) for tag in ("del", "ins")}
        assert "mistake" in marked["del"]
        assert "mistake" not in marked["ins"]
        assert "as it is" in marked["ins"]
        assert line.text.startswith("Sample M, Example AB.")
        assert line.text_content().count("Sample M") == 1


def test_a_change_that_no_page_prints_lists_nothing(clinic, staff):
    """PUB-13: notes for staff and retiring are not a changed source."""
    reference = make_reference()
    sign_and_publish(make_guide(citing=reference.pk))
    save(staff, change(reference), note="Ask Ann about this one.", is_retired="on")
    assert not staff.get(reverse(LIST), {"changed": "yes"}).context["cl"].result_list


def test_publishing_anew_takes_the_page_off_the_list(clinic, staff):
    reference = make_reference(title="Old title")
    guide = make_guide(citing=reference.pk)
    sign_and_publish(guide)
    save(staff, change(reference), title="New title")
    sign_and_publish(guide, note="We corrected a title.")
    assert not staff.get(reverse(LIST), {"changed": "yes"}).context["cl"].result_list


def test_where_a_source_is_used_is_shown_with_marks_and_links(clinic, staff):
    """PUB-15: live, draft and old versions."""
    reference = make_reference()
    guide = make_guide(citing=reference.pk)
    sign_and_publish(guide)
    guide.title = "What is ALS, in short?"
    guide.save()
    save_draft(guide)
    uses = {(use.mark, use.url) for use in reference.uses()}
    url = reverse("admin:publishing_page", args=[guide.pk])
    assert uses == {("live", url), ("draft", url)}
    sign_and_publish(guide, note="A shorter title.")
    assert {use.mark for use in reference.uses()} == {"live", "draft", "old version 1"}
    page = staff.get(change(reference)).content.decode()
    assert f'<a href="{url}">' in page
    assert "(live, draft, old version 1)" in page


@pytest.mark.parametrize("where", ["live", "draft version", "unsaved rows", "primary", "study text"])
def test_a_source_that_anything_names_is_never_deleted(clinic, staff, where):
    """PUB-23: by the admin, by the row and by a queryset; the refusal lists the use and offers retiring."""
    reference = make_reference()
    if where in {"live", "draft version", "unsaved rows"}:
        guide = make_guide(citing=reference.pk)
        if where == "live":
            sign_and_publish(guide)
        elif where == "draft version":
            save_draft(guide)
    elif where == "primary":
        make_study(primary=reference)
    else:
        make_study(harms=f'<p>Two died.<cite data-ref="{reference.pk}"></cite></p>')
    address = reverse("admin:studies_reference_delete", args=[reference.pk])
    asked = staff.get(address).content.decode()
    assert "cannot be deleted" in asked
    assert "retired instead" in asked
    staff.post(address, {"post": "yes"})
    for attempt in (reference.delete, Reference.objects.filter(pk=reference.pk).delete):
        with pytest.raises(Exception, match="used in"):
            attempt()
    assert Reference.objects.filter(pk=reference.pk).exists()


def test_a_source_with_a_notice_is_kept(staff, owner):
    reference = make_reference()
    record_event(reference, kind="concern", source="journal", by=owner)
    assert (
        "expression of concern"
        in staff.get(reverse("admin:studies_reference_delete", args=[reference.pk])).content.decode()
    )


def test_a_source_that_nothing_uses_can_be_deleted_and_the_deletion_is_recorded(staff):
    """PUB-128"""
    reference = make_reference()
    staff.post(reverse("admin:studies_reference_delete", args=[reference.pk]), {"post": "yes"})
    assert not Reference.objects.exists()
    event = AuditEvent.objects.get()
    assert (event.verb, event.object_id, event.actor_id) == ("deleted", str(reference.pk), staff.user.pk)


def test_checks_and_standing_cannot_be_typed(staff):
    reference = make_reference(verdict=Reference.Verdict.MISMATCH)
    save(staff, change(reference), verdict="verified", standing="", checked_on="2026-01-01", note="Tried.")
    reference.refresh_from_db()
    assert (reference.verdict, reference.checked_on, reference.note) == ("mismatch", None, "Tried.")


def test_a_change_is_recorded_by_field_and_without_what_was_typed(staff):
    """PUB-127"""
    reference = make_reference()
    save(staff, change(reference), title="Secret words")
    event = AuditEvent.objects.get(verb="changed")
    assert event.detail == {"fields": ["Title"]}
    history = staff.get(reverse("admin:studies_reference_history", args=[reference.pk])).content.decode()
    assert "changed" in history
    assert "Title" in history


def test_saving_unchanged_records_nothing(staff):
    reference = make_reference()
    save(staff, change(reference))
    assert not AuditEvent.objects.exists()


def test_retired_sources_are_not_offered_to_whoever_chooses_one(staff):
    kept, retired = make_reference(title="Kept cells"), make_reference(title="Retired cells", is_retired=True)
    query = {"app_label": "studies", "model_name": "integrityevent", "field_name": "reference", "term": "cells"}
    found = staff.get(reverse("admin:autocomplete"), query).json()["results"]
    assert [int(row["id"]) for row in found] == [kept.pk]
    assert len(staff.get(reverse(LIST), {"q": "cells"}).context["cl"].result_list) == 2
    assert retired.pk


@pytest.mark.parametrize("term", ["Barczewska", "10.1000/", "cells", "pmid", "'\"%_\\", "x" * 5000])
def test_any_search_words_are_harmless(staff, term):
    make_reference()
    assert staff.get(reverse(LIST), {"q": term}).status_code == 200


def test_the_list_needs_the_same_number_of_queries_however_long_it_is(clinic, staff):
    """PUB-113"""

    def queries() -> int:
        with CaptureQueriesContext(
            connection,
        ) as caught:
            assert staff.get(reverse(LIST)).status_code == 200
        return len(caught)

    sign_and_publish(make_guide())
    queries()
    few = queries()
    for _ in range(12):
        make_reference()
    assert queries() == few <= 10


def test_form_data_is_what_the_page_offers(staff):
    """The forms that these tests fill are the ones staff see: every editable field is in them."""
    data = form_data(staff.get(change(make_reference())))
    assert {"title", "authors", "doi", "kind", "year"} <= set(data)
    assert not {"verdict", "standing", "checked_on", "created_by", "is_sample"} & set(data)


def test_a_sentence_case_title_is_offered_beside_the_recorded_one():
    """EVD-63: set by a person, it is printed; the recorded title stays, and the check is the same."""
    client = signed_in(Role.PUBLISHER)
    reference = make_reference(title="Cells In People With ALS")
    address = reverse("admin:studies_reference_change", args=[reference.pk])
    assert "Cells in people with ALS (a proposal" in client.get(address).content.decode()
    assert save(client, address, title_display="Cells in people with ALS").status_code == 302
    reference.refresh_from_db()
    assert (reference.title, reference.title_display) == ("Cells In People With ALS", "Cells in people with ALS")
    assert save(client, address, title_display="Other cells").status_code == 200
