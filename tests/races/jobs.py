"""Tasks that tell of themselves in a file, for the tests that kill their workers."""

from __future__ import annotations

import os
import time
from pathlib import Path

from django.tasks import task


@task(queue_name="long")
def slow(folder: str, seconds: float) -> str:
    """Says that it began, takes its time, says that it ended."""
    _tell(folder, "began")
    time.sleep(seconds)
    _tell(folder, "ended")
    return "done"


@task(queue_name="long")
def quick(folder: str, name: str) -> str:
    _tell(folder, name)
    return name


@task(queue_name="long", takes_context=True)
def with_context(context, folder: str) -> int:
    _tell(folder, f"attempt {context.attempt}")
    return context.attempt


@task(queue_name="long")
def broken() -> None:
    raise ValueError("this task is broken")


def _tell(folder: str, what: str) -> None:
    with (Path(folder) / "told.txt").open("a") as file:
        file.write(f"{what} {os.getpid()}\n")
