"""An existing page in, its citation defects out (EVD-87)."""

import io
import json
import re
import zipfile
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from studies import cases
from studies.auditing.audit import Audit, audit
from studies.auditing.pages import read_page
from studies.auditing.parts import byline, references, study_blocks
from studies.auditing.summaries import missing_facts, people_in
from studies.matching.index import RecordIndex
from studies.sources.base import FileRefused

from .test_commands import run


@pytest.fixture(scope="module")
def page(samples) -> str:
    return (samples / "faulty-page.txt").read_text()


@pytest.fixture(scope="module")
def library(samples) -> RecordIndex:
    return cases.read_index((samples / "library.json").read_bytes())


def audited(text: str, index: RecordIndex | None) -> Audit:
    return audit(read_page(text.encode()), index)


def told(found: Audit) -> list[tuple[str, list[str], str | None]]:
    """Verdict, fields and record of each reference, in the page's order."""
    works = [one.found.record or one.meant for one in found.references]
    found_works = zip(found.references, works, strict=True)
    return [(one.found.verdict, one.found.fields, work.id if work else None) for one, work in found_works]


EXPECTED = [
    ("secondary_source", [], None),
    ("secondary_source", [], "lib:tanabe2023"),
    ("not_found", [], "lib:haller2022"),
    ("mismatch", ["author", "title"], "lib:novak2020"),
    ("mismatch", ["journal", "title"], "lib:moretti2019"),
]


def test_every_defect_of_our_own_faulty_page_is_found(page, library):
    """EVD-87: news as studies, a title that does not exist, a wrong first author, a wrong journal, deaths left out."""
    found = audited(page, library)
    assert told(found) == EXPECTED
    assert sorted(one.field for one in found.references[2].if_meant) == ["author", "title", "year"]
    assert [one.is_news for one in found.studies] == [True, True, False, False, False]
    assert [one.found.verdict for one in found.studies[2:]] == ["not_found", "verified", "mismatch"]
    assert found.studies[4].found.fields == ["journal"]
    assert [one.reference for one in found.studies] == [1, 2, 3, 4, 5]
    assert [one.people for one in found.studies] == [(6,), (5,), (18,), (67,), (18,)]
    assert all("It is not said whether anybody died." in one.missing for one in found.studies)
    codes = {finding.code for finding in found.findings if finding.where == "page"}
    assert codes == {
        "reviewer_specialty",
        "reviewer_licence",
        "no_review_date",
        "update_day",
        "no_next_review",
        "no_citations",
    }
    assert sum(finding.code == "no_identifier" for finding in found.findings) == 5


def test_every_defect_of_the_reference_page_is_found(pack):
    """EVD-87: what the ground truth lists, unaided."""
    page = (pack.parent / "als-page.txt").read_text()
    found = audited(page, cases.read_index((pack / "bench" / "records.json").read_bytes()))
    assert told(found) == [
        ("secondary_source", [], None),
        ("secondary_source", [], "seed:yamashita2023"),
        ("not_found", [], "seed:baloh2022"),
        ("mismatch", ["author", "title"], "seed:barczewska2020"),
        ("mismatch", ["journal", "title"], "seed:mazzini2019"),
    ]
    truth = json.loads((pack.parent / "als-ground-truth.json").read_text())["studies"]
    assert [one.people[0] for one in found.studies[1:]] == [study["facts"]["n"] for study in truth[1:]]
    for one, study in zip(found.references[1:], truth[1:], strict=True):
        assert (one.found.record or one.meant).doi == study["csl"]["DOI"].lower()
    assert [one.is_news for one in found.studies] == [True, True, False, False, False]
    assert found.studies[4].found.fields == ["journal", "title"]
    assert all("It is not said whether anybody died." in one.missing for one in found.studies)


def test_swapped_references_are_found_in_their_new_order(page, library):
    """EVD-87: the findings follow the page."""
    first, fourth = (re.search(rf"^  {n}\. (.*)$", page, re.MULTILINE)[1] for n in (1, 4))
    swapped = page.replace(first, "@").replace(fourth, first).replace("@", fourth)
    assert told(audited(swapped, library)) == [EXPECTED[3], EXPECTED[1], EXPECTED[2], EXPECTED[0], EXPECTED[4]]
    assert [one.reference for one in audited(swapped, library).studies] == [4, 2, 3, 1, 5]


def test_a_corrected_author_is_no_longer_found(page, library):
    """EVD-87."""
    corrected = page.replace("Sulski A. et al.", "Novák I. et al.")
    assert told(audited(corrected, library))[3] == ("mismatch", ["title"], "lib:novak2020")
    whole = corrected.replace(
        "et al. Cord Lining Cells in Progressive Quiet Palsy.",
        "et al. Cord Lining Cells in Progressive Quiet Palsy: a Paired Comparison.",
    )
    assert told(audited(whole, library))[3] == ("verified", [], "lib:novak2020")


def test_an_altered_count_is_held_against_the_record(page, library):
    """EVD-87: where the record says how many people took part, a changed number is an error."""
    records = [
        replace(entry.record, people=67) if entry.record.id == "lib:novak2020" else entry.record
        for entry in library.entries
    ]
    index = RecordIndex(records)

    def about_people(text: str) -> list[tuple[str, str]]:
        return [
            (one.severity, one.message)
            for one in audited(text, index).findings
            if one.code == "study:people" and "2020" in one.where
        ]

    assert about_people(page) == [("note", "The page and the record say 67 people.")]
    altered = page.replace("Sixty-seven patients", "Ninety-seven patients")
    assert about_people(altered) == [("error", "The page says 97 people, the record says 67.")]


