"""Every format is translated to one record (EVD-04 to EVD-07, EVD-13, section 4), on samples of our own."""

from pathlib import Path

import pytest

from studies.sources.base import Author, FileRefused, Reading, from_json
from studies.sources.reading import read


@pytest.fixture
def rows(samples):
    def open_sample(name: str) -> Reading:
        return read((samples / name).read_bytes())

    return open_sample


def test_pubmed_counts_only_direct_children(rows):
    """EVD-04, section 4: cited papers, investigators and invalid authors are not this paper's."""
    record = rows("pubmed.xml").rows[0].record
    assert (record.pmid, record.doi, record.pmcid) == ("90000001", "10.5555/ain.2018.0001", "PMC9000001")
    assert [author.as_json() for author in record.authors] == [
        {"family": "van der Tal", "given": "Mara Jo", "suffix": ""},
        {"literal": "Imaginary Study Group"},
        {"family": "Okwu", "given": "Ada", "suffix": "Jr"},
    ]
    assert record.journal_abbr == ("Ann. Imag. Neurol.", "Ann Imag Neurol")
    assert (record.volume, record.issue, record.pages) == ("12", "3", "1000-9")
    assert record.trial_ids == (("ISRCTN", "ISRCTN90000001"),)
    assert record.nct == ("NCT09999901",)
    assert record.coi.startswith("MJvdT")
    assert record.integrity == "none"


def test_dates_keep_their_words_and_every_year_they_name(rows):
    """EVD-05: nothing is invented; print and online years may both be cited."""
    first, second, third = (row.record for row in rows("pubmed.xml").rows[:3])
    assert first.date.as_json() == {"raw": "2018 Dec-2019 Jan", "year": 2018, "month": None, "day": None}
    assert first.years == (2017, 2018, 2019)
    assert second.date.as_json() == {"raw": "2004 Spring", "year": 2004, "month": None, "day": None}
    assert third.date.as_json() == {"raw": "2006 02 6", "year": 2006, "month": 2, "day": 6}


def test_titles_lose_tags_and_entities_but_keep_their_words(rows):
    """EVD-06: markup is reduced to five tags; brackets mark a translation; "[Not Available]" is no title."""
    first, second, _, fourth = (row.record for row in rows("pubmed.xml").rows[:4])
    assert first.title == "Effect of SOD9 on CO2 in mice & men"
    assert first.title_html == "Effect of <i>SOD9</i> on CO<sub>2</sub> in mice &amp; men"
    assert second.title == "[Growth of quiet cells in adults]"
    assert second.translated
    assert second.alt_titles == ("Wzrost cichych komórek u dorosłych", "Growth of quiet cells in adults")
    assert fourth.title == "" and not fourth.translated


def test_what_a_pubmed_set_holds_is_all_there(rows):
    """EVD-13, EVD-19: an article without a number is a failed row, a book is a book, a deletion is no record."""
    found = rows("pubmed.xml").rows
    assert [row.record.id if row.record else None for row in found] == [
        "pmid:90000001", "pmid:90000002", "pmid:90000003", "pmid:90000004", None, "pmid:90000005",
    ]  # fmt: skip
    assert "no PMID" in found[4].problem and "No number at all" in found[4].original
    assert found[5].record.type == "book"


def test_the_notice_is_not_the_retracted_paper(rows):
    """EVD-51: RetractionIn retracts; RetractionOf makes a notice, even one that has an erratum."""
    paper, notice = (row.record for row in rows("pubmed.xml").rows[1:3])
    assert (paper.integrity, paper.is_notice) == ("retracted", False)
    assert (notice.integrity, notice.is_notice) == ("retraction_notice", True)
    retraction = next(one for one in paper.notices if one.kind == "retracted")
    assert (retraction.pmid, retraction.doi, retraction.date) == ("90000003", "10.5555/rz.2006.100", "2006-02-06")


