"""Files into the library: stored first, previewed, applied row by row, repeated without effect, taken back."""

import json

import pytest

from stemsite.access import Role
from stemsite.audit.models import AuditEvent
from studies.importing.applying import apply_batch, decide
from studies.importing.reading import read_again, read_batch
from studies.importing.storing import NotTaken, store_file
from studies.importing.undoing import undo_batch
from studies.models import Check, ImportBatch, ImportRow, Reference, SourceRecord, Study
from studies.sources.base import FileRefused
from tests.factories import make_guide, make_reference, make_user, sign_and_publish

from ..test_commands import run

pytestmark = [pytest.mark.django_db, pytest.mark.database]

State, Outcome = ImportRow.State, ImportRow.Outcome


def no_sources():
    raise AssertionError("a file is read without asking anybody")


def stored(data: bytes, name: str = "file.txt", by=None) -> ImportBatch:
    batch, _ = store_file(data, name, by=by)
    read_batch(batch, sources=no_sources)
    return batch


def imported(data: bytes, by=None) -> ImportBatch:
    batch = stored(data, by=by)
    decide(batch)
    apply_batch(batch, by=by)
    return batch


def library() -> list[tuple]:
    return list(Reference.objects.order_by("pk").values_list("pk", "title", "authors", "doi", "volume", "changed_at"))


def csl(*items: dict) -> bytes:
    return json.dumps(
        [{"id": f"item{number}", "type": "article-journal", **item} for number, item in enumerate(items)]
    ).encode()


NOVAK = {
    "title": "Cord Lining Cells in Progressive Quiet Palsy: a Paired Comparison",
    "author": [{"family": "Novák", "given": "Ilona"}, {"family": "Szabó", "given": "Bence"}],
    "container-title": "Regenerative Letters and Reviews",
    "DOI": "10.5555/rlr.2020.0167",
    "issued": {"date-parts": [[2020]]},
    "volume": "16",
}


def ours(**fields) -> Reference:
    values = {
        "title": NOVAK["title"],
        "authors": [["Novák", "Ilona"], ["Szabó", "Bence"]],
        "journal": "Regenerative Letters and Reviews",
        "year": 2020,
        "doi": NOVAK["DOI"],
        "volume": "",
        "pages": "",
    }
    return make_reference(**{**values, **fields})


def test_reading_a_file_writes_no_source_and_no_study(samples):
    """EVD-11, EVD-12: bytes first, then rows; nothing in the library."""
    batch = stored((samples / "pubmed.xml").read_bytes(), "pubmed.xml")
    assert batch.state == "ready" and batch.format == "pubmed-xml" and batch.found == batch.rows.count() == batch.read
    assert batch.bytes == (samples / "pubmed.xml").read_bytes()
    assert not Reference.objects.exists() and not Study.objects.exists() and not SourceRecord.objects.exists()


def test_the_same_bytes_lead_to_the_first_import(samples):
    """EVD-11."""
    data = (samples / "pubmed.xml").read_bytes()
    first, made = store_file(data, "a.xml", by=None)
    again, made_again = store_file(data, "b.xml", by=None)
    assert (first, made, made_again) == (again, True, False)


@pytest.mark.parametrize(
    ("data", "why"),
    [(b"  ", "empty"), (b"PK\x03\x04zip", "unpack"), (b"\x1f\x8bgz", "unpack"), (b"x" * (20 * 2**20 + 1), "20 MB")],
)
def test_what_cannot_be_an_import_is_not_stored(data, why):
    """EVD-93."""
    with pytest.raises(NotTaken, match=why):
        store_file(data, "x", by=None)
    assert not ImportBatch.objects.exists()


def test_a_file_of_no_known_format_is_refused_with_its_reason():
    batch = stored(b"just some words")
    assert batch.state == "refused" and "format of this file was not recognised" in batch.problem


def test_every_record_start_is_accounted_for(samples):
    """EVD-13: records found = created + merged + unchanged + skipped + failed."""
    batch = imported((samples / "mixed.ris").read_bytes())
    outcomes = list(batch.rows.order_by("number").values_list("state", "outcome"))
    assert len(outcomes) == batch.found
    assert outcomes == [("new", "created"), ("new", "created"), ("new", "created"), ("failed", "")]
    failed = batch.rows.get(state="failed")
    assert failed.line == 30 and "An orphan piece" in failed.original


def test_a_failed_row_is_mended_and_read_again(samples):
    """EVD-12: reason, line, original text, editable, try again."""
    batch = stored((samples / "mixed.ris").read_bytes())
    row = batch.rows.get(state="failed")
    with pytest.raises(FileRefused):
        read_again(row, "still nothing")
    read_again(row, "TY  - JOUR\n" + row.original)
    assert (row.state, row.title) == ("new", "An orphan piece")
    decide(batch)
    assert apply_batch(batch, by=None)["created"] == 4


