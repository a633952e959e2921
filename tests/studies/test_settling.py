"""Differences between a reference and its record: corrected by a person, or kept with a reason; the gate knows."""

import datetime

import pytest

from stemsite.access import Role
from stemsite.audit.models import AuditEvent
from stemsite.publishing import workflow
from stemsite.publishing.gate import Refused, Stale
from studies import checking, settling
from studies.checking import latest, recheck
from studies.checks import reference_findings
from studies.keeping import keep
from studies.models import Acceptance, Check, Correction, Reference
from studies.sources.reading import read
from tests.factories import make_guide, make_reference, make_reviewer, make_user, save_draft, sign_and_publish

pytestmark = [pytest.mark.django_db, pytest.mark.database]

REASON = "The registry has the wrong name; the paper's first page says Sulski."


@pytest.fixture
def record(samples):
    return read((samples / "library.json").read_bytes()).records[0]


@pytest.fixture
def wrong(record):
    """A reference with another first author than its record has."""
    keep(record, source="PubMed")
    reference = make_reference(
        title=record.title,
        authors=[["Sulski", "A"]],
        journal=record.journal,
        year=record.years[0],
        volume=record.volume,
        pages=record.pages,
        doi=record.doi,
        verdict=Reference.Verdict.NOT_CHECKED,
    )
    recheck(reference, by=None)
    reference.refresh_from_db()
    return reference


def check_of(reference) -> int:
    return latest(reference).pk


def test_a_check_says_what_differs_and_against_which_record(wrong):
    """EVD-33: reference says X, record says Y."""
    check = latest(wrong)
    assert wrong.verdict == "mismatch" and check.record.source == "PubMed"
    [one] = settling.differences(check)
    assert (one.field, one.reference, one.record, one.is_open) == ("author", "Sulski A", "Novák", True)


def test_one_field_is_taken_from_the_record_and_checked_at_once(wrong, publisher):
    """EVD-43, EVD-81: only that field; what stood there is kept, with the check it came from."""
    first = check_of(wrong)
    check = settling.correct(wrong, ["author"], check_id=first, by=publisher)
    wrong.refresh_from_db()
    assert wrong.authors[0] == ["Novák", "Ilona"] and (check.verdict, wrong.verdict) == ("verified", "verified")
    correction = Correction.objects.get()
    assert correction.before == {"authors": [["Sulski", "A"]]} and correction.check_row_id == first
    assert wrong.printed.startswith("Sulski A.") and wrong.provenance["authors"] == f"check {first}"
    event = AuditEvent.objects.get(verb="reference corrected")
    assert event.detail == {"field": "author", "check": first} and event.actor_id == publisher.pk


def test_a_correction_is_undone_once(wrong, publisher):
    """EVD-81."""
    settling.correct(wrong, ["author"], check_id=check_of(wrong), by=publisher)
    correction = Correction.objects.get()
    assert settling.undo(correction, by=publisher).verdict == "mismatch"
    wrong.refresh_from_db()
    assert wrong.authors == [["Sulski", "A"]]
    with pytest.raises(Refused, match="already"):
        settling.undo(Correction.objects.get(pk=correction.pk), by=publisher)


def test_a_field_that_changed_again_is_not_undone(wrong, publisher):
    settling.correct(wrong, ["author"], check_id=check_of(wrong), by=publisher)
    Reference.objects.filter(pk=wrong.pk).update(authors=[["Third", "Hand"]])
    with pytest.raises(Stale):
        settling.undo(Correction.objects.get(), by=publisher)


def test_a_stale_screen_changes_nothing(wrong, publisher):
    """EVD-81: another check, or other words, than were on the screen."""
    seen = check_of(wrong)
    Reference.objects.filter(pk=wrong.pk).update(volume="99")
    with pytest.raises(Stale):
        settling.correct(wrong, ["author"], check_id=seen, by=publisher)
    Reference.objects.filter(pk=wrong.pk).update(volume=wrong.volume)
    recheck(wrong, by=None)
    with pytest.raises(Stale):
        settling.accept(wrong, "author", check_id=seen, reason=REASON, by=publisher)
    assert not Correction.objects.exists() and not Acceptance.objects.exists()


def test_a_difference_is_kept_with_a_reason_for_a_time(wrong, publisher):
    """EVD-33: for these words on both sides; one changed letter, or the day it expires, and it is open again."""
    settling.accept(wrong, "author", check_id=check_of(wrong), reason=REASON, by=publisher)
    assert settling.unsettled([wrong.pk]) == {}
    recheck(wrong, by=None)
    assert settling.unsettled([wrong.pk]) == {}
    Acceptance.objects.update(expires_on=datetime.date(2020, 1, 1))
    assert [one.field for one in settling.unsettled([wrong.pk])[wrong.pk]] == ["author"]
    Acceptance.objects.update(expires_on=datetime.date(2999, 1, 1))
    wrong.authors = [["Sulska", "A"]]
    wrong.save()
    recheck(wrong, by=None)
    assert [one.field for one in settling.unsettled([wrong.pk])[wrong.pk]] == ["author"]


def test_an_acceptance_dies_when_the_record_says_something_else(wrong, publisher, record):
    """EVD-33."""
    from dataclasses import replace

    settling.accept(wrong, "author", check_id=check_of(wrong), reason=REASON, by=publisher)
    keep(replace(record, volume="17"), source="PubMed")
    recheck(wrong, by=None)
    assert {one.field for one in settling.unsettled([wrong.pk])[wrong.pk]} == {"author", "volume"}


def test_a_short_reason_and_a_closed_difference_are_refused(wrong, publisher):
    with pytest.raises(Refused, match="20 characters"):
        settling.accept(wrong, "author", check_id=check_of(wrong), reason="because", by=publisher)
    with pytest.raises(Refused, match="no open difference"):
        settling.accept(wrong, "volume", check_id=check_of(wrong), reason=REASON, by=publisher)


