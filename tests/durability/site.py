"""The site as real processes on a data folder of its own, and the ways in which they die."""

from __future__ import annotations

import contextlib
import http.client
import json
import os
import random
import shutil
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
PASSWORD = "a password for the samples"
NOT_OURS = ("DATABASE_URL", "SITE_URL", "SECRET_KEY", "FIELD_KEYS", "MAIL_URL", "CACHE_URL", "HOST", "TRUSTED_PROXIES")


@dataclass(slots=True)
class Site:
    """Prepared once, started and stopped at will; with ``hurried`` leases and pauses are short."""

    folder: Path
    database_url: str = ""
    mail_url: str = ""
    hurried: bool = True
    more: dict[str, str] = field(default_factory=dict)
    port: int = 0
    process: subprocess.Popen[bytes] | None = None
    _asked: subprocess.Popen[str] | None = None

    def __post_init__(self) -> None:
        self.folder.mkdir(parents=True, exist_ok=True)
        self.port = self.port or free_port()

    @property
    def environment(self) -> dict[str, str]:
        kept = {name: value for name, value in os.environ.items() if name not in NOT_OURS}
        given = {"DATABASE_URL": self.database_url, "MAIL_URL": self.mail_url}
        return {
            **kept,
            "STEMSITE_DATA": str(self.folder),
            "PORT": str(self.port),
            "SAMPLES": "no",
            "PYTHONUNBUFFERED": "1",
            "DJANGO_SETTINGS_MODULE": "tests.durability.settings" if self.hurried else "stemsite.settings",
            **{name: value for name, value in given.items() if value},
            **self.more,
        }

    def copied_to(self, folder: Path, **changes: Any) -> Site:
        """A site of its own with the same data; while this one is stopped, and on SQLite."""
        self.ask_no_more()
        shutil.copytree(self.folder, folder)
        return Site(folder, **changes)

    @property
    def log(self) -> Path:
        return self.folder / "serve.log"

    def manage(self, *arguments: str) -> str:
        command = [sys.executable, "manage.py", *arguments]
        done = subprocess.run(command, cwd=ROOT, env=self.environment, capture_output=True, text=True, timeout=300)
        if done.returncode:
            raise RuntimeError(f"{arguments[0]} failed: {done.stderr[-2000:]}")
        return done.stdout

    def ask(self, program: str, **values: Any) -> Any:
        """What ``program`` puts into ``answer``, run inside the site with ``given`` at hand; for rows and states."""
        if self._asked is None or self._asked.poll() is not None:
            command = [sys.executable, "-m", "tests.durability.asked"]
            pipe = subprocess.PIPE
            self._asked = subprocess.Popen(command, cwd=ROOT, env=self.environment, stdin=pipe, stdout=pipe, text=True)
        assert self._asked.stdin is not None and self._asked.stdout is not None
        self._asked.stdin.write(json.dumps({"program": program, "given": values}) + "\n")
        self._asked.stdin.flush()
        reply = json.loads(self._asked.stdout.readline() or '{"error": "the program ended"}')
        if "error" in reply:
            raise RuntimeError(reply["error"])
        return reply["answer"]

    def ask_no_more(self) -> None:
        if self._asked is not None:
            self._asked.communicate()
            self._asked = None

    # -- processes

    def start(self) -> None:
        with self.log.open("ab") as log:
            command = [sys.executable, "manage.py", "serve"]
            self.process = subprocess.Popen(command, cwd=ROOT, env=self.environment, stdout=log, stderr=log)
        if not until(self.is_up, 60):
            raise RuntimeError(f"The site did not answer: {self.log.read_text()[-2000:]}")

    def stop(self) -> None:
        self.ask_no_more()
        if self.process is None:
            return
        self.process.send_signal(signal.SIGTERM)
        try:
            self.process.wait(60)
        finally:
            if self.process.poll() is None:
                self.process.kill()
                self.process.wait(10)
            self.process = None

    @contextlib.contextmanager
    def running(self) -> Iterator[Site]:
        self.start()
        try:
            yield self
        finally:
            self.stop()

    def is_up(self) -> bool:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=5)
        try:
            connection.request("GET", "/healthz/live")
            return connection.getresponse().status == 200
        except OSError:
            return False
        finally:
            connection.close()

    def web_parent(self) -> int | None:
        return next((pid for pid in _children(self._pid()) if b"stemsite.web" in _command(pid)), None)

    def web_processes(self) -> list[int]:
        """Those that answer requests, oldest first; their parent starts another when one dies.

        One that dies within 5.5 s of its start is taken for a crash loop, and the whole server is started again.
        """
        parent = self.web_parent()
        return [pid for pid in _children(parent) if b"stemsite.web" in _command(pid)] if parent else []

    def worker(self) -> int | None:
        return next((pid for pid in _children(self._pid()) if b"worker" in _command(pid).split(b"\0")), None)

    def memory(self) -> int:
        """Bytes that all processes of the site hold in RAM."""
        everyone = [*self.web_processes(), self.web_parent(), self.worker(), self._pid()]
        return sum(_resident(pid) for pid in everyone if pid)

    def _pid(self) -> int:
        assert self.process is not None
        return self.process.pid


class Killer(threading.Thread):
    """Kills what ``victim`` names at its turn, ``times`` times with a pause before each, whenever ``when`` allows."""

    def __init__(
        self,
        victim: Callable[[int], int | None],
        *,
        times: int,
        pause: tuple[float, float],
        when: Callable[[], bool] = lambda: True,
    ) -> None:
        super().__init__(daemon=True)
        self.victim, self.times, self.pause, self.when = victim, times, pause, when
        self.chance = random.Random(times)  # noqa: S311
        self.over = threading.Event()
        self.kills = 0

    def run(self) -> None:
        while self.kills < self.times and not self.over.wait(self.chance.uniform(*self.pause)):
            while not self.when() and not self.over.wait(0.1):
                pass
            pid = self.victim(self.kills)
            if pid is not None and not self.over.is_set() and kill(pid):
                self.kills += 1

    def stop(self) -> int:
        self.over.set()
        self.join()
        return self.kills


def kill(pid: int) -> bool:
    try:
        os.kill(pid, signal.SIGKILL)
    except ProcessLookupError:
        return False
    return True


def free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


def until(holds: Callable[[], bool], seconds: float, pause: float = 0.1) -> bool:
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if holds():
            return True
        time.sleep(pause)
    return holds()


def _children(parent: int) -> list[int]:
    with contextlib.suppress(OSError):
        return [int(pid) for pid in Path(f"/proc/{parent}/task/{parent}/children").read_text().split()]
    return []


def _command(pid: int) -> bytes:
    with contextlib.suppress(OSError):
        return Path(f"/proc/{pid}/cmdline").read_bytes()
    return b""


def _resident(pid: int) -> int:
    with contextlib.suppress(OSError):
        return int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")
    return 0
