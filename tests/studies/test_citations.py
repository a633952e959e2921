"""Citations in AMA style, as text and as HTML: the golden strings, names, pages, and hostile input (EVD-60 to 65)."""

import datetime

import pytest
from django.core.exceptions import ValidationError
from hypothesis import given
from hypothesis import strategies as st

from studies.citations import ama, as_html, as_text, author_list, day_in_words, doi_url, sentence_case
from studies.citations_nlm import nlm
from studies.models import Reference

MAZZINI = [
    ["Mazzini", "Letizia"], ["Gelati", "Maurizio"], ["Profico", "Daniela C."], ["Sorarù", "Gianni"],
    ["Ferrari", "Daniela"], ["Copetti", "Massimiliano"], ["Muzi", "Gianmarco"],
]  # fmt: skip
ACCESSED = datetime.date(2026, 11, 22)

GOLDEN = {
    "journal": (
        {
            "authors": MAZZINI,
            "title": "Results from phase I clinical trial with intraspinal injection of neural stem cells in "
            "amyotrophic lateral sclerosis: a long-term outcome",
            "journal": "Stem cells translational medicine", "journal_abbreviation": "Stem Cells Transl Med",
            "year": 2019, "month": 9, "volume": "8", "issue": "9", "pages": "887-897", "doi": "10.1002/sctm.18-0154",
        },
        "Mazzini L, Gelati M, Profico DC, et al. Results from phase I clinical trial with intraspinal injection of "
        "neural stem cells in amyotrophic lateral sclerosis: a long-term outcome. *Stem Cells Transl Med*. "
        "2019;8(9):887-897. doi:10.1002/sctm.18-0154",
    ),
    "journal, 38 authors": (
        {
            "authors": [["Baloh", "Robert H."], ["Johnson", "J. Patrick"], ["Avalos", "Pablo"], *[["X", "Y"]] * 35],
            "title": "Transplantation of human neural progenitor cells secreting GDNF into the spinal cord of patients "
            "with ALS: a phase 1/2a trial",
            "journal": "Nature medicine", "journal_abbreviation": "Nat. Med.",
            "year": 2022, "volume": "28", "issue": "9", "pages": "1813-22", "doi": "10.1038/s41591-022-01956-3",
        },
        "Baloh RH, Johnson JP, Avalos P, et al. Transplantation of human neural progenitor cells secreting GDNF into "
        "the spinal cord of patients with ALS: a phase 1/2a trial. *Nat Med*. 2022;28(9):1813-1822. "
        "doi:10.1038/s41591-022-01956-3",
    ),
    "journal, article number": (
        {
            "authors": [["Yamashita", "Toru"], ["Nakano", "Yumiko"], ["Sasaki", "Ryo"], *[["X", "Y"]] * 6],
            "title": "Safety and Clinical Effects of a Muse Cell-Based Product in Patients With Amyotrophic Lateral "
            "Sclerosis: Results of a Phase 2 Clinical Trial",
            "journal_abbreviation": "Cell Transplant", "year": 2023, "volume": "32",
            "article_number": "09636897231214370", "doi": "10.1177/09636897231214370",
        },
        "Yamashita T, Nakano Y, Sasaki R, et al. Safety and Clinical Effects of a Muse Cell-Based Product in Patients "
        "With Amyotrophic Lateral Sclerosis: Results of a Phase 2 Clinical Trial. *Cell Transplant*. "
        "2023;32:09636897231214370. doi:10.1177/09636897231214370",
    ),
    "group, markup": (
        {
            "authors": [["ALS Therapy Study Group"], ["de la Cruz", "Maria Jose"], ["van den Berg", "Leonard H."]],
            "title": "The <i>SOD1</i> story & CO<sub>2</sub>: a review",
            "journal": "The Lancet Neurology", "year": 2019, "volume": "18", "pages": "1-9",
        },
        "ALS Therapy Study Group, de la Cruz MJ, van den Berg LH. The *SOD1* story & CO2: a review. "
        "*The Lancet Neurology*. 2019;18:1-9.",
    ),
    "preprint": (
        {
            "kind": "preprint", "authors": [["Doe", "Jane A"], ["Roe", "B."]], "title": "Title in sentence case",
            "journal": "medRxiv", "year": 2026, "month": 6, "day": 16, "doi": "10.1101/2026.06.12.00000000",
        },
        "Doe JA, Roe B. Title in sentence case. medRxiv. Preprint posted online June 16, 2026. "
        "doi:10.1101/2026.06.12.00000000",
    ),
    "news": (
        {
            "kind": "news", "authors": [["Doe", "J"]], "title": "Headline in sentence case",
            "outlet": "Name of News Outlet", "year": 2026, "month": 3, "day": 4, "accessed_on": ACCESSED,
            "url": "https://news.example/story",
        },
        "Doe J. Headline in sentence case. *Name of News Outlet*. March 4, 2026. Accessed November 22, 2026. "
        "https://news.example/story",
    ),
    "web page": (
        {
            "kind": "web", "authors": [["US Food and Drug Administration"]], "year": 2021, "month": 6, "day": 3,
            "title": "Important patient and consumer information about regenerative medicine therapies",
            "accessed_on": ACCESSED,
            "url": "https://www.fda.gov/vaccines-blood-biologics/consumers-biologics/"
            "important-patient-and-consumer-information-about-regenerative-medicine-therapies",
        },
        "US Food and Drug Administration. Important patient and consumer information about regenerative medicine "
        "therapies. June 3, 2021. Accessed November 22, 2026. https://www.fda.gov/vaccines-blood-biologics/"
        "consumers-biologics/important-patient-and-consumer-information-about-regenerative-medicine-therapies",
    ),
    "registration": (
        {
            "kind": "registration", "registry": "ClinicalTrials.gov", "registry_id": "NCT02210780",
            "title": "Study of Dupilumab and Immune Responses in Adults With Atopic Dermatitis (AD)",
            "updated_on": datetime.date(2020, 5, 7), "accessed_on": ACCESSED,
            "url": "https://clinicaltrials.gov/study/NCT02210780",
        },
        "Study of Dupilumab and Immune Responses in Adults With Atopic Dermatitis (AD). ClinicalTrials.gov identifier: "
        "NCT02210780. Updated May 7, 2020. Accessed November 22, 2026. https://clinicaltrials.gov/study/NCT02210780",
    ),
    "book chapter": (
        {
            "kind": "book", "authors": [["Meltzer", "Paul S."], ["Kallioniemi", "Anne"], ["Trent", "Jeffrey M."]],
            "title": "Chromosome alterations in human solid tumors", "journal": "The Genetic Basis of Human Cancer",
            "editors": [["Vogelstein", "Bert"], ["Kinzler", "Kenneth W."]], "outlet": "McGraw-Hill", "year": 2002,
            "pages": "93-113",
        },
        "Meltzer PS, Kallioniemi A, Trent JM. Chromosome alterations in human solid tumors. In: Vogelstein B, "
        "Kinzler KW, eds. *The Genetic Basis of Human Cancer*. McGraw-Hill; 2002:93-113.",
    ),
}  # fmt: skip


