"""The real samples are read or reported as their README counts them (EVD-96)."""

import json
from collections import Counter
from urllib.parse import quote

import pytest

from studies.identifiers import find, normalise
from studies.sources.reading import read

COUNTS = {
    "pubmed_xml": (89, 0), "crossref_works": (71, 0), "crossref_integrity": (5, 0), "ctgov_v2": (7, 0),
    "ctgov_v2_search": (13, 0), "nbib": (29, 0), "nbib_integrity": (7, 0), "ris": (52, 1), "bibtex": (38, 1),
    "endnote_xml": (7, 0), "csl_json": (3, 0), "datacite": (2, 0), "europepmc": (2, 0),
}  # fmt: skip


def records_of(pack, *folders):
    return [
        record
        for folder in folders
        for path in sorted((pack / folder).iterdir())
        for record in read(path.read_bytes()).records
    ]


@pytest.mark.parametrize("folder", COUNTS)
def test_every_record_start_is_a_row(pack, folder):
    """EVD-96, EVD-13."""
    rows = [row for path in sorted((pack / folder).iterdir()) for row in read(path.read_bytes()).rows]
    assert (len(rows), sum(not row.record for row in rows)) == COUNTS[folder]


def test_pubmed_and_crossref_agree_with_the_normalised_records(pack):
    """EVD-04: field by field against the bench; the exceptions are named."""
    bench = {one["id"]: one for one in json.loads((pack / "bench" / "records.json").read_text())}
    better = {("pmid:28972331", "title"), ("pmid:28972331", "alt_titles"),  # "[Not Available]" is no title (EVD-06)
              ("doi:10.3403/30402376", "alt_titles"), ("doi:10.3403/30427642", "alt_titles"),  # an empty subtitle
              ("doi:10.1101/2021.08.15.21262067", "journal"), ("doi:10.1002/essoar.10504562.1", "journal"),
              ("doi:10.1103/physrevlett.126.162501", "authors")}  # thin blanks between initials  # fmt: skip
    differing = set()
    for record in records_of(pack, "pubmed_xml", "crossref_works"):
        ours, theirs = json.loads(json.dumps(record.as_json())), bench[record.id]
        theirs["nct"] = [number.upper() for number in theirs["nct"]]
        for key in set(theirs) - {"notices", "note", "id"}:
            same = sorted(ours[key]) == sorted(theirs[key]) if key == "journal_abbr" else ours[key] == theirs[key]
            if not same:
                differing.add((record.id, key))
    assert differing == better


def test_pubmed_fields_are_counted_as_the_readme_says(pack):
    """EVD-96: DOIs, PMCIDs, authors, groups, standings and notices of the 89 articles."""
    records = records_of(pack, "pubmed_xml")
    assert sum(bool(one.doi) for one in records) == 58
    assert sum(bool(one.pmcid) for one in records) == 29
    assert sum(not one.authors for one in records) == 6
    assert sum(any(author.literal for author in one.authors) for one in records) == 7
    standings = Counter(one.integrity for one in records)
    assert (
        standings["retracted"],
        standings["retraction_notice"],
        standings["corrected"],
        standings["new_version"],
    ) == (2, 1, 5, 2)
    assert [one.pmid for one in records if one.is_notice and one.integrity == "none"] == ["11748851", "38833988"]
    assert max(len(one.authors) for one in records) == 621


def test_crossref_standings_are_counted_as_the_readme_says(pack):
    """EVD-51, EVD-96."""
    works = records_of(pack, "crossref_works")
    assert Counter(one.integrity for one in works) == {"none": 69, "concern": 1, "corrected": 1}
    corrections = [
        one for one in works if any(notice.kind == "corrected" and notice.direction == "of" for notice in one.notices)
    ]
    assert len(corrections) == 5 and all(one.is_notice for one in corrections)
    assert Counter(one.integrity for one in records_of(pack, "crossref_integrity")) == {
        "none": 2, "retracted": 1, "retraction_notice": 1, "concern": 1,
    }  # fmt: skip
    assert Counter(one.integrity for one in records_of(pack, "nbib_integrity")) == {
        "retracted": 2, "retraction_notice": 2, "concern": 1, "none": 2,
    }  # fmt: skip


def test_identifiers_of_the_pack_have_one_stored_form(pack):
    """EVD-01: upper, lower, address and percent-encoded."""
    records = json.loads((pack / "bench" / "records.json").read_text())
    dois = [one["doi"] for one in records if one["doi"]]
    assert len(dois) > 100
    for doi in dois:
        forms = [
            doi,
            doi.upper(),
            f"doi:{doi}.",
            f"https://doi.org/{quote(doi, safe='/')}",
            quote(doi, safe=""),
            f"(https://doi.org/{doi})",
        ]
        assert {normalise("doi", form) for form in forms} == {doi}
    for number in {number for one in records for number in one["nct"]}:
        assert [one.value for one in find(f"see {number.lower()}.")] == [number.upper()]


def test_trials_state_what_the_manifest_says(pack):
    trials = {one.nct[0]: one for one in records_of(pack, "ctgov_v2")}
    assert trials["NCT02576665"].trial.status == "TERMINATED"
    assert trials["NCT06171568"].trial.enrollment_type == "ESTIMATED"
    assert {one.kind for one in trials["NCT02552212"].relations} == {"result", "derived"}
    assert all(arm.deaths is not None and arm.serious_of for arm in trials["NCT02552212"].trial.harms)
