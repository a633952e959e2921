"""Identifiers: each accepted form gives one stored form (EVD-01 to EVD-03)."""

import string
from urllib.parse import quote, unquote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from studies import identifiers
from studies.identifiers import find, link, normalise, read_box

LANCET = "10.1016/s0140-6736(97)11096-0"
SICI = "10.1002/(sici)1097-461x(1998)66:4<261::aid-qua1>3.0.co;2-t"


@pytest.mark.parametrize(
    ("text", "stored"),
    [
        ("10.1016/S0140-6736(97)11096-0", LANCET),
        ("doi:10.1016/S0140-6736(97)11096-0.", LANCET),
        ("(see https://doi.org/10.1016/S0140-6736(97)11096-0)", LANCET),
        ("http://dx.doi.org/10.1016/s0140-6736%2897%2911096-0", LANCET),
        ("10.1016%2Fs0140-6736%2897%2911096-0", LANCET),
        (SICI.upper(), SICI),
        ("doi: 10.1002/(SICI)1097-461X(1998)66:4&lt;261::AID-QUA1&gt;3.0.CO;2-T", SICI),
        ("https://doi.org/10.1002/%28SICI%291097-461X%281998%2966%3A4%3C261%3A%3AAID-QUA1%3E3.0.CO%3B2-T", SICI),
        (
            "https://www.scopus.com/record.uri?eid=2-s2.0-85&doi=10.15598%2faeee.v16i3.2698&partnerID=40",
            "10.15598/aeee.v16i3.2698",
        ),
        ("https://onlinelibrary.wiley.com/doi/full/10.1002/sctm.18-0154", "10.1002/sctm.18-0154"),
        ("https://journals.example.org/doi/10.1177/09636897231214370/pdf?download=true", "10.1177/09636897231214370"),
        ("https://www.medrxiv.org/content/10.1101/2021.08.15.21262067v1.full", "10.1101/2021.08.15.21262067"),
        (r"doi = {10.1007/978-3-030-58167-1\_7}", "10.1007/978-3-030-58167-1_7"),
        ('<a href="https://doi.org/10.1007/s12015-020-10016-7">PubMed</a>', "10.1007/s12015-020-10016-7"),
        ("10.1000/abc].", "10.1000/abc"),
        ("“10.1000/abc”", "10.1000/abc"),
        ("doi:10.1000/abc. PMID: 5", "10.1000/abc"),
        ("doi:10.1000/abc.PMID:5", "10.1000/abc"),
    ],
)
def test_every_form_of_a_doi_gives_one_stored_form(text, stored):
    """EVD-01: brackets belong to a DOI, what the sentence puts after it does not."""
    assert [one.value for one in find(text) if one.kind == "doi"] == [stored]
    assert normalise("doi", stored) == stored


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("PMID: 32725316", [("pmid", "32725316")]),
        ("PMID-22664220", [("pmid", "22664220")]),
        ("pmid 00123", [("pmid", "123")]),
        ("PMID: 0", []),
        ("26957754[pmid]", [("pmid", "26957754")]),
        ("https://pubmed.ncbi.nlm.nih.gov/32725316/", [("pmid", "32725316")]),
        ("https://www.ncbi.nlm.nih.gov/pubmed/29937971", [("pmid", "29937971")]),
        ("Published 2020, pages 1813-1822.", []),
        ("PMC7456414.1", [("pmcid", "PMC7456414")]),
        ("https://www.ncbi.nlm.nih.gov/pmc/articles/PMC4756000/", [("pmcid", "PMC4756000")]),
        ("nct03797326 and NCT04008797", [("trial", "NCT03797326"), ("trial", "NCT04008797")]),
        ("https://clinicaltrials.gov/study/NCT01640067?tab=results", [("trial", "NCT01640067")]),
        (
            "ISRCTN12345678, jRCTs031180217, 2017-001234-56, actrn12605000123456",
            [
                ("trial", "ISRCTN12345678"),
                ("trial", "jRCTs031180217"),
                ("trial", "2017-001234-56"),
                ("trial", "ACTRN12605000123456"),
            ],
        ),
    ],
)
def test_numbers_are_found_by_their_kind_and_in_order(text, found):
    """EVD-01: a year or page is not a PMID, 0 means none, trial numbers are upper case."""
    assert [(one.kind, one.value) for one in find(text)] == found


def test_bare_digits_are_a_pmid_only_in_an_identifier_box():
    """EVD-01, EVD-10: each line is shown with its kind; what was not understood is listed."""
    lines = read_box("32725316\n\n10.1002/sctm.18-0154\nnct01640067\nsomething else\n")
    assert [[one.kind for one in line.identifiers] for line in lines] == [["pmid"], ["doi"], ["trial"], []]
    assert find("32725316") == []


def test_spans_point_at_the_identifier():
    text = "See doi:10.1000/AbC, PMID: 77."
    assert [text[one.start : one.end] for one in find(text)] == ["10.1000/AbC", "PMID: 77"]


@pytest.mark.parametrize("suffix", ['a<b>"c', "a#b", "a%20b", "a?b&c=d", "ä/ö"])
def test_links_encode_every_reserved_character(suffix):
    """EVD-03."""
    address = link("doi", f"10.1000/{suffix}")
    assert not set(address) & set('<>"# ')
    assert unquote(address.removeprefix("https://doi.org/")) == f"10.1000/{suffix}"


def test_registries_are_linked_by_their_own_address():
    assert link("trial", "NCT01640067") == "https://clinicaltrials.gov/study/NCT01640067"
    assert link("trial", "ISRCTN12345678") == "https://www.isrctn.com/ISRCTN12345678"
    assert link("trial", "unknown") == ""


@given(st.text(max_size=300))
def test_no_text_raises(text):
    """EVD-01: and what is found is its own stored form."""
    for one in find(text):
        assert normalise(one.kind, one.value) == one.value
        assert 0 <= one.start < one.end <= len(text)


SUFFIXES = st.text(string.ascii_letters + string.digits + "()<>[];:_-./&%\\#?\"'’€ß", min_size=1, max_size=40)


@given(SUFFIXES, st.sampled_from(["", "doi:", "https://doi.org/", "https://example.org/doi/full/", "x=10%2E"]))
def test_normalising_twice_is_normalising_once(suffix, before):
    """EVD-01."""
    for one in find(f"{before}10.1234/{suffix}"):
        assert normalise(one.kind, one.value) == one.value


@given(st.from_regex(r"10\.[1-9]\d{3}/[a-z0-9()<>;:_-]{1,30}[a-z0-9]", fullmatch=True))
def test_case_address_and_encoding_make_no_difference(doi):
    """EVD-01: upper, lower, address and percent-encoded forms."""
    stored = normalise("doi", doi)
    if stored != doi:  # an unopened closing bracket or a tag: the sentence's, not the DOI's
        return
    forms = [doi.upper(), f"https://doi.org/{quote(doi, safe='/')}", quote(doi, safe=""), f"doi:{doi}"]
    assert {identifiers.normalise("doi", form) for form in forms} == {stored}