def reference(**fields):
    return Reference(**fields)


@pytest.mark.parametrize("kind", GOLDEN)
def test_evd_60_golden_strings_as_text_and_as_html(kind):
    fields, golden = GOLDEN[kind]
    segments = ama(reference(**fields))
    assert as_text(segments) == golden.replace("*", "")
    html = as_html(segments).replace("<sub>2</sub>", "2").replace("<i>", "*").replace("</i>", "*")
    assert html == golden.replace("&", "&amp;")


@pytest.mark.parametrize(
    ("author", "printed"),
    [
        (["Johnson", "J. Patrick"], "Johnson JP"),
        (["Dupont", "Jean-Luc"], "Dupont JL"),
        (["Dupont", "Jean\u2010Luc"], "Dupont JL"),
        (["de la Cruz", "Maria Jose"], "de la Cruz MJ"),
        (["Smith", "John A.", "Jr"], "Smith JA Jr"),
        (["Plato"], "Plato"),
        (["Łukasz", "Żaneta"], "Łukasz Ż"),
        (["Group of Many"], "Group of Many"),
    ],
)
def test_evd_61_names(author, printed):
    assert author_list([author]) == printed


def test_evd_61_up_to_six_authors_all_from_seven_the_first_three():
    names = [[f"Author{number}", "A"] for number in range(7)]
    assert author_list(names[:6]).count("Author") == 6
    assert author_list(names) == "Author0 A, Author1 A, Author2 A, et al"


@pytest.mark.parametrize(
    ("journal", "printed"),
    [
        ("Stem cells (Dayton, Ohio)", "Stem cells"),
        ("Regenerative medicine : the journal of cells", "Regenerative medicine"),
        ("Revue = Review", "Revue"),
        ("The Lancet. Neurology", "The Lancet. Neurology"),
        ("(Untitled)", "(Untitled)"),
    ],
)
def test_evd_61_a_journal_without_abbreviation_loses_subtitle_and_place(journal, printed):
    assert f" {printed}. 2020." in as_text(ama(reference(title="T", journal=journal, year=2020)))


