"""What comes round: who is asked about what and when, what readers are told, and who gets a letter (EVD-52 to 54)."""

import datetime
from dataclasses import replace

import pytest
from django.utils import timezone

from stemsite.mail.models import Delivery
from studies import asking, watching
from studies.asking import asked_about, remember
from studies.checks import reference_findings
from studies.integrity import end_event, record_event
from studies.models import IntegrityEvent, LastAsked, SourceState
from studies.monitoring import CROSSREF, PUBMED
from studies.sources.reading import read
from tests.factories import make_guide, make_reference, make_user, sign_and_publish
from tests.fakes.sources import fake_sources

pytestmark = [pytest.mark.django_db, pytest.mark.database]

DAY = datetime.timedelta(days=1)


def asked(reference, source: str, ago: datetime.timedelta, outcome: str = "answered") -> None:
    remember(source, [reference.pk], outcome=outcome, cause="It did not answer.", at=timezone.now() - ago)


@pytest.fixture
def retracted(samples):
    """A record of Crossref that names a correction of 2004 and a retraction of 2010."""
    [record] = [one for one in read((samples / "crossref.json").read_bytes()).records if one.doi == "10.5555/cr.1"]
    return record


def test_what_a_live_page_cites_is_due_weekly_and_the_rest_monthly(clinic, author):
    """EVD-52; what could not be asked is tried again after some hours."""
    cited, other, failed, never = (make_reference() for _ in range(4))
    sign_and_publish(make_guide(by=author, citing=cited.pk))
    now = timezone.now()
    for one in (cited, other):
        asked(one, CROSSREF, 8 * DAY)
    asked(failed, CROSSREF, datetime.timedelta(hours=7), "failed")
    assert set(watching.due(CROSSREF, now)) == {cited, failed, never}
    assert other in watching.due(CROSSREF, now + 23 * DAY)
    assert list(watching.due(PUBMED, now)) == [], "none of them has a PMID"


def test_a_turn_asks_a_part_and_goes_on_where_it_stood():
    """EVD-52: caught up, never doubled."""
    references = [make_reference() for _ in range(5)]
    first = watching.due(CROSSREF, timezone.now(), limit=2)
    assert first.count() == 2
    remember(CROSSREF, first.values_list("pk", flat=True))
    rest = watching.due(CROSSREF, timezone.now(), limit=9)
    assert set(first) | set(rest) == set(references) and not set(first) & set(rest)


def test_a_turn_of_the_monitor_finds_what_a_registry_says(retracted):
    """EVD-50, EVD-34: events, and that the source was asked."""
    paper = make_reference(doi="10.5555/cr.1")
    unknown = make_reference(doi="10.5555/not.known")
    watching.watch(fake_sources([retracted]))
    paper.refresh_from_db()
    assert paper.standing == "retracted"
    outcomes = dict(LastAsked.objects.filter(source=CROSSREF).values_list("reference", "outcome"))
    assert outcomes == {paper.pk: "answered", unknown.pk: "unknown"}
    assert SourceState.objects.get(name=CROSSREF).full_run_at
    assert not IntegrityEvent.objects.filter(last_seen_at=None).exists()


def test_nobody_is_asked_without_network(settings):
    """EVD-26: nothing is said to be clean."""
    settings.EVIDENCE_NETWORK = False
    make_reference()
    assert watching.watch() == [] and watching.recheck_due() == 0
    assert not LastAsked.objects.exists()


def test_a_source_that_fails_is_on_the_board_and_nothing_is_clean():
    make_reference()
    watching.watch(fake_sources(down=True))
    state = SourceState.objects.get(name=CROSSREF)
    assert state.error == "The source did not answer in time." and state.answered_at is None
    assert asked_about(LastAsked.objects.values_list("reference", flat=True)) == {}


def test_readers_are_told_when_and_where_a_paper_was_looked_up():
    """EVD-54: only sources that answered lately are named, by the day of the longest ago."""
    paper, old, never = make_reference(), make_reference(), make_reference()
    asked(paper, CROSSREF, 3 * DAY)
    asked(paper, PUBMED, 2 * DAY)
    asked(paper, "Retraction Watch", 20 * DAY)
    asked(old, CROSSREF, 20 * DAY)
    found = asked_about([paper.pk, old.pk, never.pk])
    day = asking._day(timezone.now() - 3 * DAY)
    assert found[paper.pk].words == f"No notices found. Checked {day} in Crossref and PubMed."
    assert found[old.pk].words.startswith("Not recently checked (last check ")
    assert never.pk not in found and asking.NEVER == "Not checked for notices."
    assert found[paper.pk].holds_until <= timezone.now() + 7 * DAY
    assert asked_about([paper.pk], noticed=[paper.pk])[paper.pk].words == f"Checked {day} in Crossref and PubMed."


def test_the_guide_says_when_its_sources_were_looked_up(clinic, author, client):
    """EVD-54: the first answer is shown at once; a later one at the next rendering, within a week."""
    reference = make_reference()
    guide = make_guide(by=author, citing=reference.pk)
    sign_and_publish(guide)
    assert "Not checked for notices." in client.get(guide.live_path).content.decode()
    remember(CROSSREF, [reference.pk])
    answer = client.get(guide.live_path)
    assert "No notices found. Checked" in answer.content.decode()


def test_a_retraction_reaches_readers_keepers_and_the_gate_at_once(clinic, author, client, retracted):
    """EVD-53, PUB-125: the page says so on the next request, its people have one letter each, publishing is blocked."""
    paper = make_reference(doi="10.5555/cr.1")
    keeper = make_user()
    guide = make_guide(by=author, citing=paper.pk, keeper=keeper)
    sign_and_publish(guide)
    before = client.get(guide.live_path)
    Delivery.objects.all().delete()
    watching.watch(fake_sources([retracted]))
    after = client.get(guide.live_path)
    assert "Retracted" in after.content.decode() and "Retracted" not in before.content.decode()
    letters = Delivery.objects.filter(kind="source_noticed")
    events = IntegrityEvent.objects.filter(reference=paper).count()
    assert letters.count() == events * 2, "keeper and author, for the correction and for the retraction"
    assert any(finding.rule == "EV-04" for finding in reference_findings({paper.pk}, "sections"))
    watching.watch(fake_sources([retracted]))
    assert Delivery.objects.filter(kind="source_noticed").count() == letters.count()


def test_a_lifted_notice_is_told_too(clinic, author, publisher):
    paper = make_reference()
    sign_and_publish(make_guide(by=author, citing=paper.pk))
    event = record_event(paper, kind="concern", source="journal", by=publisher)
    end_event(event, because="The journal closed its inquiry.", by=publisher)
    assert Delivery.objects.filter(kind="source_noticed").count() == 2


def test_references_are_checked_again_when_they_are_due(samples):
    """EVD-44."""
    records = [replace(one, source="Crossref") for one in read((samples / "library.json").read_bytes()).records]
    first = records[0]
    reference = make_reference(
        doi=first.doi, title=first.title, authors=[["Novák", "Ilona"]], journal=first.journal, verdict="not checked",
        volume="", pages="", year=2020,
    )  # fmt: skip
    assert watching.recheck_due(fake_sources(records)) == 1
    reference.refresh_from_db()
    assert reference.verdict == "verified"
    assert watching.recheck_due(fake_sources(records)) == 0