def test_the_same_file_twice_changes_nothing(samples):
    """EVD-16: by the same bytes, and by the same records in other bytes."""
    data = (samples / "pubmed.xml").read_bytes()
    imported(data)
    before, checks = library(), Check.objects.count()
    imported(data)
    assert library() == before and Check.objects.count() == checks
    again = imported(data + b"\n")
    assert library() == before
    assert set(again.rows.values_list("outcome", flat=True)) <= {"unchanged", ""}
    assert SourceRecord.objects.count() == len(before)


def test_empty_fields_are_filled_and_what_stands_there_stays():
    """EVD-14, EVD-15: a difference is shown with both values and waits."""
    reference = ours(authors=[["Sulski", "A"]])
    batch = stored(csl(NOVAK))
    row = batch.rows.get()
    assert (row.state, row.reference_id, row.fills) == ("differs", reference.pk, {"volume": "16"})
    assert row.differs == {"authors": [[["Sulski", "A"]], [["Novák", "Ilona"], ["Szabó", "Bence"]]]}
    decide(batch)
    apply_batch(batch, by=None)
    reference.refresh_from_db()
    assert (reference.volume, reference.authors) == ("16", [["Sulski", "A"]])
    assert reference.provenance == {"volume": f"import {batch.pk}"}
    assert batch.rows.get().outcome == "merged"


def test_equal_in_other_words_is_no_difference():
    """EVD-14: case of a DOI, accents, short pages, an abbreviated journal, print and online year."""
    reference = ours(journal="Regen Lett Rev", pages="637-41", volume="16")
    batch = stored(csl({**NOVAK, "DOI": NOVAK["DOI"].upper(), "page": "637-641", "title": NOVAK["title"].upper()}))
    row = batch.rows.get()
    assert (row.state, row.reference_id, row.differs) == ("unchanged", reference.pk, {})


def test_identifiers_that_lead_to_two_sources_wait_for_a_person():
    """EVD-14: conflict, nothing is written."""
    make_reference(doi=NOVAK["DOI"])
    make_reference(pmid="90001001")
    before = library()
    batch = imported(csl({**NOVAK, "PMID": "90001001"}))
    row = batch.rows.get()
    assert (row.state, row.outcome, row.decision) == ("conflict", "", "") and library() == before
    assert len(row.others) == 2


@pytest.mark.parametrize(("decision", "sources"), [("merge", 1), ("new", 2), ("skip", 1)])
def test_a_likely_match_is_merged_only_by_a_person(decision, sources):
    """EVD-14: title, first author and year agree, but no identifier."""
    reference = ours(doi=None, year=2021)
    batch = imported(csl(NOVAK))
    row = batch.rows.get()
    assert (row.state, row.outcome, row.others) == ("probable", "", [reference.pk])
    ImportRow.objects.filter(pk=row.pk).update(decision=decision)
    apply_batch(batch, by=None)
    assert Reference.objects.count() == sources
    reference.refresh_from_db()
    assert (reference.doi == NOVAK["DOI"]) is (decision == "merge")


def test_a_preprint_and_its_paper_are_two_works():
    """EVD-14: linked, never merged."""
    ours(kind="preprint", doi="10.1101/2020.01.01.1")
    batch = stored(csl(NOVAK))
    assert batch.rows.get().state == "new"


def test_a_row_that_fails_leaves_the_others_in_place():
    """EVD-16."""
    batch = imported(csl({**NOVAK, "title": "x" * 700}, {**NOVAK, "DOI": "10.5555/other", "title": "Another one"}))
    assert list(batch.rows.order_by("number").values_list("outcome", flat=True)) == ["failed", "created"]
    assert "600" in batch.rows.get(number=1).problem


def test_an_address_that_is_none_does_not_cost_the_record():
    """EVD-13: it stays with the row."""
    item = {"type": "webpage", "title": "Only an address", "URL": "http://not_a_host/x"}
    batch = imported(csl(item))
    row = batch.rows.get()
    assert row.outcome == "created" and row.reference.url == "" and row.record["url"] == "http://not_a_host/x"


def test_a_stopped_reading_goes_on_where_it_stood(samples):
    """EVD-11: rows that are there stay as they are."""
    data = (samples / "pubmed.xml").read_bytes()
    batch, _ = store_file(data, "a.xml", by=None)
    read_batch(batch, sources=no_sources)
    kept = list(batch.rows.order_by("number").values_list("pk", flat=True)[:1])
    total = batch.rows.count()
    batch.rows.exclude(pk__in=kept).delete()
    ImportBatch.objects.filter(pk=batch.pk).update(state="reading")
    batch.refresh_from_db()
    read_batch(batch, sources=no_sources)
    assert batch.rows.count() == total and batch.rows.filter(pk__in=kept).exists() and batch.state == "ready"