def test_html_and_word_say_the_same_as_plain_text(page, library):
    """EVD-87: numbers of ordered lists and addresses of links are kept."""
    assert told(audited(as_html(page), library)) == EXPECTED
    found = audit(read_page(as_word(page)), library)
    assert told(found) == EXPECTED and len(found.studies) == 5


def as_html(page: str) -> str:
    body, _, rest = page.partition("\nReferences\n")
    items, _, after = rest.partition("\n\nIf you")
    listed = "".join(f"<li>{re.sub(r'^ *[0-9]+[.] ', '', line)}</li>" for line in items.strip().splitlines())
    paragraphs = "".join(f"<p>{line}</p>" for line in body.splitlines() if line)
    head = "<!doctype html><html><head><title>x</title><style>p{}</style></head>"
    rest = f"<h2>References</h2><ol>{listed}</ol><p>If you{after}</p><script>References</script>"
    return f"{head}<body>{paragraphs}{rest}</body></html>"


def as_word(page: str) -> bytes:
    w = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
    paragraphs = "".join(f"<w:p><w:r><w:t>{line.replace('&', '&amp;')}</w:t></w:r></w:p>" for line in page.splitlines())
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("word/document.xml", f"<w:document {w}><w:body>{paragraphs}</w:body></w:document>")
    return packed.getvalue()


def test_addresses_behind_words_are_seen(library):
    """A link to PubMed names its number; here it leads to another paper."""
    page = (
        "<h2>References</h2><ol><li>Novák I, Szabó B, Łuczak Z. Cord Lining Cells in Progressive Quiet Palsy: "
        'a Paired Comparison. Regen Lett Rev. 2020;16(5):922-932. <a href="https://pubmed.ncbi.nlm.nih.gov/90001004/">PubMed</a></li></ol>'
    )
    one = audit(read_page(page.encode()), library).references[0]
    assert (one.found.verdict, one.found.fields) == ("wrong_identifier", ["pmid"])


def test_without_records_the_page_is_not_called_clean(page):
    """EVD-26: not checked is said; news is recognised all the same."""
    assert [verdict for verdict, *_ in told(audited(page, None))] == [
        "secondary_source", "secondary_source", "not_checked", "not_checked", "not_checked",
    ]  # fmt: skip


def test_numbers_of_people_are_read_as_figures_and_words():
    text = "Sixty-seven ALS patients; 1,204 healthy adults; one hundred and twenty people; eighteen treated patients."
    assert people_in(text) == [67, 1204, 120, 18]


def test_a_complete_summary_misses_nothing():
    text = "67 patients were compared with 67 untreated ones. 21 declined slower, 13 faster. Nobody died; 4 had harms."
    assert list(missing_facts(text)) == []


def test_bylines_and_lists_are_read_in_several_forms():
    lines = read_page(
        b"Medically reviewed by Ann Sample, MD, neurologist, license 123\nLast reviewed: May 2, 2026\n"
        b"Updated on 2026-05-03\n\nSources\n\n[1] Roe R. A. 2020.\n[2] Doe D.\nB. 2021.\n\nThe end."
    )
    by = byline(lines)
    assert (by.reviewer, by.reviewed, by.updated) == (
        "Ann Sample, MD, neurologist, license 123",
        "May 2, 2026",
        "2026-05-03",
    )
    assert [(one.number, one.text) for one in references(lines)] == [(1, "Roe R. A. 2020."), (2, "Doe D. B. 2021.")]
    assert study_blocks(lines) == []


def test_the_command_prints_lines_and_an_exit_code(samples):
    """EVD-87, EVD-90."""
    code, lines = run("audit_page", samples / "faulty-page.txt", "--index", samples / "library.json", "--json")
    printed = [json.loads(line) for line in lines]
    assert code == 1
    assert [one["kind"] for one in printed[:10]] == ["reference"] * 5 + ["study"] * 5
    assert printed[3]["mismatches"] == ["author", "title"] and printed[3]["record"] == "lib:novak2020"
    assert {"kind", "code", "severity", "where", "message"} == set(printed[10])
    code, lines = run("audit_page", samples / "faulty-page.txt", "--index", samples / "library.json")
    assert code == 1 and lines[0].startswith("5 references, 5 studies")


@pytest.mark.database
@pytest.mark.django_db
def test_the_library_is_the_index_when_none_is_named(samples):
    """The references of this installation, with what their studies say of people."""
    from tests.factories import make_reference

    make_reference(
        title="Cord Lining Cells in Progressive Quiet Palsy: a Paired Comparison",
        authors=[["Novák", "Ilona"]], year=2020,
        journal="Regenerative Letters and Reviews", journal_abbreviation="Regen Lett Rev", doi="10.5555/rlr.2020.0167",
    )  # fmt: skip
    _, lines = run("audit_page", samples / "faulty-page.txt", "--json")
    assert json.loads(lines[3])["record"] == "doi:10.5555/rlr.2020.0167"
    assert json.loads(lines[3])["mismatches"] == ["author", "title"]


@pytest.mark.parametrize("data", [b"", b"   \n", b"PK\x03\x04broken", b"\x00" * 100, b"<html></html>"])
def test_files_that_are_no_page_are_refused(data):
    with pytest.raises(FileRefused):
        read_page(data)


@given(st.text(max_size=800))
def test_any_page_can_be_audited(text):
    try:
        lines = read_page(f"References\n1. {text}\n2020 – A\nTitle: {text}".encode())
    except FileRefused:
        return
    audit(lines, None)
