"""EVD-55: a trial's status kept, shown, and watched; what changed is told, and no page changes by itself."""

from __future__ import annotations

import datetime
import json
from dataclasses import replace

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone

from stemsite.access import Role
from stemsite.audit.models import AuditEvent
from stemsite.mail.models import Delivery
from stemsite.publishing.gate import findings
from studies import trial_watch
from studies.freezing import freeze_study
from studies.models import LastAsked, Registration, SourceRecord, Trial, TrialChange
from studies.sources.base import StudyRecord
from studies.sources.ctgov_json import record as trial_record
from studies.trial_watch import watch_trials
from studies.trials import changes, status_words
from tests.factories import make_guide, make_reference, make_study, make_user, sign_and_publish
from tests.fakes.sources import fake_sources
from tests.staff import signed_in

pytestmark = [pytest.mark.django_db, pytest.mark.database]
NUMBER = "NCT09999905"


@pytest.fixture
def first(samples) -> StudyRecord:
    return trial_record(json.loads((samples / "trial.json").read_text())["studies"][0])


@pytest.fixture
def study(clinic, author):
    study = make_study(by=author, keeper=make_user(Role.AUTHOR))
    study.registrations.all().delete()
    Registration.objects.create(study=study, number=NUMBER, status="Recruiting")
    return study


def changed(record: StudyRecord, **facts) -> StudyRecord:
    return replace(record, trial=replace(record.trial, **facts))


def later() -> None:
    Trial.objects.update(asked_at=timezone.now() - datetime.timedelta(days=8))


@pytest.mark.parametrize(
    ("status", "words"),
    [
        ("TERMINATED", "Stopped early"),
        ("WITHDRAWN", "Withdrawn before anybody took part"),
        ("SUSPENDED", "Paused"),
        ("ACTIVE_NOT_RECRUITING", "Active, not recruiting"),
        ("SOMETHING_NEW", "Something new"),
    ],
)
def test_a_status_is_said_in_words(first, status, words):
    assert status_words(changed(first, status=status).trial) == words


def test_an_unknown_status_names_the_last_that_was_known(first):
    assert status_words(first.trial).startswith("Unknown: the registry was not updated in time (last known: rec")


def test_every_change_that_matters_is_named_and_a_mere_update_is_none(first):
    after = changed(
        first, status="TERMINATED", why_stopped="Slow enrollment", enrollment=31, enrollment_type="ACTUAL",
        has_results=False, completion="2023-02", completion_type="ACTUAL", sponsor="Somebody Ltd",
    )  # fmt: skip
    found = {one.what: (one.was, one.now) for one in changes(first.trial, after.trial)}
    assert set(found) == {"status", "why it stopped", "people", "results", "completion", "sponsor"}
    assert found["people"] == ("66 planned", "31 in fact")
    assert found["why it stopped"] == ("not stated", "Slow enrollment")
    assert list(changes(first.trial, changed(first, last_updated="2026-01-01", locations=("Chile",)).trial)) == []


def test_the_first_answer_is_kept_and_changes_nothing(study, first):
    assert watch_trials(fake_sources([first])) == 0
    trial = Trial.objects.get()
    assert (trial.number, trial.outcome) == (NUMBER, "answered") and trial.record.content["nct"] == [NUMBER]
    assert not TrialChange.objects.exists() and not Delivery.objects.filter(kind="record_changed").exists()
    assert watch_trials(fake_sources([first])) == 0 and SourceRecord.objects.count() == 1


