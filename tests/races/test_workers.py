"""Workers that are killed, stopped or doubled: nothing lost, nothing done twice (SEC-04, SEC-20, PUB-62)."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from django.conf import settings
from django.db import connection

from stemsite.tasks.models import Heartbeat, Job, PeriodicRun
from tests.races import jobs, worker_process

pytestmark = [pytest.mark.race, pytest.mark.database, pytest.mark.slow]


@pytest.fixture
def start(real):
    """Starts worker processes on the test's own database; those still running at the end are killed."""
    running = []

    def start(lease: float = 60):
        env = {
            **os.environ,
            "DJANGO_SETTINGS_MODULE": os.environ.get("DJANGO_SETTINGS_MODULE", "tests.settings"),
            "PYTHONPATH": str(settings.BASE_DIR),
        }
        name = str(connection.settings_dict["NAME"])
        process = subprocess.Popen([sys.executable, worker_process.__file__, name, str(lease)], env=env)
        running.append(process)
        return process

    yield start
    for process in running:
        if process.poll() is None:
            process.kill()
        process.wait(30)


def wait_for(condition, seconds=90):
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        if condition():
            return
        time.sleep(0.2)
    raise AssertionError("it did not happen in time")


def told(folder: Path) -> list[str]:
    file = folder / "told.txt"
    return [line.split()[0] for line in file.read_text().splitlines()] if file.exists() else []


def test_a_worker_killed_in_the_middle_returns_the_job_and_it_is_done_once(start, tmp_path):
    result = jobs.slow.enqueue(str(tmp_path), 3.0)
    first = start(lease=4)
    wait_for(lambda: "began" in told(tmp_path))
    first.send_signal(signal.SIGKILL)
    first.wait(30)
    job = Job.objects.get()
    assert (job.state, job.attempts) == ("leased", 1)
    start(lease=4)
    wait_for(lambda: Job.objects.get().state == "done")
    assert told(tmp_path) == ["began", "began", "ended"]
    job = Job.objects.get()
    assert (job.result, job.attempts) == ("done", 2)
    result.refresh()
    assert result.return_value == "done"


def test_sec_04_a_worker_that_is_stopped_gives_its_job_back_at_once(start, tmp_path):
    jobs.slow.enqueue(str(tmp_path), 30.0)
    process = start()
    wait_for(lambda: "began" in told(tmp_path))
    process.send_signal(signal.SIGTERM)
    process.wait(60)
    job = Job.objects.get()
    assert (job.state, job.attempts, job.lease_token) == ("queued", 0, None)
    assert not Heartbeat.objects.exists()


def test_two_workers_share_the_jobs_and_do_each_once(start, tmp_path):
    for number in range(40):
        jobs.quick.enqueue(str(tmp_path), f"job-{number}")
    start()
    start()
    wait_for(lambda: Job.objects.filter(state="done").count() == 40)
    assert sorted(told(tmp_path)) == sorted(f"job-{number}" for number in range(40))


def test_two_workers_run_what_comes_round_once(real, at_once):
    import datetime

    from django.utils import timezone

    from stemsite.tasks import periodic

    ran = []
    job = periodic.Periodic(name="nightly", every=datetime.timedelta(hours=1), lane="due", run=lambda: ran.append(1))
    periodic._jobs["nightly"] = job
    try:
        at_once(*(lambda: periodic.run_due("due") for _ in range(4)))
        assert len(ran) == 1
        PeriodicRun.objects.update(due_at=timezone.now() - datetime.timedelta(days=3))
        at_once(*(lambda: periodic.run_due("due") for _ in range(4)))
        assert len(ran) == 2, "a missed run is caught up once, not once per miss"
    finally:
        del periodic._jobs["nightly"]


def test_of_many_claims_each_job_goes_to_one_worker(real, at_once, tmp_path):
    for number in range(6):
        jobs.quick.enqueue(str(tmp_path), f"job-{number}")

    def claim_all():
        claimed = []
        while (job := Job.objects.claim_next()) is not None:
            claimed.append(job.pk)
        return claimed

    outcomes = at_once(*(claim_all for _ in range(5)))
    claimed = [pk for outcome in outcomes for pk in outcome]
    assert len(claimed) == len(set(claimed)) == 6