@pytest.mark.parametrize(
    ("pages", "printed"),
    [("637-41", "637-641"), ("1813–22", "1813-1822"), ("1S-20S", "1S-20S"), ("F62-F73", "F62-F73"), ("93", "93")],
)
def test_evd_62_pages_in_full(pages, printed):
    assert as_text(ama(reference(title="T", year=2020, volume="1", pages=pages))).endswith(f"2020;1:{printed}.")


@pytest.mark.parametrize("title", ["Does it help?", "It helps!", "It may help."])
def test_evd_62_a_title_that_ends_gets_no_second_stop(title):
    assert as_text(ama(reference(title=title, journal="J", year=2020))) == f"{title} J. 2020."


def test_evd_62_access_dates_stand_only_without_doi_but_for_registrations():
    web = reference(kind="web", title="T", doi="10.1/x", url="https://a.example", accessed_on=ACCESSED)
    assert as_text(ama(web)) == "T. doi:10.1/x"


FIELDS = st.fixed_dictionaries(
    {
        "kind": st.sampled_from(Reference.Kind.values),
        **{
            name: st.sampled_from(["", "x", "<script>alert(1)</script>", 'a"b&c', "\u202egnp", "line\nbreak", "None"])
            for name in ("journal", "volume", "issue", "pages", "article_number", "outlet", "registry", "url")
        },
        "title": st.sampled_from(["T", "<i>T</i>", "<b>T</b>", "<script>x</script>?", 'a & b "c"', "\u200fT"]),
        "authors": st.lists(st.lists(st.text(max_size=8), min_size=1, max_size=3), max_size=8),
        "editors": st.lists(st.lists(st.text(max_size=8), min_size=1, max_size=2), max_size=3),
        "year": st.none() | st.integers(1900, 2030),
        "month": st.none() | st.integers(1, 12),
        "day": st.none() | st.integers(1, 28),
        "doi": st.none() | st.sampled_from(["10.1/x", "10.1/<script>"]),
        "registry_id": st.none() | st.just("NCT00000000"),
    }
)


@given(FIELDS)
def test_evd_62_and_64_nothing_missing_shows_and_nothing_hostile_survives(fields):
    segments = ama(reference(**fields))
    html, text = as_html(segments), as_text(segments)
    assert "<script" not in html.lower()
    assert "<b>" not in html
    assert not set(text) & set("\u202e\u200f\n\x00")
    if not any("None" in str(value) for value in fields.values()):
        assert "None" not in text
    for broken in ("()", ";:", "..", " .", "  "):
        if not any(broken in str(value) for value in (*fields.values(),)):
            assert broken not in text or broken in {"..", " ."}


def test_evd_64_only_web_addresses_are_printed():
    assert "javascript" not in as_text(ama(reference(kind="web", title="T", url="javascript:alert(1)")))


@pytest.mark.parametrize(
    ("doi", "url"),
    [
        ("10.1002/(sici)1097-461x(1998)66:4<261::aid-qua1>3.0.co;2-t",
         "https://doi.org/10.1002/%28sici%291097-461x%281998%2966%3A4%3C261%3A%3Aaid-qua1%3E3.0.co%3B2-t"),
        ('10.1000/a"b#c%d', "https://doi.org/10.1000/a%22b%23c%25d"),
    ],
)  # fmt: skip
def test_evd_03_links_encode_every_reserved_character(doi, url):
    assert doi_url(doi) == url


def test_of_a_date_only_what_is_known():
    assert [day_in_words(*date) for date in ((2026, 3, 4), (2026, 3), (2026,), (None,))] == [
        *("March 4, 2026", "March 2026", "2026", ""),
    ]


def test_letter_case_is_the_record_s_unless_a_person_set_another():
    """EVD-63, EVD-30: a proposal is offered, never applied; only capitals may differ."""
    title = "Safety of Muse Cells in Patients With ALS: A Phase 2 Trial of CL2020 (mRNA)"
    reference = Reference(title=title, authors=[["Doe", "Jane"]], journal="J Cells", year=2023)
    assert title in as_text(ama(reference)) and title in as_text(nlm(reference))
    offered = sentence_case(title)
    assert offered == "Safety of muse cells in patients with ALS: a phase 2 trial of CL2020 (mRNA)"
    assert title in as_text(ama(reference)), "offering changes nothing"
    reference.title_display = offered
    reference.clean()
    assert offered in as_text(ama(reference)) and offered in as_text(nlm(reference))
    reference.title_display = "Safety of other cells"
    with pytest.raises(ValidationError, match="Only capitals"):
        reference.clean()