def test_medline_text_wraps_repeats_and_varies(rows):
    """Section 4, nbib: continuation lines, authors in pairs or alone, identifiers in several forms."""
    first, second, third, bare = (row.record for row in rows("medline.nbib").rows)
    assert first.title == "A title that goes over two lines and names NCT09999902 nowhere"
    assert [author.name for author in first.authors] == ["Núñez", "Brown", "Lone", "Team of Nobody"]
    assert first.authors[1].suffix == "Jr"
    assert (first.doi, first.pmcid, first.pages, first.years) == ("10.5555/med.11", "PMC9000011", "e64-e70", (2018,))
    assert first.nct == ("NCT09999903",)
    assert (first.integrity, first.notices[0].pmid) == ("concern", "90000012")
    assert (second.pmid, second.doi) == ("90000013", "10.5555/med.13")
    assert (third.integrity, third.is_notice) == ("retraction_notice", True)
    assert bare.is_bare


def test_ris_loses_no_piece(rows):
    """EVD-13: no end, no type, text between records; tags a database adds after the end are no record."""
    found = rows("mixed.ris").rows
    assert [row.record.title if row.record else row.problem[:14] for row in found] == [
        "Fields over more lines, ER inside of them", "Cells in the news", "No end line before this one",
        "This piece has",
    ]  # fmt: skip
    first, news, third = (row.record for row in found[:3])
    assert (first.doi, first.pmid, first.pages, first.year) == ("10.5555/odd.2014.9", "90000021", "526-8", 2014)
    assert first.authors[0] == Author(family="Stone", given="Ann E.")
    assert (news.type, news.year, news.date.month) == ("news", 2019, 10)
    assert third.pmid == "90000022"
    assert found[3].line == 30 and "An orphan piece" in found[3].original


def test_bibtex_keeps_blocks_that_failed_or_repeat_a_key(rows):
    """EVD-13, section 4: two entries on one line, groups, accents, strings, a block that never ends."""
    found = rows("mixed.bib").rows
    titles = [row.record.title if row.record else None for row in found]
    assert titles == ["First Étude of SOD9", "Second, on one line", "An edited volume", "Without a key as well",
                      "Same key, another paper", "In the book", None]  # fmt: skip
    first, second, _, keyless, repeated, child = (row.record for row in found[:6])
    assert [author.name for author in first.authors] == ["Müller", "Imaginary Study Group"]
    assert (first.doi, first.journal, first.pages) == ("10.5555/bib.1", "Journal of Nothing", "637-41")
    assert any("cut off" in problem for problem in first.problems)
    assert (second.journal, second.pmid, second.date.month) == ("Other Journal of Nothing", "90000031", 3)
    assert keyless.doi is None and any("no key" in problem for problem in keyless.problems)
    assert any("used twice" in problem for problem in repeated.problems) and repeated.doi == "10.5555/bib.url"
    assert child.journal == "Journal of Nothing" and child.doi is None
    assert "never ends" in found[6].problem and found[6].line == 9


def test_csl_json_reads_dates_notes_and_particles(rows):
    found = rows("zotero.json").rows
    first, second, third = (row.record for row in found[:3])
    assert (first.doi, first.pmid, first.pmcid) == ("10.5555/csl.1", "90000041", "PMC9000041")
    assert first.authors[0] == Author(family="van den Berg", given="Jan")
    assert (first.title, first.title_html) == ("A typed title", "A <i>typed</i> title")
    assert (first.date.as_json()["month"], second.year, third.year) == (8, 2015, 2014)
    assert third.url == ""
    assert found[3].record is None


def test_endnote_text_is_unwrapped(rows):
    """EVD-19."""
    record = rows("endnote.xml").records[0]
    assert (record.doi, record.pmid, record.title) == ("10.5555/end.1", "90000051", "Painless <nothing> for all")
    assert record.title_html == "Painless &lt;nothing&gt; for all"
    assert [author.name for author in record.authors] == ["Lim", "Group of Nobody Investigators"]
    assert record.date.as_json() == {"raw": "2018-06-01", "year": 2018, "month": 6, "day": 1}


