"""Identifiers into the library: each line with what it is, and "not found" only where a source answered."""

from dataclasses import replace

import pytest

from studies.importing.applying import apply_batch, decide
from studies.importing.reading import read_batch
from studies.importing.storing import MAX_IDENTIFIERS, NotTaken, store_identifiers
from studies.models import ImportBatch, Reference, SourceRecord
from studies.sources.reading import read
from tests.factories import make_reference
from tests.fakes.sources import fake_sources

pytestmark = [pytest.mark.django_db, pytest.mark.database]


@pytest.fixture
def records(samples):
    return [replace(one, source="Crossref") for one in read((samples / "library.json").read_bytes()).records]


def asked(text: str, sources) -> ImportBatch:
    batch, _ = store_identifiers(text, by=None)
    read_batch(batch, sources=lambda: sources)
    return batch


def states(batch) -> list[tuple[int, str]]:
    return list(batch.rows.order_by("number").values_list("number", "state"))


def test_every_line_becomes_a_row_with_its_answer(records):
    """EVD-10, EVD-17."""
    first = records[0]
    known = make_reference(doi=first.doi, pmid=None)
    text = f"{first.doi}\nnot an identifier\nPMID: 99999999\nhttps://doi.org/{first.doi.upper()}"
    batch = asked(text, fake_sources(records))
    assert states(batch) == [(1, "differs"), (2, "failed"), (3, "not found"), (4, "repeated")]
    rows = list(batch.rows.order_by("number"))
    assert rows[0].reference_id == known.pk and "PMID 99999999" in rows[2].problem
    assert rows[1].original == "not an identifier" and "row 1" in rows[3].problem


def test_a_source_that_cannot_be_asked_says_nothing_about_the_record(records):
    """EVD-17, EVD-26: not checked, with its cause; asked again it goes on."""
    batch = asked(records[0].doi, fake_sources(down=True))
    row = batch.rows.get()
    assert row.state == "not checked" and "did not answer in time" in row.problem
    assert not SourceRecord.objects.exists()


def test_a_whole_reference_is_asked_about_once_by_its_best_identifier(records):
    first = replace(records[0], pmcid="PMC7000001")
    sources = fake_sources([first])
    batch = asked(f"1. Novák I. Cord lining cells. doi:{first.doi} PMID: {first.pmid}", sources)
    assert states(batch) == [(1, "new")] and sources.pubmed.asked == []
    assert asked("PMC7000001", sources).rows.get().record["doi"] == first.doi


def test_what_was_found_is_applied_and_kept(records):
    """EVD-32: the record is kept with its source; the reference is verified by it."""
    batch = asked(records[0].doi, fake_sources(records))
    decide(batch)
    apply_batch(batch, by=None)
    reference = Reference.objects.get()
    assert (reference.doi, reference.verdict) == (records[0].doi, "verified")
    assert SourceRecord.objects.get().external_id == f"doi:{records[0].doi}"


def test_a_list_without_identifiers_or_beyond_the_limit_is_not_taken():
    with pytest.raises(NotTaken, match="No DOI"):
        store_identifiers("words\nmore words", by=None)
    with pytest.raises(NotTaken, match="more than"):
        store_identifiers("\n".join(f"PMID: {number + 1}" for number in range(MAX_IDENTIFIERS + 1)), by=None)
