"""From a document to the printed booklet: tagged PDF (PDF/UA-1), the same bytes for the same words and day."""

from __future__ import annotations

import atexit
import contextlib
import datetime
import json
import logging
import subprocess
import sys
import threading
from pathlib import Path

import msgspec

from . import press
from .document import IMPERSONAL, Document, breakable, printable_name, salutation
from .settable import settable

logger = logging.getLogger(__name__)

HERE = Path(__file__).resolve().parent
PATIENCE = 30.0
"""Seconds that one booklet may take; then its process is ended."""


class CannotBeSet(Exception):
    """The words cannot be set, such as a letter that no font of ours has; or the process died over them."""


def booklet(document: Document, *, name: str = "", made_on: datetime.date) -> bytes:
    """The booklet for whoever is called ``name``; impersonal where the fonts cannot show that name (LEAD-90)."""
    shown = printable_name(name)
    if shown:
        try:
            return _set(document, breakable(shown), salutation(shown), made_on)
        except CannotBeSet:
            logger.warning("A name could not be set; the packet is made without it.")
    return _set(document, "", IMPERSONAL, made_on)


def question(document: Document, name: str, greeting: str, made_on: datetime.date) -> tuple[dict[str, str], int]:
    """What the press is asked: the words as data, and the day as the booklet's own time."""
    inputs = {"data": settable(msgspec.json.encode(document).decode()), "name": name, "salutation": breakable(greeting)}
    stamp = datetime.datetime.combine(made_on, datetime.time.min, tzinfo=datetime.UTC)
    return inputs, int(stamp.timestamp())


def _set(document: Document, name: str, greeting: str, made_on: datetime.date) -> bytes:
    inputs, timestamp = question(document, name, greeting, made_on)
    return _press.ask(json.dumps({"inputs": inputs, "timestamp": timestamp}).encode())


class Press:
    """The one process of this one that sets booklets: begun when it is needed, and ended when it is not."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def pid(self) -> int | None:
        return self._process.pid if self._process is not None and self._process.poll() is None else None

    def ask(self, asked: bytes) -> bytes:
        with self._lock:
            # One that ended for want of work is found out by asking it; whatever it died of, a fresh one is asked once.
            answer = self._asked(asked) or self._asked(asked)
        if answer is None:
            raise CannotBeSet("The process that sets booklets died over it.")
        if answer[:1] != press.MADE:
            raise CannotBeSet(answer[1:].decode())
        return answer[1:]

    def _asked(self, asked: bytes) -> bytes | None:
        process = self._running()
        if process.stdin is None or process.stdout is None:
            return None
        timer = threading.Timer(PATIENCE, process.kill)
        timer.start()
        try:
            press.send(process.stdin, asked)
            answer = press.receive(process.stdout)
        except OSError:
            answer = None
        finally:
            timer.cancel()
        if answer is None:
            self._end()
        return answer

    def _running(self) -> subprocess.Popen[bytes]:
        if self._process is None or self._process.poll() is not None:
            self._end()
            command = [sys.executable, "-I", str(HERE / "press.py")]
            # It ends with us, however we end: its standard input closes.
            self._process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE)  # noqa: S603
        return self._process

    def _end(self) -> None:
        process, self._process = self._process, None
        if process is None:
            return
        process.kill()
        for stream in (process.stdin, process.stdout):
            if stream is not None:
                with contextlib.suppress(OSError):
                    stream.close()
        process.wait()

    def close(self) -> None:
        with self._lock:
            self._end()


_press = Press()
atexit.register(_press.close)
