"""One leased row: claimed, renewed, finished, retried, given back, fenced."""

import datetime
import uuid
from unittest import mock

import pytest
from django.db import IntegrityError, transaction
from django.tasks import TaskResultStatus
from django.utils import timezone

from stemsite.tasks import leases, periodic
from stemsite.tasks.models import Heartbeat, Job, PeriodicRun
from stemsite.tasks.worker import is_silent, last_seen, run_job
from tests.races import jobs

pytestmark = [pytest.mark.django_db, pytest.mark.database]


def make_job(**fields):
    return Job.objects.create(**{"lane": "long", "task": "tests.races.jobs.quick", **fields})


def at(**delta):
    """The clock, moved."""
    return mock.patch("django.utils.timezone.now", return_value=timezone.now() + datetime.timedelta(**delta))


def test_the_most_urgent_job_is_claimed_first():
    later, urgent, sooner = make_job(), make_job(priority=5), make_job(due_at=timezone.now() - leases.LEASE)
    assert [Job.objects.claim_next().pk for _ in range(3)] == [urgent.pk, sooner.pk, later.pk]
    assert Job.objects.claim_next() is None


def test_what_is_not_due_is_not_claimed():
    make_job(due_at=timezone.now() + datetime.timedelta(seconds=30))
    assert Job.objects.claim_next() is None
    with at(seconds=31):
        assert Job.objects.claim_next() is not None


def test_a_lease_that_ran_out_is_claimed_by_another_and_the_first_is_fenced_off():
    make_job()
    first = Job.objects.claim_next()
    assert Job.objects.claim_next() is None
    with at(seconds=61):
        second = Job.objects.claim_next()
        assert second.pk == first.pk
        assert first.renew() is False
        assert first.finish(result="late") is False
        assert first.fail("late") is False
        assert first.give_back() is False
        assert second.finish(result="mine") is True
    second.refresh_from_db()
    assert (second.state, second.result, second.attempts) == ("done", "mine", 2)


def test_renewing_keeps_the_claim():
    make_job()
    job = Job.objects.claim_next()
    with at(seconds=50):
        assert job.renew()
    with at(seconds=100):
        assert Job.objects.claim_next() is None


def test_failed_work_is_tried_again_after_growing_pauses_and_then_given_up():
    make_job(max_attempts=4)
    pauses = []
    moment = timezone.now()
    for _ in range(4):
        with mock.patch("django.utils.timezone.now", return_value=moment):
            job = Job.objects.claim_next()
            assert job.fail("broken")
            job.refresh_from_db()
            pauses.append((job.due_at - moment).total_seconds())
            moment = job.due_at
    assert (job.state, job.last_error, job.attempts) == ("failed", "broken", 4)
    assert 8 <= pauses[0] <= 12
    assert 48 <= pauses[1] <= 72
    assert 240 <= pauses[2] <= 360
    assert job.retry()
    job.refresh_from_db()
    assert (job.state, job.attempts) == ("queued", 0)
    assert Job.objects.claim_next().pk == job.pk


def test_work_that_took_its_worker_along_every_time_is_given_up():
    make_job(max_attempts=2)
    healthy = make_job(priority=-1)
    for seconds in (0, 61, 122):
        with at(seconds=seconds):
            claimed = Job.objects.claim_next()
    assert claimed.pk == healthy.pk
    poison = Job.objects.exclude(pk=healthy.pk).get()
    assert (poison.state, poison.attempts) == ("failed", 2)
    assert "Every worker that tried this stopped" in poison.last_error


def test_work_given_back_is_due_at_once_and_the_attempt_does_not_count():
    make_job()
    job = Job.objects.claim_next()
    assert job.give_back()
    job.refresh_from_db()
    assert (job.state, job.attempts, job.lease_token) == ("queued", 0, None)
    assert Job.objects.claim_next() is not None


