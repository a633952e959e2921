"""The integrity monitor: every trap of direction and date, from a file and from the registries (EVD-50 to EVD-52)."""

import datetime
import json
import time

import pytest

from studies import monitoring
from studies.models import IntegrityEvent
from studies.monitoring import check_crossref, check_pubmed, check_retraction_watch, events_of
from studies.sources import retraction_watch
from studies.sources.base import FileRefused, SourceError
from studies.sources.reading import read
from tests.factories import make_reference

from .test_commands import run

pytestmark = pytest.mark.database


@pytest.fixture
def listed(samples):
    return (samples / "retraction_watch.csv").read_text().splitlines(keepends=True)


def kinds(reference) -> list[tuple[str, str, str]]:
    events = IntegrityEvent.objects.filter(reference=reference).order_by("pk")
    return [(event.kind, event.source, event.notice) for event in events]


def test_rows_are_read_with_all_their_traps(listed):
    """Section 4: PMID 0, DOI unavailable, made-up notice DOIs, impossible dates, reasons with and without +."""
    rows = list(retraction_watch.read(listed))
    assert [row.record_id for row in rows] == ["1", "2", "3", "4", "5", "6"]
    assert rows[0].paper_doi == "10.5555/rw.paper" and rows[0].reasons == ("Error in Results",)
    assert (rows[2].paper_doi, rows[2].notice_pmid, rows[2].notice) == (None, None, "")
    assert rows[3].notice == "10.5555/rw.place" and rows[3].day == (2015, 1, 5)


def test_another_file_is_refused():
    with pytest.raises(FileRefused, match="RetractionDate"):
        list(retraction_watch.read(["a,b\n", "1,2\n"]))


@pytest.mark.django_db
def test_a_correction_and_a_retraction_make_a_retracted_paper_with_both_dates(listed):
    """EVD-51, EVD-52: by DOI; a second run over the same file changes nothing."""
    paper = make_reference(doi="10.5555/rw.paper")
    run = check_retraction_watch(listed)
    assert (run.counts["rows"], run.counts["matched"], run.counts["new"]) == (6, 2, 2)
    paper.refresh_from_db()
    assert paper.standing == "retracted"
    assert kinds(paper) == [
        ("corrected", "Retraction Watch", "10.5555/rw.corr"), ("retracted", "Retraction Watch", "10.5555/rw.retr"),
    ]  # fmt: skip
    retracted = paper.integrity_events.get(kind="retracted")
    assert (retracted.notice_on, retracted.reasons) == (datetime.date(2010, 2, 6), ["Misconduct", "Error"])
    again = check_retraction_watch(listed)
    assert (again.counts["new"], again.counts["known"]) == (0, 2)


@pytest.mark.django_db
def test_papers_are_found_by_pmid_too_and_notices_are_not_retracted(listed):
    """EVD-50, EVD-51: the notice in our library stays what it is."""
    doubted, notice = make_reference(doi=None, pmid="90002004"), make_reference(doi="10.5555/rw.retr")
    in_place = make_reference(doi="10.5555/rw.place")
    check_retraction_watch(listed)
    assert kinds(doubted) == [("concern", "Retraction Watch", "")]
    assert kinds(notice) == []
    assert kinds(in_place) == [("retracted", "Retraction Watch", "10.5555/rw.place")]


@pytest.mark.django_db
def test_a_reinstatement_ends_what_was_before_it(listed):
    """Section 8: whether the withdrawal was known already or comes in the same file."""
    paper = make_reference(doi="10.5555/rw.back")
    check_retraction_watch([line for line in listed if not line.startswith("6,")])
    paper.refresh_from_db()
    assert paper.standing == "retracted"
    run = check_retraction_watch(listed)
    paper.refresh_from_db()
    assert (run.counts["ended"], paper.standing) == (1, "")
    assert paper.integrity_events.get().taken_back_on is not None, "EVD-54: readers are told"
    other = make_reference(doi="10.5555/rw.other")
    renamed = [line.replace("rw.back,", "rw.other,") for line in listed]
    check_retraction_watch(renamed)
    other.refresh_from_db()
    assert other.standing == "" and kinds(other) == []


