"""The database backend of ``django.tasks``: an enqueued task is a row, written with the change that wants it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.core.exceptions import ValidationError
from django.tasks.backends.base import BaseTaskBackend
from django.tasks.base import Task, TaskError, TaskResult, TaskResultStatus
from django.tasks.exceptions import TaskResultDoesNotExist
from django.tasks.signals import task_enqueued
from django.utils import timezone
from django.utils.json import normalize_json
from django.utils.module_loading import import_string

from .models import Job

if TYPE_CHECKING:  # Generic in the stubs alone.
    AnyTask = Task[Any, Any]
    AnyResult = TaskResult[Any, Any]
else:
    AnyTask, AnyResult = Task, TaskResult

LANES = ("due", "mail", "long")

_STATUS = {
    Job.State.QUEUED: TaskResultStatus.READY,
    Job.State.LEASED: TaskResultStatus.RUNNING,
    Job.State.DONE: TaskResultStatus.SUCCESSFUL,
    Job.State.FAILED: TaskResultStatus.FAILED,
}


class LeasedBackend(BaseTaskBackend):
    """Queue names are the worker's lanes; an unnamed queue is the lane of long jobs."""

    supports_defer = True
    supports_get_result = True
    supports_priority = True

    def enqueue(self, task: AnyTask, args: Any, kwargs: Any) -> AnyResult:
        self.validate_task(task)
        job = Job.objects.create(
            lane=task.queue_name if task.queue_name in LANES else "long",
            task=task.module_path,
            args=normalize_json(list(args)),
            kwargs=normalize_json(dict(kwargs)),
            priority=task.priority,
            due_at=task.run_after or timezone.now(),
        )
        result = as_result(job, task, self.alias)
        task_enqueued.send(type(self), task_result=result)
        return result

    def get_result(self, result_id: str) -> AnyResult:
        try:
            job = Job.objects.get(uid=result_id)
        except (Job.DoesNotExist, ValidationError, ValueError) as error:
            raise TaskResultDoesNotExist(result_id) from error
        return as_result(job, import_string(job.task), self.alias)


def as_result(job: Job, task: AnyTask, alias: str) -> AnyResult:
    errors = [TaskError(exception_class_path="builtins.Exception", traceback=job.last_error)] if job.last_error else []
    result: AnyResult = TaskResult(
        task=task,
        id=str(job.uid),
        status=_STATUS[Job.State(job.state)],
        enqueued_at=job.queued_at,
        started_at=job.started_at,
        last_attempted_at=job.started_at,
        finished_at=job.finished_at,
        args=job.args,
        kwargs=job.kwargs,
        backend=alias,
        errors=errors,
        worker_ids=[job.worker or "worker"] * job.attempts,  # Django counts attempts by these.
    )
    object.__setattr__(result, "_return_value", job.result)
    return result
