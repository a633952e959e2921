"""Alerts by a second channel (LEAD-64): what the log calls an alert is posted to ``ALERT_URL`` as well, never by mail.

Mail may be the very thing that is broken. The log stays the first channel: what cannot be posted stands there.
"""

from __future__ import annotations

import json
import logging
import queue
import threading
import time
import urllib.request
from typing import Any
from urllib.parse import urlsplit

MARK = " alert: "
QUIET = 600.0
"""Seconds in which the same alert is posted once."""

TRIES = 3
PAUSE = 5.0
TIMEOUT = 10.0
MOST_WAITING = 50

logger = logging.getLogger(__name__)


def checked(url: str, name: str = "ALERT_URL") -> str:
    """``url`` when something may be posted to it: encrypted, or not leaving the machine."""
    parts = urlsplit(url)
    is_local = parts.scheme == "http" and parts.hostname in {"localhost", "127.0.0.1", "::1"}
    if url and not (parts.scheme == "https" or is_local):
        raise ValueError(f"{name} begins with https://.")
    return url


class AlertHandler(logging.Handler):
    """Hands alerts to a thread of its own, so that nothing that logs one waits for a network."""

    def __init__(self, url: str) -> None:
        super().__init__(level=logging.ERROR)
        self.url = url
        self._waiting: queue.Queue[bytes] = queue.Queue(MOST_WAITING)
        self._told: dict[str, float] = {}
        self._thread: threading.Thread | None = None

    def emit(self, record: logging.LogRecord) -> None:
        try:
            message = record.getMessage()
            if MARK not in message or not self._is_news(message):
                return
            self._waiting.put_nowait(_body(record, message))
            self._begin()
        except queue.Full:
            return  # The log has it; a channel that is stuck does not fill the memory.
        except Exception:
            self.handleError(record)

    def _is_news(self, message: str) -> bool:
        now = time.monotonic()
        self._told = {told: at for told, at in self._told.items() if now - at < QUIET}
        return self._told.setdefault(message, now) == now

    def _begin(self) -> None:
        if self._thread is None or not self._thread.is_alive():  # Threads do not outlive a fork.
            self._thread = threading.Thread(target=self._work, name="alerts", daemon=True)
            self._thread.start()

    def _work(self) -> None:
        while True:
            body = self._waiting.get()
            post(self.url, body)
            self._waiting.task_done()


def _body(record: logging.LogRecord, message: str) -> bytes:
    """Words and facts of ours; never what an exception said, which may name a person."""
    facts: dict[str, Any] = getattr(record, "facts", {})
    told = ", ".join(f"{name} {value}" for name, value in facts.items())
    text = f"{message} ({told})" if told else message
    return json.dumps({"text": text, "level": record.levelname.lower(), "message": message, **facts}).encode()


def post(url: str, body: bytes) -> bool:
    """Try a few times; false, and a line in the log, when nobody took it."""
    for turn in range(TRIES):
        if turn:
            time.sleep(PAUSE * turn)
        if _posted(url, body):
            return True
    logger.warning("an alert could not be posted")
    return False


def _posted(url: str, body: bytes) -> bool:
    request = urllib.request.Request(url, data=body, headers={"Content-Type": "application/json"})  # noqa: S310
    try:
        with _opener.open(request, timeout=TIMEOUT) as answer:
            return bool(200 <= answer.status < 300)
    except (OSError, ValueError):
        return False


class _StayHere(urllib.request.HTTPRedirectHandler):
    """Where the operator said, and nowhere else."""

    def redirect_request(self, *args: Any) -> None:
        return None


_opener = urllib.request.build_opener(_StayHere)
