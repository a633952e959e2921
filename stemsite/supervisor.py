"""Two processes under one parent: a child that dies is started again, and a signal ends all of them in good order."""

from __future__ import annotations

import contextlib
import ctypes
import logging
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

logger = logging.getLogger(__name__)

TURN = 0.2
LONGEST_PAUSE = 30.0
STEADY_AFTER = 60.0
"""A child that ran for so long is started again at once; one that keeps dying waits longer each time."""


@dataclass(slots=True)
class Child:
    name: str
    command: Sequence[str]
    process: subprocess.Popen[bytes] | None = None
    group: int = 0
    started_at: float = 0.0
    pause: float = 0.0
    start_at: float = 0.0

    def start(self, now: float) -> None:
        self.signal_group(signal.SIGKILL)
        # A session of its own: Ctrl-C in a terminal reaches the parent alone, which passes it on once.
        self.process = subprocess.Popen(self.command, start_new_session=True, preexec_fn=_end_with(os.getpid()))  # noqa: S603
        self.group = self.process.pid
        self.started_at = now

    def note_death(self, now: float) -> None:
        steady = now - self.started_at >= STEADY_AFTER
        self.pause = 0.5 if steady or not self.pause else min(self.pause * 2, LONGEST_PAUSE)
        self.start_at = now + self.pause
        self.process = None
        self.signal_group(signal.SIGTERM)

    def signal_group(self, number: int) -> None:
        """Reach what the child started itself: left behind by its death, that would hold the port of the next one."""
        if self.group:
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.killpg(self.group, number)


@dataclass(slots=True)
class Supervisor:
    children: list[Child]
    patience: float = 30.0
    """How long children may take to finish what they have in hand."""
    when_up: Callable[[], bool] = lambda: True
    """Asked at every turn until it says yes: the moment to tell that everything runs."""
    stopping: threading.Event = field(default_factory=threading.Event)

    def run(self) -> None:
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: self.stopping.set())
        told = False
        while not self.stopping.is_set():
            self._tend(time.monotonic())
            told = told or self.when_up()
            self.stopping.wait(TURN)
        self._stop()

    def _tend(self, now: float) -> None:
        for child in self.children:
            if child.process is not None and child.process.poll() is not None:
                logger.error("%s ended with %s; starting it again", child.name, child.process.returncode)
                child.note_death(now)
            if child.process is None and now >= child.start_at:
                child.start(now)

    def _stop(self) -> None:
        """Ask all at once, wait for all together, and only then insist."""
        running = [(child, child.process) for child in self.children if child.process is not None]
        for _, process in running:
            with contextlib.suppress(ProcessLookupError):
                process.terminate()
        end = time.monotonic() + self.patience
        for child, process in running:
            try:
                process.wait(max(end - time.monotonic(), 0.1))
            except subprocess.TimeoutExpired:
                logger.error("%s did not end in time and was killed", child.name)
                child.signal_group(signal.SIGKILL)
                process.wait()


def _end_with(parent: int) -> Callable[[], None] | None:
    """On Linux a child is asked to end when its parent is killed outright, so that none holds the port for ever."""
    if not sys.platform.startswith("linux"):
        return None
    prctl = ctypes.CDLL(None, use_errno=True).prctl

    def ask() -> None:
        prctl(1, signal.SIGTERM)  # PR_SET_PDEATHSIG
        if os.getppid() != parent:  # The parent was gone before we asked.
            os._exit(1)

    return ask
