"""Background work in the admin: seen, and what failed is tried again."""

from __future__ import annotations

import datetime

import pytest
from django.urls import reverse
from django.utils import timezone

from stemsite.access import Role
from stemsite.audit.models import AuditEvent
from stemsite.mail.models import Delivery
from stemsite.mail.outbox import queue_message
from stemsite.tasks.models import Heartbeat, Job
from tests.staff import signed_in

pytestmark = pytest.mark.django_db


def failed_job() -> Job:
    Job.objects.create(task="x.y", lane="long")
    job = Job.objects.claim_next()
    job.fail("The disk was full.", final=True)
    return Job.objects.get(pk=job.pk)


def try_again(client, name: str, *rows) -> object:
    data = {"action": "try_again", "_selected_action": [row.pk for row in rows]}
    return client.post(reverse(f"admin:{name}_changelist"), data, follow=True)


def test_a_failed_job_is_tried_again_and_others_are_left_alone():
    """PUB-114: item by item."""
    failed, waiting = failed_job(), Job.objects.create(task="a.b", lane="long", priority=-1)
    client = signed_in(Role.PUBLISHER)
    answer = try_again(client, "tasks_job", failed, waiting)
    assert "1 will be tried again. 1 had not failed and were left alone." in answer.content.decode()
    failed.refresh_from_db()
    assert (failed.state, failed.attempts) == (Job.State.QUEUED, 0)
    event = AuditEvent.objects.get()
    assert (event.verb, event.object_id, event.actor_id) == ("asked for another try", str(failed.pk), client.user.pk)


def test_a_letter_that_failed_is_tried_again():
    queue_message("note", to="r@example.org", reference="1", subject="Hello", text="Words")
    Delivery.objects.claim_next().fail("The mail server answered 550.", final=True)
    try_again(signed_in(Role.COORDINATOR), "mail_delivery", Delivery.objects.get())
    assert Delivery.objects.get().state == Delivery.State.QUEUED


@pytest.mark.parametrize("role", [Role.AUTHOR, Role.REVIEWER, Role.COORDINATOR])
def test_others_cannot_ask_for_it(role):
    failed = failed_job()
    assert try_again(signed_in(role), "tasks_job", failed).status_code == 403
    failed.refresh_from_db()
    assert failed.state == Job.State.FAILED


def test_nothing_of_a_job_can_be_typed():
    failed = failed_job()
    client = signed_in(Role.OWNER)
    address = reverse("admin:tasks_job_change", args=[failed.pk])
    assert "The disk was full." in client.get(address).content.decode()
    assert client.post(address, {"task": "os.system", "state": "queued"}).status_code == 403


def test_a_silent_worker_is_marked_as_such():
    """PUB-66"""
    now = timezone.now()
    for worker, seen in (("awake", now), ("silent", now - datetime.timedelta(minutes=3))):
        Heartbeat.objects.create(worker=worker, started_at=now, seen_at=seen)
    page = signed_in(Role.OWNER).get(reverse("admin:tasks_heartbeat_changelist"))
    rows = page.context["cl"].result_list
    marks = {row.worker: page.context["cl"].model_admin.at_work(row) for row in rows}
    assert marks == {"awake": True, "silent": False}