def test_work_in_hand_without_a_lease_is_refused_by_the_database():
    with pytest.raises(IntegrityError), transaction.atomic():
        make_job(state="leased")


def test_a_task_goes_through_the_api_and_back(tmp_path):
    result = jobs.quick.enqueue(str(tmp_path), name="here")
    assert result.status == TaskResultStatus.READY
    run_job(Job.objects.claim_next(), "worker-1")
    result.refresh()
    assert (result.status, result.return_value, result.worker_ids) == (
        TaskResultStatus.SUCCESSFUL,
        "here",
        ["worker-1"],
    )
    assert (tmp_path / "told.txt").read_text().startswith("here")


def test_a_task_that_fails_keeps_its_traceback_and_is_queued_again():
    result = jobs.broken.enqueue()
    run_job(Job.objects.claim_next())
    job = Job.objects.get()
    assert (job.state, job.attempts) == ("queued", 1)
    assert "this task is broken" in job.last_error
    result.refresh()
    assert result.status == TaskResultStatus.READY


def test_a_task_may_ask_for_its_context_and_is_given_the_attempt(tmp_path):
    jobs.with_context.enqueue(str(tmp_path))
    run_job(Job.objects.claim_next())
    assert Job.objects.get().result == 1


def test_a_task_that_is_rolled_back_was_never_enqueued(tmp_path):
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        jobs.quick.enqueue(str(tmp_path), "never")
        raise ZeroDivisionError
    assert not Job.objects.exists()


def test_an_unknown_result_is_named_as_such():
    from django.tasks import default_task_backend
    from django.tasks.exceptions import TaskResultDoesNotExist

    for unknown in (str(uuid.uuid4()), "nonsense"):
        with pytest.raises(TaskResultDoesNotExist):
            default_task_backend.get_result(unknown)


@pytest.fixture
def hourly():
    """A periodic job that counts its runs."""
    ran = []
    periodic.periodic("test hourly", every=datetime.timedelta(hours=1), lane="due", run=lambda: ran.append(1))
    others = {name: periodic._jobs.pop(name) for name in list(periodic._jobs) if name != "test hourly"}
    yield ran
    del periodic._jobs["test hourly"]
    periodic._jobs.update(others)


def test_what_comes_round_runs_at_first_and_then_once_each_time(hourly):
    assert (periodic.run_due("due"), periodic.run_due("due"), periodic.run_due("long")) == (1, 0, 0)
    with at(minutes=61):
        assert periodic.run_due("due") == 1
    with at(days=9):
        assert (periodic.run_due("due"), periodic.run_due("due")) == (1, 0)
    assert len(hourly) == 3


def test_sec_20_a_clock_set_back_neither_doubles_nor_stalls_what_comes_round(hourly):
    with at(days=30):
        periodic.run_due("due")
    assert periodic.run_due("due") == 0
    assert PeriodicRun.objects.get().due_at <= timezone.now() + datetime.timedelta(hours=1)
    with at(minutes=61):
        assert periodic.run_due("due") == 1


def test_a_failure_of_what_comes_round_is_written_down_and_it_comes_round_again(hourly, monkeypatch):
    def breaks():
        raise ValueError("the registry is away")

    working = periodic._jobs["test hourly"]
    periodic.periodic("test hourly", every=working.every, lane="due", run=breaks)
    with pytest.raises(ValueError, match="away"):
        periodic.run_due("due")
    assert "the registry is away" in PeriodicRun.objects.get().last_error
    periodic._jobs["test hourly"] = working
    with at(minutes=61):
        assert periodic.run_due("due") == 1
    assert PeriodicRun.objects.get().last_error == ""


def test_pub_66_a_worker_is_silent_two_minutes_after_its_last_beat():
    assert (last_seen(), is_silent()) == (None, True)
    now = timezone.now()
    Heartbeat.objects.create(worker="w", started_at=now, seen_at=now)
    assert is_silent() is False
    with at(seconds=121):
        assert is_silent() is True