def test_nobody_accepts_for_a_page_they_alone_wrote(wrong, clinic):
    """EVD-84."""
    both = make_user(Role.AUTHOR, Role.PUBLISHER)
    save_draft(make_guide(by=both, citing=wrong.pk))
    with pytest.raises(Refused, match="You alone wrote"):
        settling.accept(wrong, "author", check_id=check_of(wrong), reason=REASON, by=both)
    colleague = make_reviewer().user
    settling.accept(wrong, "author", check_id=check_of(wrong), reason=REASON, by=colleague)
    acceptance = Acceptance.objects.get()
    settling.withdraw(acceptance, by=colleague)
    assert settling.unsettled([wrong.pk])
    with pytest.raises(Stale):
        settling.withdraw(acceptance, by=colleague)


def test_the_gate_stops_a_page_until_the_difference_is_settled(wrong, clinic, author, reviewer):
    """EVD-33, PUB-24, PUB-54, EV-03: blocked, then corrected or accepted, then it goes."""
    guide = make_guide(by=author, citing=wrong.pk)
    save_draft(guide)
    with pytest.raises(Refused, match="the record says “Novák”"):
        workflow.submit(guide, by=author)
    settling.accept(wrong, "author", check_id=check_of(wrong), reason=REASON, by=reviewer)
    workflow.submit(guide, by=author)


def test_live_pages_keep_their_words_until_they_are_saved_and_signed_anew(wrong, clinic, author, reviewer, client):
    """EVD-81, PUB-13: a correction writes the reference only; the page is listed as printing it otherwise."""
    from stemsite.publishing.models import Use
    from studies.drift import drift

    settling.accept(wrong, "author", check_id=check_of(wrong), reason=REASON, by=reviewer)
    guide = make_guide(by=author, citing=wrong.pk)
    sign_and_publish(guide)
    before = client.get(guide.live_path).content
    settling.correct(wrong, ["author"], check_id=check_of(wrong), by=reviewer)
    assert client.get(guide.live_path).content == before
    [found] = drift(Use.Kind.REFERENCE, [wrong.pk])
    assert found.page == guide.pk


def test_no_record_blocks_until_a_person_says_why_it_is_cited(clinic, author, reviewer, publisher):
    """EV-03, PUB-54: "no record found", never "fake"."""
    from tests.fakes.sources import fake_sources

    reference = make_reference(doi=None, verdict=Reference.Verdict.NOT_CHECKED)
    list(checking.check([reference], index=None, sources=fake_sources()))
    reference.refresh_from_db()
    assert reference.verdict == "not found"
    guide = make_guide(by=author, citing=reference.pk)
    save_draft(guide)
    with pytest.raises(Refused, match="no record was found"):
        workflow.submit(guide, by=author)
    settling.accept(
        reference, "record", check_id=check_of(reference), reason="A printed book of 1962, seen by us.", by=reviewer
    )
    workflow.submit(guide, by=author)


@pytest.mark.parametrize(
    ("fields", "severity", "rule", "words"),
    [
        ({"verdict": "not checked"}, "warn", "EV-03", "was not checked against a record"),
        ({"verdict": "secondary source"}, "block", "EV-05", "is news. Name the paper it reports"),
    ],
)
def test_pub_54_what_is_not_known_to_be_right_is_said_as_that_and_never_as_clean(fields, severity, rule, words):
    reference = make_reference(**fields)
    (finding,) = reference_findings({reference.pk}, "text")
    assert (finding.severity, finding.rule) == (severity, rule)
    assert words in finding.message


def test_the_record_that_a_person_picks_is_the_one_it_is_held_against(record, publisher):
    """EVD-40, third reference: no record found; once the paper is picked, each differing field is named."""
    reference = make_reference(
        title="Early hopes for quiet cells",
        authors=[["Wrong", "A"]],
        journal="",
        year=2011,
        volume="",
        pages="",
        doi=None,
    )
    row = keep(record, source="PubMed")
    check = settling.choose(reference, row, by=publisher)
    assert check.verdict == "mismatch" and {one["field"] for one in check.mismatches} >= {"author", "title", "year"}
    check = settling.correct(reference, ["author", "title", "year"], check_id=check.pk, by=publisher)
    assert check.verdict == "verified"
    reference.refresh_from_db()
    assert reference.title == record.title and reference.year == record.years[0]


def test_news_is_stored_as_news(record, publisher):
    """EV-05."""
    reference = make_reference(title="Cells in the news", journal="Daily Nothing", doi=None)
    settling.call_it_news(reference, by=publisher)
    reference.refresh_from_db()
    assert (reference.kind, reference.outlet, reference.journal) == ("news", "Daily Nothing", "")
    settling.undo(Correction.objects.get(), by=publisher)
    reference.refresh_from_db()
    assert (reference.kind, reference.journal) == ("journal", "Daily Nothing")


def test_checks_are_kept_for_ever(wrong):
    """EVD-33: append-only, in the model and in the database."""
    from stemsite.appendonly import AppendOnlyError

    with pytest.raises(AppendOnlyError):
        Check.objects.update(verdict="verified")
    with pytest.raises(AppendOnlyError):
        Check.objects.all().delete()


def test_other_words_have_no_verdict_until_they_are_checked(wrong):
    """EVD-44: an old verdict is never shown on a changed reference."""
    reference = make_reference(doi="10.5555/nothing.kept", verdict=Reference.Verdict.VERIFIED)
    reference.title = "Other words altogether"
    reference.save()
    checking.judge_anew(reference, by=None)
    reference.refresh_from_db()
    assert (reference.verdict, reference.checked_on) == ("not checked", None)
