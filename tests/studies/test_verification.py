"""Printed references against records: the verdicts of EVD-40 to EVD-42."""

import json
import time
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from studies import cases
from studies.identifiers import find
from studies.matching import journals
from studies.matching.index import RecordIndex
from studies.matching.news import is_news
from studies.matching.numbers import read_numbers, same_first_page, same_volume
from studies.sources.base import Author, StudyRecord
from studies.sources.reading import read
from studies.verification import compare_with, verify

from .printing import STYLES, Printed, invented, right, usable, vancouver, wrong_field

SUBJECTS = [
    "Cord lining cells",
    "Evening infusions",
    "Silent grafts",
    "Spore extracts",
    "Lantern light",
    "Paired stimulation",
    "Quiet exosomes",
]
DISEASES = [
    "restless palsy",
    "brittle bones",
    "marsh fever",
    "early deafness",
    "slow tremor",
    "winter asthma",
    "amber jaundice",
]
DESIGNS = [
    "a randomized trial",
    "results of an open pilot",
    "five years of observation",
    "a paired comparison",
    "an unblinded extension",
]
PLACES = ["twelve villages", "two harbors", "a mountain clinic", "seven orchestras"]
NAMES = [
    "Adeyemi",
    "Brandt",
    "Castaño",
    "de la Cruz",
    "Einarsdóttir",
    "Fünfgeld",
    "García-Pérez",
    "Haller",
    "Ito",
    "Jędrych",
    "Kowalczyk",
    "Li",
]
VENUES = [
    ("Annals of Quiet Medicine", "Ann Quiet Med"),
    ("The Harbor", "Harbor"),
    ("Journal of Slow Neurology", "J Slow Neurol"),
    ("Cell Grafting", "Cell Graft"),
    ("Letters in Regeneration : official letters of nobody", "Lett Regen"),
]


@pytest.fixture(scope="module")
def library(samples) -> RecordIndex:
    return cases.read_index((samples / "library.json").read_bytes())


@pytest.fixture(scope="module")
def invented_records() -> list[StudyRecord]:
    """150 works nobody wrote, so that the rates are proved without the pack."""
    found = []
    for n in range(150):
        title = f"{SUBJECTS[n % 7]} in {DISEASES[(n // 7) % 7]} of {PLACES[n % 4]}: {DESIGNS[n % 5]}"
        people = tuple(Author(family=NAMES[(n * 5 + k * 7) % 12], given="Ada Maria") for k in range(1 + n % 8))
        journal, abbreviation = VENUES[n % 5]
        record = StudyRecord(id=f"own:{n}", doi=f"10.5555/own.{n}", title=title, authors=people, journal=journal)
        numbers = {"volume": str(3 + n % 60), "issue": str(1 + n % 12), "pages": f"{100 + n}-{110 + n}"}
        found.append(replace(record, journal_abbr=(abbreviation,), years=(1990 + n % 30,), **numbers))
    return found


def test_every_labelled_case_of_our_own_is_judged_as_labelled(samples, library):
    """EVD-40 on our own traps: verdict, record, exactly these fields, standing."""
    outcomes = list(cases.run((samples / "cases.json").read_bytes(), library))
    assert len(outcomes) == 36
    assert [outcome.as_json() for outcome in outcomes if not outcome.agrees] == []
    assert not any(outcome.is_wrongly_verified for outcome in outcomes)


def test_all_thirty_labelled_cases_of_the_pack_are_judged_as_labelled(pack):
    """EVD-40."""
    index = cases.read_index((pack / "bench" / "records.json").read_bytes())
    outcomes = list(cases.run((pack / "bench" / "references.json").read_bytes(), index))
    assert len(outcomes) == 30
    assert [outcome.as_json() for outcome in outcomes if not outcome.agrees] == []


def test_a_picked_record_shows_every_difference(pack):
    """EVD-40: reference 3 of the page, once a person picked the real paper."""
    records = read((pack / "bench" / "records.json").read_bytes()).records
    paper = next(record for record in records if record.id == "seed:baloh2022")
    text = "Cedars-Sinai. Regenerative Medicine: A New Path for ALS Treatment. Nature Medicine, 2023."
    assert sorted(one.field for one in compare_with(text, paper)) == ["author", "title", "year"]


def _rates(records: list[StudyRecord]) -> None:
    index = RecordIndex(records)
    papers = usable(records)
    verdicts = [(printed, verify(printed.text, index)) for printed in right(papers, max(len(papers), 120))]
    verified = [found for printed, found in verdicts if found.verdict == "verified" and found.record == printed.record]
    assert len(verified) >= 0.99 * len(verdicts)
    wrong = [(printed, verify(printed.text, index)) for printed in wrong_field(papers, 180)]
    exact = [found for printed, found in wrong if found.verdict == "mismatch" and found.fields == [printed.wrong]]
    assert len(exact) >= 0.98 * 180
    made_up = [(printed, verify(printed.text, index)) for printed in invented(papers, 60)]
    for place, record in enumerate(papers[:60]):
        rest = RecordIndex(
            [one for one in records if one.id != record.id and (not record.doi or one.doi != record.doi)]
        )
        text = STYLES[place % 4](record)
        made_up.append((Printed(text, record), verify(text, rest)))
    assert len(made_up) == 120
    assert {found.verdict for _, found in made_up} <= {"not_found", "mismatch"}
    assert not [printed.text for printed, found in [*wrong, *made_up] if found.verdict == "verified"]


