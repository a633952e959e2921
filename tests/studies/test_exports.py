"""What we export, our own import reads back (EVD-66)."""

import json
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from studies.exports import FORMATS, bibtex, csl, export, ris
from studies.sources.base import Author, StudyRecord
from studies.sources.reading import read
from studies.sources.words import date_from, plain

from .test_commands import run

SAME = ("title", "authors", "years", "journal", "volume", "issue", "pages", "doi", "pmid", "pmcid")


def assert_equal_after(records: list[StudyRecord], format: str) -> None:
    rows = read(export(records, format).encode()).rows
    assert len(rows) == len(records)
    for record, row in zip(records, rows, strict=True):
        assert row.record, row.problem
        assert {name: getattr(row.record, name) for name in SAME} == {name: getattr(record, name) for name in SAME}


@pytest.mark.parametrize("format", FORMATS)
def test_our_own_samples_survive(samples, format):
    names = (
        "library.json",
        "pubmed.xml",
        "medline.nbib",
        "mixed.ris",
        "mixed.bib",
        "zotero.json",
        "endnote.xml",
        "crossref.json",
    )
    records = [one for name in names for one in read((samples / name).read_bytes()).records if one.title]
    assert len(records) > 35
    assert_equal_after(records, format)


@pytest.mark.parametrize("format", FORMATS)
def test_every_importable_record_of_the_pack_survives(pack, format):
    """EVD-66, EVD-96."""
    folders = (
        "pubmed_xml",
        "crossref_works",
        "crossref_integrity",
        "nbib",
        "nbib_integrity",
        "ris",
        "bibtex",
        "csl_json",
        "endnote_xml",
    )
    files = [path for folder in folders for path in sorted((pack / folder).iterdir())]
    records = [one for path in files for one in read(path.read_bytes()).records if one.title]
    assert len(records) > 280
    assert_equal_after(records, format)


HOSTILE = StudyRecord(
    title="A line\nER  - \nTY  - JOUR and {braces} with 50% & $5 #1 a_b x^2 ~ \\ back",
    authors=(Author(family="O'Neil {x}", given="A\nB"), Author(literal="R&D and Co % Group")),
    journal="J of {Open", volume="1_2", pages="1-2", years=(2020,), date=date_from(2020), doi="10.5555/a_b{c}%d",
)  # fmt: skip


def test_no_value_can_break_the_file():
    """EVD-66: newlines cannot start a RIS tag, braces and TeX letters cannot break BibTeX."""
    assert [line[:2] for line in ris([HOSTILE]).splitlines()].count("TY") == 1
    rows = read(bibtex([HOSTILE, replace(HOSTILE, title="Next")]).encode()).rows
    assert [row.record.title if row.record else None for row in rows] == [plain(HOSTILE.title), "Next"]
    assert rows[0].record.authors[1] == Author(literal="R&D and Co % Group")
    assert json.loads(csl([HOSTILE]))[0]["title"].startswith("A line")


TEXT = st.text(st.characters(blacklist_categories=("Cs", "Cc", "Cf", "Zl", "Zp")), min_size=1, max_size=60)


@given(title=TEXT, family=TEXT, journal=TEXT)
def test_any_text_stays_in_its_field(title, family, journal):
    """EVD-66: however odd, it never becomes another record or field."""
    record = StudyRecord(
        title=title, authors=(Author(family=family, given="A"),), journal=journal, years=(2020,), date=date_from(2020)
    )
    for format in FORMATS:
        rows = read(export([record, replace(record, title="Next", title_html="Next")], format).encode()).rows
        assert len(rows) == 2 and rows[1].record and rows[1].record.title == "Next"


def test_bibtex_keys_are_unique():
    """EVD-66: baloh2022, baloh2022a."""
    record = StudyRecord(title="T", authors=(Author(family="Baloh", given="R"),), years=(2022,), date=date_from(2022))
    keys = [line.split("{")[1].rstrip(",") for line in bibtex([record] * 30).splitlines() if line.startswith("@")]
    assert keys[:3] == ["baloh2022", "baloh2022a", "baloh2022b"] and len(set(keys)) == 30


def test_the_standing_goes_into_a_note():
    """EVD-66."""
    retracted = StudyRecord(title="T", years=(2020,), date=date_from(2020), integrity="retracted")
    for format in FORMATS:
        assert "retracted" in export([retracted], format)


@pytest.mark.database
@pytest.mark.django_db
def test_the_command_prints_the_library():
    """Section 12."""
    from tests.factories import make_reference

    make_reference(title="Cells & <i>mice</i>", doi="10.5555/export.1", is_retired=False)
    make_reference(title="Retired", is_retired=True)
    code, lines = run("export_references", "--format", "bibtex")
    assert code == 0 and sum(line.startswith("@") for line in lines) == 1
    assert any(r"Cells \& mice" in line for line in lines)
    code, _ = run("export_references", "--format", "ris", "--article", "nobody")
    assert code == 2


@pytest.mark.database
@pytest.mark.django_db
def test_the_command_prints_what_a_live_study_cites(clinic):
    from tests.factories import make_study, sign_and_publish

    study = make_study()
    sign_and_publish(study)
    code, lines = run("export_references", "--format", "ris", "--study", study.slug)
    assert code == 0 and f"DO  - {study.primary.doi}" in lines
