"""Stored references held against records: verdicts are noted, references are never edited (EVD-26, EVD-43, EVD-44)."""

import datetime
import json

import pytest

from studies import cases, checking
from studies.models import Reference
from studies.sources.live import Sources
from studies.sources.reading import read
from tests.factories import make_reference
from tests.fakes.sources import FakeSource

from .test_commands import run

pytestmark = [pytest.mark.django_db, pytest.mark.database]

NOVAK = {
    "title": "Cord Lining Cells in Progressive Quiet Palsy: a Paired Comparison",
    "authors": [["Novák", "Ilona"], ["Szabó", "Bence"]],
    "journal": "Regenerative Letters and Reviews",
    "journal_abbreviation": "Regen Lett Rev",
    "year": 2020,
    "doi": "10.5555/rlr.2020.0167",
    "verdict": Reference.Verdict.NOT_CHECKED,
}


def fakes(crossref=None, pubmed=None) -> Sources:
    return Sources(
        crossref=crossref or FakeSource(), pubmed=pubmed or FakeSource(), pmc=FakeSource(), trials=FakeSource()
    )


def test_verdicts_are_noted_and_nothing_else_is_touched(samples):
    """EVD-43."""
    index = cases.read_index((samples / "library.json").read_bytes())
    right = make_reference(**NOVAK)
    wrong = make_reference(**NOVAK | {"authors": [["Sulski", "A"]], "doi": None})
    before = {one.pk: (one.title, one.authors, one.doi) for one in (right, wrong)}
    found = list(checking.check(checking.checkable(), index=index, sources=None))
    assert [(one.found.verdict, one.found.fields) for one in found] == [("verified", []), ("mismatch", ["author"])]
    for one in (right, wrong):
        one.refresh_from_db()
        assert (one.title, one.authors, one.doi) == before[one.pk] and one.checked_on
    assert (right.verdict, wrong.verdict) == ("verified", "mismatch")


def test_where_nobody_answers_an_earlier_verdict_stays(samples):
    """EVD-26: not checked, with its cause, never "not found"."""
    reference = make_reference(
        **NOVAK | {"verdict": Reference.Verdict.VERIFIED, "checked_on": datetime.date(2026, 1, 2)}
    )
    [one] = checking.check(
        checking.checkable(), index=None, sources=fakes(FakeSource(down=True), FakeSource(down=True))
    )
    assert one.found.verdict == "not_checked" and one.causes
    reference.refresh_from_db()
    assert (reference.verdict, reference.checked_on) == ("verified", datetime.date(2026, 1, 2))


def test_a_registry_that_answers_decides(samples):
    """EVD-17: the source said that there is no such record."""
    records = read((samples / "library.json").read_bytes()).records
    make_reference(**NOVAK)
    for answers in (records[1:2], []):
        [one] = checking.check(checking.checkable(), index=None, sources=fakes(FakeSource(answers)))
        assert one.found.verdict == "not_found"
    [one] = checking.check(checking.checkable(), index=None, sources=fakes(FakeSource(records[:1])))
    assert one.found.verdict == "verified"
    [one] = checking.check(
        checking.checkable(), index=None, sources=fakes(FakeSource(down=True), FakeSource(down=True)), again=True
    )
    assert one.found.verdict == "verified" and one.causes, "the record that was kept still speaks"


def test_due_is_what_was_never_checked_or_not_for_ninety_days():
    """EVD-44."""
    today = datetime.date(2026, 11, 26)
    never, old = make_reference(), make_reference(checked_on=today - datetime.timedelta(days=91))
    make_reference(checked_on=today - datetime.timedelta(days=5))
    make_reference(kind="web", url="https://example.org/")
    assert list(checking.due(today)) == [never, old]


def test_the_command_prints_a_line_a_reference(samples):
    """Section 12, EVD-90."""
    reference = make_reference(**NOVAK)
    code, lines = run("verify_references", "--all", "--index", samples / "library.json", "--json")
    assert code == 0
    assert json.loads(lines[0]) == {
        "id": str(reference.pk),
        "verdict": "verified",
        "record": "lib:novak2020",
        "mismatches": [],
        "integrity": "none",
        "causes": [],
    }
    code, lines = run("verify_references", "--due", "--offline")
    assert (code, lines) == (0, ["Nothing to check."])


def test_the_references_of_one_page_are_checked(samples, clinic, author):
    """Section 12: --article; each check is kept (EVD-33)."""
    from studies.models import Check
    from tests.factories import make_guide, save_draft

    cited = make_reference(**NOVAK)
    make_reference()
    save_draft(make_guide(by=author, citing=cited.pk))
    code, lines = run("verify_references", "--article", "als", "--index", samples / "library.json", "--json")
    assert code == 0 and [json.loads(line)["id"] for line in lines] == [str(cited.pk)]
    assert list(Check.objects.values_list("reference", "verdict")) == [(cited.pk, "verified")]
    assert run("verify_references", "--article", "nothing", "--offline")[0] == 2


def test_the_monitor_asks_only_about_what_is_due(settings):
    """EVD-52, EVD-90: an unreachable source is a count, not a crash."""
    from studies.asking import remember
    from studies.sources.live import sources

    settings.EVIDENCE_NETWORK = False
    sources.cache_clear()
    lately, never = make_reference(), make_reference()
    remember("Crossref", [lately.pk])
    assert never.pk != lately.pk
    assert run("check_integrity", "--due", "--source", "crossref") == (0, ["1 unreachable."])
    sources.cache_clear()