def test_what_changed_is_an_event_on_the_board_and_a_letter_and_the_page_stays(study, first, client):
    sign_and_publish(study)
    before = client.get(study.live_path).content
    watch_trials(fake_sources([first]))
    later()
    assert watch_trials(fake_sources([changed(first, status="TERMINATED", why_stopped="No money")])) == 2
    assert {str(one) for one in TrialChange.objects.all()} == {
        f"{NUMBER}, status: the record says now “Stopped early”, it was “{status_words(first.trial)}”",
        f"{NUMBER}, why it stopped: the record says now “No money”, it was “not stated”",
    }
    to = {letter.to for letter in Delivery.objects.filter(kind="record_changed")}
    assert {study.keeper.email, study.created_by.email} <= to
    assert AuditEvent.objects.filter(verb="trial changed").count() == 2
    assert client.get(study.live_path).content == before, "public text changes when the study is published anew"
    staff = signed_in(Role.PUBLISHER)
    board = staff.get(reverse("admin:studies_board")).content.decode()
    assert "the record says now “Stopped early”" in board and "No open findings" not in board
    form = staff.get(reverse("admin:studies_study_change", args=[study.pk])).content.decode()
    assert f"Stopped early, {timezone.localdate():%Y-%m-%d}" in form


def test_the_gate_says_that_the_registry_has_moved_on(study, first):
    watch_trials(fake_sources([changed(first, status="COMPLETED")]))
    [told] = [one for one in findings(study, freeze_study(study)) if one.rule == "EVD-55"]
    assert told.severity == "warn" and "says now “Completed”" in told.message and "“Recruiting”" in told.message
    study.registrations.update(status="completed")
    assert not [one for one in findings(study, freeze_study(study)) if one.rule == "EVD-55"]


def test_a_change_is_judged_by_what_was_imported_before_anybody_watched(study, first):
    from studies.keeping import keep

    keep(first, source="ctgov")
    assert watch_trials(fake_sources([changed(first, status="WITHDRAWN")])) == 1


def test_trials_are_asked_weekly_and_a_failure_after_some_hours(study, first):
    """EVD-52: caught up, never doubled; a live page's registration too."""
    cited = make_reference(kind="registration", registry="ClinicalTrials.gov", registry_id="NCT09999906", doi=None)
    now = timezone.now()
    assert trial_watch.due(now) == [NUMBER, "NCT09999906"]
    watch_trials(fake_sources([first]))
    assert trial_watch.due(now) == [] and Trial.objects.get(number="NCT09999906").outcome == "unknown"
    assert LastAsked.objects.get(reference=cited).outcome == "unknown"
    later()
    watch_trials(fake_sources(down=True))
    assert set(Trial.objects.values_list("outcome", flat=True)) == {"failed"}
    assert Trial.objects.get(number=NUMBER).record is not None, "what was known stays known"
    assert trial_watch.due(timezone.now()) == []
    assert len(trial_watch.due(timezone.now() + datetime.timedelta(hours=7))) == 2


def test_nobody_is_asked_without_network(study, settings):
    settings.EVIDENCE_NETWORK = False
    assert watch_trials() == 0 and not Trial.objects.exists()


def test_people_of_pages_that_cite_the_registration_get_the_letter(clinic, author, first):
    cited = make_reference(kind="registration", registry="ClinicalTrials.gov", registry_id=NUMBER, doi=None)
    sign_and_publish(make_guide(by=author, citing=cited.pk))
    watch_trials(fake_sources([first]))
    later()
    watch_trials(fake_sources([changed(first, has_results=False, results_posted="")]))
    assert [letter.to for letter in Delivery.objects.filter(kind="record_changed")].count(author.email) == 1


def test_seen_takes_it_off_the_board_once(study, first):
    watch_trials(fake_sources([first]))
    later()
    watch_trials(fake_sources([changed(first, sponsor="Somebody Ltd")]))
    change = TrialChange.objects.get()
    address = reverse("admin:studies_trial_seen", args=[change.pk])
    assert signed_in(Role.AUTHOR).post(address).status_code == 403
    staff = signed_in(Role.REVIEWER)
    assert staff.get(address).status_code == 405
    assert staff.post(address, {"note": "The page does not name the sponsor."}).status_code == 303
    change.refresh_from_db()
    assert (change.seen_by, change.seen_note) == (staff.user, "The page does not name the sponsor.")
    assert staff.post(address).status_code == 409
    with pytest.raises(IntegrityError), transaction.atomic():
        TrialChange.objects.update(seen_by=None)
