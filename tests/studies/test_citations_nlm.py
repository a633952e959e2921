"""NLM style: golden strings as text and as HTML (EVD-60 to EVD-64)."""

from dataclasses import dataclass, field
from datetime import date

import pytest

from studies.citations import as_html, as_text
from studies.citations_nlm import nlm, short_pages


@dataclass
class Printed:
    kind: str = "journal"
    title: str = ""
    authors: list[list[str]] = field(default_factory=list)
    editors: list[list[str]] = field(default_factory=list)
    journal: str = ""
    journal_abbreviation: str = ""
    year: int | None = None
    month: int | None = None
    day: int | None = None
    volume: str = ""
    issue: str = ""
    pages: str = ""
    article_number: str = ""
    doi: str | None = None
    registry: str = ""
    registry_id: str | None = None
    url: str = ""
    outlet: str = ""
    place: str = ""
    nlm_author: str = ""
    page_count: int | None = None
    updated_on: date | None = None
    title_display: str = ""
    accessed_on: date | None = None


BALOH = [
    ["Baloh", "Robert H."],
    ["Johnson", "J. Patrick"],
    ["Avalos", "Pablo"],
    ["Allred", "Peggy"],
    ["Svendsen", "Soshana"],
    ["Gowing", "Genevieve"],
    ["Roxas", "Kristina"],
]
READ = date(2026, 11, 22)
FDA = "https://www.fda.gov/vaccines-blood-biologics/consumers-biologics/"
FDA += "important-patient-and-consumer-information-about-regenerative-medicine-therapies"

GOLDEN = {
    "journal": (
        Printed(
            title=(
                "Transplantation of human neural progenitor cells secreting GDNF into the spinal cord of "
                "patients with ALS: a phase 1/2a trial"
            ),
            authors=BALOH,
            journal="Nature Medicine",
            journal_abbreviation="Nat. Med.",
            year=2022,
            month=9,
            volume="28",
            issue="9",
            pages="1813-1822",
            doi="10.1038/s41591-022-01956-3",
        ),
        "Baloh RH, Johnson JP, Avalos P, Allred P, Svendsen S, Gowing G, et al. Transplantation of human neural "
        "progenitor cells "
        "secreting GDNF into the spinal cord of patients with ALS: a phase 1/2a trial. Nat Med. 2022 "
        "Sep;28(9):1813-22. "
        "doi: 10.1038/s41591-022-01956-3.",
    ),
    "article number": (
        Printed(
            title="Safety and Clinical Effects",
            authors=[["Yamashita", "Toru"], ["Nakano", "Yumiko"]],
            journal="Cell Transplantation",
            journal_abbreviation="Cell Transplant",
            year=2023,
            volume="32",
            article_number="09636897231214370",
            doi="10.1177/09636897231214370",
        ),
        "Yamashita T, Nakano Y. Safety and Clinical Effects. Cell Transplant. 2023;32:09636897231214370. doi: "
        "10.1177/09636897231214370.",
    ),
    "group and markup": (
        Printed(
            title="The <i>SOD1</i> story & CO<sub>2</sub>: a review",
            journal="The Lancet Neurology",
            year=2019,
            volume="18",
            pages="1-9",
            authors=[["ALS Therapy Study Group"], ["de la Cruz", "Maria Jose"], ["van den Berg", "L H"]],
        ),
        "ALS Therapy Study Group, de la Cruz MJ, van den Berg LH. The SOD1 story & CO2: a review. The Lancet "
        "Neurology. 2019;18:1-9.",
    ),
    "preprint": (
        Printed(
            kind="preprint",
            title="Title in sentence case",
            authors=[["Doe", "Jane A"], ["Roe", "B"]],
            journal="medRxiv",
            year=2026,
            month=6,
            day=16,
            doi="10.1101/2026.06.12.00000000",
            accessed_on=READ,
            page_count=14,
        ),
        "Doe JA, Roe B. Title in sentence case. medRxiv [Preprint]. 2026 [posted 2026 Jun 16; cited 2026 Nov "
        "22]: [14 p.]. "
        "Available from: https://doi.org/10.1101/2026.06.12.00000000",
    ),
    "news": (
        Printed(
            kind="news",
            title="Headline in sentence case",
            authors=[["Doe", "J"]],
            outlet="Name of News Outlet",
            year=2026,
            month=3,
            day=4,
            accessed_on=READ,
            url="https://news.example/story",
        ),
        "Doe J. Headline in sentence case. Name of News Outlet [Internet]. 2026 Mar 4 [cited 2026 Nov 22]. "
        "Available from: https://news.example/story",
    ),
    "web page": (
        Printed(
            kind="web",
            title="Important patient and consumer information about regenerative medicine therapies",
            authors=[["US Food and Drug Administration"]],
            nlm_author="Food and Drug Administration (US)",
            place="Silver Spring (MD)",
            outlet="FDA",
            year=2021,
            month=6,
            day=3,
            accessed_on=READ,
            url=FDA,
        ),
        "Food and Drug Administration (US) [Internet]. Silver Spring (MD): FDA; 2021. Important patient and "
        "consumer information about "
        f"regenerative medicine therapies; 2021 Jun 3 [cited 2026 Nov 22]. Available from: {FDA}",
    ),
    "registration": (
        Printed(
            kind="registration",
            title="Study of Dupilumab and Immune Responses in Adults With Atopic Dermatitis (AD)",
            registry="ClinicalTrials.gov",
            registry_id="NCT02210780",
            year=2014,
            month=8,
            day=7,
            accessed_on=READ,
        ),
        "ClinicalTrials.gov [Internet]. Bethesda (MD): National Library of Medicine (US). 2000 Feb 29 - . "
        "Identifier NCT02210780, "
        "Study of Dupilumab and Immune Responses in Adults With Atopic Dermatitis (AD); 2014 Aug 7 [cited 2026 "
        "Nov 22]. "
        "Available from: https://clinicaltrials.gov/study/NCT02210780",
    ),
    "chapter": (
        Printed(
            kind="book",
            title="Chromosome alterations in human solid tumors",
            journal="The Genetic Basis of Human Cancer",
            authors=[["Meltzer", "Paul S"], ["Kallioniemi", "Anne"], ["Trent", "Jeffrey M"]],
            place="New York",
            outlet="McGraw-Hill",
            editors=[["Vogelstein", "Bert"], ["Kinzler", "Kenneth W"]],
            year=2002,
            pages="93-113",
        ),
        "Meltzer PS, Kallioniemi A, Trent JM. Chromosome alterations in human solid tumors. In: Vogelstein B, "
        "Kinzler KW, editors. "
        "The Genetic Basis of Human Cancer. New York: McGraw-Hill; 2002. p. 93-113.",
    ),
}