def test_a_stopped_applying_goes_on_where_it_stood(samples):
    """EVD-16: what is done is not done again."""
    batch = stored((samples / "mixed.ris").read_bytes())
    decide(batch)
    ImportRow.objects.filter(batch=batch).exclude(number=1).update(decision="")
    apply_batch(batch, by=None)
    assert Reference.objects.count() == 1
    decide(batch)
    apply_batch(batch, by=None)
    apply_batch(batch, by=None)
    assert Reference.objects.count() == 3


def test_a_registry_s_record_is_kept_and_checked_a_program_s_export_is_not(samples):
    """EVD-32, EVD-33, EVD-44: only what a registry says is a record to be verified by."""
    imported((samples / "library.json").read_bytes())
    assert set(Reference.objects.values_list("verdict", flat=True)) == {"verified"}
    check = Check.objects.select_related("record", "reference").first()
    assert check.record.content["doi"] == check.reference.doi and check.checked_by is None
    imported(csl({**NOVAK, "DOI": "10.5555/only.an.export", "title": "Only in somebody's export"}))
    assert Reference.objects.get(doi="10.5555/only.an.export").verdict == "not checked"


def test_a_retracted_paper_arrives_with_its_notice(samples):
    """EVD-50: the record names it, so it is known from the first minute."""
    imported((samples / "crossref.json").read_bytes())
    paper = Reference.objects.get(doi="10.5555/cr.1")
    assert paper.standing == "retracted"
    assert set(paper.integrity_events.values_list("kind", flat=True)) == {"retracted", "corrected"}


def test_an_import_is_taken_back(samples, owner):
    """EVD-11: what it made is retired, what it filled is emptied; applied again, the same sources return."""
    reference = ours()
    batch = imported(csl(NOVAK, {**NOVAK, "DOI": "10.5555/other", "title": "Another one"}), by=owner)
    made = Reference.objects.get(doi="10.5555/other")
    undo_batch(batch, by=owner)
    reference.refresh_from_db()
    made.refresh_from_db()
    assert reference.volume == "" and made.is_retired and batch.state == "undone"
    decide(batch)
    apply_batch(batch, by=owner)
    reference.refresh_from_db()
    made.refresh_from_db()
    assert reference.volume == "16" and not made.is_retired and Reference.objects.count() == 2
    undo_batch(batch, by=owner)
    made.refresh_from_db()
    assert made.is_retired
    verbs = set(AuditEvent.objects.filter(object_type="studies.importbatch").values_list("verb", flat=True))
    assert verbs == {"import stored", "import applied", "import undone"}


def test_what_people_have_built_on_is_not_taken_back(clinic, author):
    """EVD-15: a source that a page cites, and a value that was changed since."""
    reference = ours()
    batch = imported(csl(NOVAK, {**NOVAK, "DOI": "10.5555/other", "title": "Another one"}))
    made = Reference.objects.get(doi="10.5555/other")
    sign_and_publish(make_guide(by=author, citing=made.pk))
    Reference.objects.filter(pk=reference.pk).update(volume="17")
    assert undo_batch(batch, by=make_user(Role.OWNER))["kept"] == 2
    reference.refresh_from_db()
    made.refresh_from_db()
    assert reference.volume == "17" and not made.is_retired
    assert "it is used in" in batch.rows.get(number=2).problem


def test_live_pages_keep_every_word(clinic, author, client):
    """EVD-15, PUB-13: an import reaches drafts, never what readers see."""
    reference = ours()
    guide = make_guide(by=author, citing=reference.pk)
    sign_and_publish(guide)
    before = client.get(guide.live_path).content
    imported(csl({**NOVAK, "page": "922-932", "issue": "5"}))
    reference.refresh_from_db()
    assert reference.pages == "922-932"
    assert client.get(guide.live_path).content == before


def test_the_command_imports_and_repeats_without_effect(samples, owner):
    """Section 12, EVD-90."""
    code, lines = run("import_studies", samples / "mixed.ris", "--json", "--by", owner.email)
    printed = [json.loads(line) for line in lines]
    assert code == 1 and [one["outcome"] for one in printed] == ["created", "created", "created", ""]
    assert Reference.objects.filter(created_by=owner).count() == 3
    before = library()
    code, lines = run("import_studies", samples / "mixed.ris")
    assert code == 1 and lines[-1] == "3 created, 1 failed." and library() == before


def test_the_command_says_when_nothing_can_be_read(tmp_path):
    (tmp_path / "a.txt").write_text("words")
    assert run("import_studies", tmp_path / "a.txt") == (2, ["1 refused."])
    assert run("import_studies", tmp_path / "none.txt")[0] == 2
    assert run("import_studies", tmp_path / "a.txt", "--by", "nobody@example.org")[0] == 2