@pytest.mark.django_db
def test_a_dry_run_writes_nothing(listed):
    make_reference(doi="10.5555/rw.paper")
    assert check_retraction_watch(listed, dry=True).counts["new"] == 2
    assert not IntegrityEvent.objects.exists()


def test_one_notice_told_twice_is_one_event(samples):
    """EVD-51: publisher and retraction-watch; the notice's own record gives none."""
    records = {record.doi: record for record in read((samples / "crossref.json").read_bytes()).records}
    found = list(events_of(records["10.5555/cr.1"], 1, "Crossref"))
    assert [(one.kind, one.notice, one.notice_on) for one in found] == [
        ("corrected", "10.5555/cr.corr", datetime.date(2004, 3, 6)),
        ("retracted", "10.5555/cr.retr", datetime.date(2010, 2, 6)),
    ]
    assert list(events_of(records["10.5555/cr.retr"], 1, "Crossref")) == []
    assert [one.kind for one in events_of(records["10.5555/cr.place"], 1, "Crossref")] == ["retracted"]
    assert list(events_of(records["10.5555/cr.newver"], 1, "Crossref")) == []


class FakeSource:
    """A registry that answers from records, or cannot be reached."""

    def __init__(self, records, *, by: str, down: bool = False) -> None:
        self.records, self.by, self.down = records, by, down

    def many(self, wanted, **options):
        if self.down:
            raise SourceError("timeout", "silent")
        return {getattr(one, self.by): one for one in self.records if getattr(one, self.by) in set(wanted)}


@pytest.mark.django_db
def test_registries_are_asked_about_everything_and_silence_is_no_clean_bill(samples):
    """EVD-50: each source has its own events; one that cannot be reached is a count."""
    paper = make_reference(doi="10.5555/cr.1", pmid="90000002")
    make_reference(doi="10.5555/unknown")
    crossref = FakeSource(read((samples / "crossref.json").read_bytes()).records, by="doi")
    pubmed = FakeSource(read((samples / "pubmed.xml").read_bytes()).records, by="pmid")
    run = check_crossref(crossref)
    assert (run.counts["asked"], run.counts["not answered"], run.counts["new"]) == (2, 1, 2)
    check_pubmed(pubmed)
    assert {source for _, source, _ in kinds(paper)} == {"Crossref", "PubMed"}
    assert check_pubmed(FakeSource([], by="pmid", down=True)).counts["unreachable"] == 1
    paper.refresh_from_db()
    assert paper.standing == "retracted"


@pytest.mark.django_db
def test_the_command_prints_events_and_counts(samples):
    """Section 12, EVD-90."""
    make_reference(doi="10.5555/rw.paper")
    code, lines = run("check_integrity", "--retraction-watch", samples / "retraction_watch.csv", "--json")
    printed = [json.loads(line) for line in lines]
    assert code == 0 and [one.get("kind") for one in printed] == ["corrected", "retracted", None]
    assert printed[-1]["counts"] == {"rows": 6, "matched": 2, "new": 2}
    code, _ = run("check_integrity", "--retraction-watch", samples / "pubmed.xml")
    assert code == 2


@pytest.mark.django_db
def test_the_real_rows_are_matched(pack):
    """EVD-96: correction and retraction of one paper, a made-up notice DOI, a notice with the paper's DOI."""
    paper = make_reference(doi="10.1016/s0140-6736(97)11096-0")
    lines = (pack / "retraction_watch" / "retractionwatch-sample.csv").read_text().splitlines(keepends=True)
    run = check_retraction_watch(lines)
    assert run.counts["rows"] == 7
    paper.refresh_from_db()
    assert paper.standing == "retracted" and {kind for kind, _, _ in kinds(paper)} == {"corrected", "retracted"}


@pytest.mark.django_db
def test_a_long_list_is_matched_quickly(listed):
    """EVD-91: 60 MB in under a minute; here 20,000 rows in a few seconds."""
    make_reference(doi="10.5555/rw.paper")
    many = [
        *listed,
        *(listed[2].replace("rw.paper", f"other.{n}").replace("90002001", str(80000000 + n)) for n in range(20_000)),
    ]
    began = time.monotonic()
    assert check_retraction_watch(iter(many)).counts["rows"] == 20_006
    assert time.monotonic() - began < 15
    assert monitoring.RETRACTION_WATCH == "Retraction Watch"