@pytest.mark.parametrize("kind", GOLDEN)
def test_golden_strings(kind):
    """EVD-60, EVD-61, EVD-62."""
    reference, printed = GOLDEN[kind]
    assert as_text(nlm(reference)) == printed


def test_titles_keep_their_markup_and_everything_is_escaped_once():
    """EVD-60, EVD-64."""
    html = as_html(nlm(GOLDEN["group and markup"][0]))
    assert "The <i>SOD1</i> story &amp; CO<sub>2</sub>: a review." in html
    hostile = Printed(
        title='<script>alert("x")</script>',
        authors=[["<b>", "&"]],
        journal="\u202eevil",
        url="javascript:alert(1)",
        kind="news",
    )
    printed = as_html(nlm(hostile))
    assert (
        "<script" not in printed and "<b>" not in printed and "javascript:" not in printed and "\u202e" not in printed
    )


@pytest.mark.parametrize("kind", ["journal", "preprint", "news", "web", "registration", "book"])
def test_missing_parts_leave_no_traces(kind):
    """EVD-62: no empty brackets, doubled stops or "None"."""
    for reference in (
        Printed(kind=kind),
        Printed(kind=kind, title="Is it safe?"),
        Printed(kind=kind, title="A title", year=2020),
    ):
        printed = as_text(nlm(reference))
        assert not any(trace in printed for trace in ("()", "[]", ";:", "..", "None", "?.", " ;", "; ."))


@pytest.mark.parametrize(
    ("pages", "short"),
    [
        ("1813-1822", "1813-22"),
        ("1000-1009", "1000-9"),
        ("637-41", "637-41"),
        ("F62-F73", "F62-F73"),
        ("9-12", "9-12"),
        ("5-5", "5-5"),
        ("e7", "e7"),
    ],
)
def test_page_ranges_are_short(pages, short):
    """EVD-62."""
    assert short_pages(pages) == short