def test_generated_references_are_told_apart(invented_records):
    """EVD-41 without the pack."""
    _rates(invented_records)


def test_generated_references_from_the_pack_are_told_apart(pack):
    """EVD-41: 99 % of right ones verified, 98 % of wrong ones named exactly, none of 300 bad ones verified."""
    _rates(read((pack / "bench" / "records.json").read_bytes()).records)


def test_swapped_identifiers_are_always_named(invented_records):
    """EVD-41."""
    index = RecordIndex(invented_records)
    for record, other in zip(invented_records[:60], invented_records[60:120], strict=True):
        found = verify(f"{vancouver(record)} https://doi.org/{other.doi}", index)
        assert (found.verdict, found.fields, found.record, found.leads_to) == (
            "wrong_identifier",
            ["doi"],
            record,
            other,
        )
        assert verify(f"{vancouver(record)} doi:{record.doi}", index).verdict == "verified"


@pytest.mark.parametrize("style", range(7))
def test_ways_of_printing_make_no_difference(invented_records, style):
    """EVD-41, section 7 step 2: case, numbering, quotes, names after the title, dates, addresses."""
    index = RecordIndex(invented_records)

    def printed(one: StudyRecord) -> str:
        first, journal = one.authors[0], one.journal
        tail = f"{one.years[0]} Sep 12;{one.volume}({one.issue}):{one.pages}. Epub {one.years[0] - 1} Jun 3."
        return (
            vancouver(replace(one, title=one.title.upper())),
            f"12. {vancouver(one)}",
            f"{first.family}, Ada M., et al. “{one.title}.” {journal}, vol. {one.volume}, no. {one.issue}, "
            f"{one.years[0]}, pp. {one.pages}.",
            f"{one.title}. {first.family} AM, et al. {journal}. {one.years[0]};{one.volume}:{one.pages}.",
            f"{first.family} AM. {one.title}. {journal}. {tail}",
            f"{first.family} AM. {one.title}. {journal} [Internet]. {one.years[0]} [cited 2024 Nov 2];"
            f"{one.volume}({one.issue}):{one.pages}. Available from: https://example.org/2019/1234",
            vancouver(one).replace(" ", "\n   ", 3).replace("-", "–"),
        )[style]

    failed = [printed(one) for one in invented_records[:100] if verify(printed(one), index).verdict != "verified"]
    assert failed == []


def test_a_wrong_author_after_the_title_is_noticed(library):
    text = "Cord Lining Cells in Progressive Quiet Palsy: a Paired Comparison. Okafor D, et al. "
    text += "Regen Lett Rev. 2020;16(5):922-932."
    assert verify(text, library).fields == ["author"]


def test_standing_is_the_worst_any_record_of_the_work_has(library):
    """EVD-50: PubMed's silence does not cancel Crossref's notice."""
    paper = library.entries[0].record
    index = RecordIndex([paper, replace(paper, id="cr", integrity="retracted")])
    found = verify(vancouver(paper), index)
    assert (found.verdict, found.integrity) == ("verified", "retracted")


def test_without_records_nothing_is_called_clean():
    """EVD-26: not checked, with its cause; a news outlet is one all the same."""
    found = verify("Roe R. A title of eight or nine good words here. J Noth. 2020;1:2.", None)
    assert found.verdict == "not_checked" and found.notes
    assert verify("Nobody. Cells are safe. Palsy News Today, 2025.", None).verdict == "secondary_source"


def test_a_registration_is_judged_by_number_and_title(samples):
    index = cases.read_index((samples / "trial.json").read_bytes())
    text = "Quiet Cells in Adults. ClinicalTrials.gov identifier: NCT09999905. "
    text += "Updated June 1, 2021. Accessed November 22, 2026."
    assert verify(text, index).verdict == "verified"
    assert verify(text.replace("9905", "9906"), index).verdict == "wrong_identifier"


def test_adding_records_never_clears_a_mismatch(samples, library):
    """EVD-42: unless the added record itself agrees."""
    records = [entry.record for entry in library.entries]
    for outcome in cases.run((samples / "cases.json").read_bytes(), library):
        if outcome.verification.verdict == "mismatch":
            noise = [
                replace(record, id=f"x{record.id}", doi=None, pmid=None, pmcid=None, years=(1900,), volume="999")
                for record in records
            ]
            assert verify(outcome.text, RecordIndex([*records, *noise])).verdict != "verified"


@given(st.text(max_size=600))
def test_no_text_raises(text):
    """EVD-42."""
    index = RecordIndex(
        [StudyRecord(id="a", title="Cord lining cells in palsy", authors=(Author(family="Roe"),), years=(2020,))]
    )
    assert verify(text, index) == verify(text, index)


