from __future__ import annotations

import datetime
import time

import pytest
from django.db import DatabaseError, connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from stemsite.health import middleware, readiness
from stemsite.health.models import Probe
from stemsite.health.readiness import Readiness, Watch
from stemsite.mail.models import Delivery
from stemsite.tasks.models import Heartbeat, Job

pytestmark = [pytest.mark.django_db, pytest.mark.database]


@pytest.fixture(autouse=True)
def _fresh(monkeypatch):
    """No answer of an earlier test holds; nothing else of the machine decides."""
    monkeypatch.setattr(middleware, "watch", Watch())


@pytest.fixture
def at_work(db):
    now = timezone.now()
    Heartbeat.objects.create(worker="w", started_at=now, seen_at=now)


def ready(client) -> tuple[int, dict]:
    answer = client.get("/healthz/ready")
    return answer.status_code, answer.json()


def fails(*args, **kwargs):
    raise DatabaseError("canary: no such host 10.0.0.1")


def test_alive_means_that_the_process_answers(client, django_assert_num_queries, monkeypatch):
    """Section 4: no database, no Host header, never kept."""
    monkeypatch.setattr(readiness, "_database_writes", fails)
    with django_assert_num_queries(0):
        answer = client.get("/healthz/live", headers={"host": "10.0.0.7:9999"})
    assert (answer.status_code, answer.json()["status"]) == (200, "ok")
    assert answer["Cache-Control"] == "no-store" and not answer.cookies


def test_ready_when_a_form_would_be_stored(client, at_work):
    answer = client.get("/healthz/ready", headers={"host": "anything.example"})
    assert (answer.status_code, answer.json()) == (200, {"status": "ok", "failures": [], "degraded": []})
    assert answer["Cache-Control"] == "no-store"
    assert Probe.objects.get().written_at


@pytest.mark.parametrize("path", ["/healthz/live", "/healthz/ready"])
def test_health_is_asked_and_not_told(client, path):
    assert client.head(path).status_code == 200
    assert client.post(path).status_code == 405


def test_health_is_answered_over_plain_http_on_a_public_site(client, settings):
    settings.SECURE_SSL_REDIRECT = True
    assert client.get("/healthz/live").status_code == 200


def test_not_ready_when_nothing_can_be_written(client, at_work, monkeypatch):
    """SEC-03; what the database said stays inside."""
    monkeypatch.setattr(Probe.objects, "update_or_create", fails)
    status, body = ready(client)
    assert (status, body["status"], body["failures"]) == (503, "unavailable", ["database"])
    assert "canary" not in str(body)


def test_not_ready_when_the_disk_is_full(client, at_work, monkeypatch):
    """SEC-02."""
    monkeypatch.setattr(readiness.shutil, "disk_usage", lambda path: type("Usage", (), {"free": 1024})())
    assert ready(client) == (503, {"status": "unavailable", "failures": ["disk"], "degraded": []})


def test_not_ready_when_a_migration_is_missing(client, at_work, monkeypatch):
    monkeypatch.setattr(readiness.MigrationExecutor, "migration_plan", lambda self, targets: [("x", False)])
    status, body = ready(client)
    assert (status, body["failures"]) == (503, ["migrations"])


def test_without_a_worker_the_site_is_degraded_but_ready(client):
    """Forms are stored whether a worker runs or not."""
    assert ready(client) == (200, {"status": "degraded", "failures": [], "degraded": ["worker"]})


@pytest.mark.parametrize("model", [Job, Delivery])
def test_work_that_waits_too_long_is_told(client, at_work, model):
    late = timezone.now() - datetime.timedelta(minutes=11)
    if model is Job:
        Job.objects.create(lane="due", task="x", due_at=late)
    else:
        Delivery.objects.create(kind="k", reference="r", message_id="m", due_at=late)
    assert ready(client) == (200, {"status": "degraded", "failures": [], "degraded": ["queue"]})


def test_work_that_is_not_due_yet_is_no_reason_to_worry(client, at_work):
    Job.objects.create(lane="due", task="x", due_at=timezone.now() + datetime.timedelta(days=3))
    assert ready(client)[1]["status"] == "ok"


def test_mail_that_reaches_nobody_is_told_on_a_public_site(client, at_work, settings):
    settings.IS_TRIAL = False
    settings.MAIL_URL = ""
    assert ready(client)[1]["degraded"] == ["mail"]


def test_a_write_is_tried_at_most_every_five_seconds(client, at_work):
    """Section 4: asking often costs nothing."""
    ready(client)
    with CaptureQueriesContext(connection) as queries:
        for _ in range(20):
            ready(client)
    assert len(queries) == 0


def test_an_answer_holds_for_five_seconds_and_then_heals():
    now = [100.0]
    found = [Readiness(failures=("database",)), Readiness()]
    watch = Watch(look=lambda: found.pop(0), clock=lambda: now[0])
    assert watch.readiness().status == "unavailable"
    now[0] += 4.9
    assert watch.readiness().status == "unavailable"
    now[0] += 0.2
    assert watch.readiness().status == "ok"


def test_live_answers_while_ready_is_stuck(client, monkeypatch):
    """SEC-03: a database that hangs does not take the process with it."""
    import threading

    release, entered = threading.Event(), threading.Event()

    def hang() -> Readiness:
        entered.set()
        release.wait(5)
        return Readiness()

    monkeypatch.setattr(middleware, "watch", Watch(look=hang))
    waiting = threading.Thread(target=client.get, args=("/healthz/ready",))
    waiting.start()
    assert entered.wait(5)
    began = time.monotonic()
    assert client.get("/healthz/live").status_code == 200
    assert time.monotonic() - began < 2
    release.set()
    waiting.join()