def test_crossref_hides_groups_and_points_both_ways(rows):
    """Section 4 and EVD-51: every direction trap of ``updated-by`` and ``update-to``."""
    found = {record.doi: record for record in rows("crossref.json").records}
    paper = found["10.5555/cr.1"]
    assert paper.integrity == "retracted"
    assert paper.title == "RETRACTED: Quiet cells in CO2 & air"
    assert "Quiet cells in CO2 & air" in paper.alt_titles
    assert [author.as_json() for author in paper.authors[1:]] == [
        {"literal": "The Editors of Nothing"}, {"literal": "Trial Group"},
    ]  # fmt: skip
    assert any("Castaño" in problem for problem in paper.problems) and paper.authors[0].family == "CastaÃ±o"
    assert (paper.years, paper.pages, paper.nct) == ((1997, 1998), "637-641", ("NCT09999904",))
    assert (found["10.5555/cr.retr"].integrity, found["10.5555/cr.retr"].is_notice) == ("retraction_notice", True)
    assert (found["10.5555/cr.place"].integrity, found["10.5555/cr.place"].is_notice) == ("retracted", False)
    assert found["10.5555/cr.newver"].integrity == "none"
    assert found["10.5555/cr.older"].integrity == "new_version"
    preprint = found["10.1101/2026.01.01.00000001"]
    assert (preprint.type, preprint.journal) == ("preprint", "medRxiv")
    assert (preprint.relations[0].kind, preprint.relations[0].id) == ("is-preprint-of", "10.5555/cr.paper")
    assert "<script" not in preprint.title_html
    assert (found["10.5555/cr.empty"].title, found["10.5555/cr.empty"].years) == ("", ())
    assert found["10.5555/cr.review"].type == "peer-review"


def test_daily_counters_are_no_content(rows, samples):
    """EVD-32: change is judged by what the record says."""
    text = (samples / "crossref.json").read_text()
    again = read(text.replace('"is-referenced-by-count": 5', '"is-referenced-by-count": 6').encode())
    assert again.records[0].content_sha256() == rows("crossref.json").records[0].content_sha256()
    changed = read(text.replace('"volume": "351"', '"volume": "352"').encode())
    assert changed.records[0].content_sha256() != again.records[0].content_sha256()


def test_a_registration_says_what_it_says(rows):
    full, bare = rows("trial.json").records
    assert (full.nct, full.trial.status, full.trial.last_known_status) == (("NCT09999905",), "UNKNOWN", "RECRUITING")
    assert (full.trial.enrollment, full.trial.enrollment_type) == (66, "ESTIMATED")
    assert ("EudraCT", "2020-123456-78") in full.trial_ids
    assert [(one.kind, one.id) for one in full.relations] == [("result", "90000061"), ("background", "90000062")]
    harms = full.trial.harms[0]
    assert (harms.deaths, harms.deaths_of, harms.serious, harms.serious_of) == (2, 33, 5, 33)
    assert (bare.trial.status, bare.trial.enrollment, bare.years) == ("", None, ())


SAMPLE_NAMES = [
    "pubmed.xml", "medline.nbib", "mixed.ris", "mixed.bib", "zotero.json", "endnote.xml", "crossref.json", "trial.json",
]  # fmt: skip


@pytest.mark.parametrize("name", SAMPLE_NAMES)
def test_a_record_survives_its_json_form(name, samples: Path):
    """EVD-04: missing is null, "" or [], never the text "None"."""
    for record in read((samples / name).read_bytes()).records:
        assert from_json(record.as_json()) == record
        assert "None" not in str(list(record.as_json().values())).replace("None,", "").replace("None]", "").replace(
            ": None}", ""
        )


def test_files_of_other_kinds_are_refused_with_a_sentence():
    """EVD-10, EVD-93."""
    for data, words in (
        (b"PK\x03\x04zip", "unpack"),
        (b"\x1f\x8bgzip", "unpack"),
        (b"<html><body>Not found</body></html>", "web page"),
        (b"<!DOCTYPE html><html></html>", "web page"),
        (b"just some words", "not recognised"),
        (b"", "not recognised"),
        (b"{}", "no kind known"),
        (b'{"a": ', "damaged"),
        (b"Record ID,Title,Subject,Institution\n", "check_integrity"),
        (b"<eFetchResult><ERROR>bad id</ERROR></eFetchResult>", "bad id"),
        (b"x" * (20 * 1024 * 1024 + 1), "20 MB"),
    ):
        with pytest.raises(FileRefused, match=words):
            read(data)