@pytest.mark.parametrize(
    "unit",
    [
        "a. ",
        "2020;1:2. ",
        "(1999) ",
        "Smith J, ",
        "10.1000/a ",
        "“",
        "1-",
        "A",
        "\n",
        "Cord lining cells in Progressive ",
    ],
)
def test_long_text_is_cut_and_quick(library, unit):
    """EVD-42: under 200 ms for 4,000 characters, longer text is cut and noted."""
    text = unit * (5000 // len(unit) + 1)
    verify(text, library)
    began = time.perf_counter()
    found = verify(text, library)
    assert time.perf_counter() - began < 0.6  # three times the promise: the machine that tests is shared
    assert any("first 4,000" in note for note in found.notes)


@pytest.mark.parametrize(
    ("printed", "names", "same"),
    [
        ("Stem Cell Rev Rep", ["Stem Cell Reviews and Reports"], True),
        ("Stem Cell Reviews and Reports", ["Stem Cell Rev Rep"], True),
        ("Nature Medicine", ["Nature"], False),
        ("Cell Transplantation", ["Cell"], False),
        ("Brain Res", ["Brain"], False),
        ("NEJM", ["The New England journal of medicine"], True),
        ("JNCI", ["Journal of the National Cancer Institute"], True),
        ("Lancet", ["Lancet (London, England)"], True),
        ("The Lancet Neurology", ["The Lancet"], False),
        ("J. Biol. Chem.", ["The Journal of biological chemistry"], True),
        ("Journal of Biological Chemistry", ["Hum Mutat", "Human mutation"], False),
        ("Ann Thorac Surg", ["Annals of thoracic surgery : official journal of nobody"], True),
        ("PLoS ONE", ["PloS one"], True),
    ],
)
def test_journals_are_known_by_all_their_names(printed, names, same):
    """EVD-41, section 7 step 6: and never by the beginning of another."""
    known = journals.forms(names)
    assert (journals.same(printed, known) or bool(journals.starts_with(f". {printed}. 2020;1:2", known))) is same


def test_numbers_are_read_where_they_stand():
    """Section 7 step 6: page ranges that look like years, volumes that are years, access days."""
    assert read_numbers("", " Nat Med. 2022;28(9):1813-1822.").years == (2022,)
    assert read_numbers("", " Hindawi. 2011;2011:134631.").volume == "2011"
    assert read_numbers("", " Web. June 3, 2021. Accessed November 22, 2026.").years == (2021,)
    assert read_numbers("Roe R. (1992).", " J Noth, 226(1), 117-126.").years == (1992,)
    assert (
        same_first_page("e29285", "29285") and same_first_page("526-8", "526-528") and same_first_page("62", "F62-F73")
    )
    assert not same_first_page("E62", "F62-F73") and not same_first_page("1813", "813")
    assert same_volume("59", "59 (1 vol.)") and not same_volume("59", "60") and same_volume("1262", "1262 CCIS")


def test_news_words_inside_a_title_make_no_news():
    assert is_news("Roe R. Cells help. Palsy News Today, 2024.")
    assert is_news("Nobody announces first person treated. Press release. June 3, 2021.")
    assert not is_news("Roe R. Breaking bad news to relatives of the very ill: a survey. J Noth. 2020;1:2.")


def test_a_title_of_two_works_is_settled_by_agreement(library):
    """Section 7 step 5: a preprint yields to its paper when the reference states the paper's numbers."""
    text = "Quill A, Brook B. Evening infusions and the sleep of restless violinists: an open pilot in "
    text += "twelve orchestras. Ann Music Med. 2025;7:101."
    found = verify(text, library)
    assert found.record.id == "lib:paper2025" and "lib:preprint2024" in [one.id for one in found.runners_up]


def test_identifiers_do_not_count_as_numbers(library):
    text = "Dhanesh A, McDuff MP. Intracranial sialidase protects against excitement in quiet mice. "
    text += "PElE One. doi:10.5555/journal.elem.0029285"
    assert [one.kind for one in find(text)] == ["doi"]
    assert verify(text, library).verdict == "verified"


def test_one_reference_is_judged_quickly_against_two_thousand_records(invented_records):
    """EVD-91: under 50 ms each, the index in under 2 s."""
    many = [
        replace(one, id=f"{one.id}-{n}", doi=None, title=f"{one.title} {n}")
        for n in range(14)
        for one in invented_records
    ][:2000]
    began = time.perf_counter()
    index = RecordIndex(many)
    assert time.perf_counter() - began < 4
    texts = [vancouver(one) for one in many[::100]]
    began = time.perf_counter()
    for text in texts:
        verify(text, index)
    assert (time.perf_counter() - began) / len(texts) < 0.15


def test_the_file_of_cases_is_checked():
    from studies.sources.base import FileRefused

    index = RecordIndex([])
    for data in (b"{", b"[]", b'{"items": 3}'):
        with pytest.raises(FileRefused):
            list(cases.run(data, index))
    assert [one.id for one in cases.run(json.dumps(["A. B. C."]).encode(), index)] == ["1"]
