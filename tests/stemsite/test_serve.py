from __future__ import annotations

import http.client
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from .test_settings import OURS, ROOT

pytestmark = [pytest.mark.race, pytest.mark.slow]

TCP_CLOSE = 7
FORM = b"login=nobody%40example.org&password=wrong"


class Site:
    """A site of its own, served as ``make run`` does it."""

    def __init__(self, data: Path) -> None:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        clean = {name: value for name, value in os.environ.items() if name not in OURS}
        self.env = {
            **clean,
            "STEMSITE_DATA": str(data),
            "PORT": str(self.port),
            "SAMPLES": "no",
            "PYTHONUNBUFFERED": "1",
        }
        self.output = data / "serve.out"
        self.process: subprocess.Popen[bytes] | None = None

    def manage(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "manage.py", *arguments]
        return subprocess.run(command, cwd=ROOT, env=self.env, capture_output=True, text=True, timeout=300)

    def start(self) -> None:
        with self.output.open("wb") as output:
            self.process = subprocess.Popen(
                [sys.executable, "manage.py", "serve"], cwd=ROOT, env=self.env, stdout=output, stderr=subprocess.STDOUT
            )
        assert until(lambda: self.get("/healthz/live") == 200, 90), self.output.read_text()

    def get(self, path: str) -> int:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=10)
        try:
            connection.request("GET", path)
            answer = connection.getresponse()
            answer.read()
            return answer.status
        except OSError:
            return 0
        finally:
            connection.close()

    def stop(self) -> int:
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(60)

    def children(self) -> dict[str, int]:
        """The number of each child, by what it is."""
        listing = subprocess.run(
            ["ps", "--ppid", str(self.process.pid), "-o", "pid=,args="], capture_output=True, text=True
        ).stdout
        pairs = (line.strip().split(maxsplit=1) for line in listing.splitlines())
        return {"web" if "stemsite.web" in command else "worker": int(pid) for pid, command in pairs}


def until(holds, seconds: float = 30) -> bool:
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if holds():
            return True
        time.sleep(0.1)
    return False


@pytest.fixture(scope="module")
def made(tmp_path_factory) -> Site:
    site = Site(tmp_path_factory.mktemp("site"))
    prepared = site.manage("prepare")
    assert prepared.returncode == 0, prepared.stderr
    return site


@pytest.fixture
def site(made) -> Iterator[Site]:
    made.start()
    yield made
    if made.process.poll() is None:
        made.stop()


def test_it_says_where_it_is_and_how_to_begin(site):
    assert until(lambda: "Ctrl-C" in site.output.read_text())
    said = site.output.read_text()
    assert f"http://127.0.0.1:{site.port}/" in said
    assert "createsuperuser" in said
    assert site.get("/accounts/login/") == 200


def test_it_needs_a_port_and_a_database_and_says_so(site, tmp_path):
    taken = site.manage("serve")
    assert taken.returncode != 0 and "is in use by another program" in taken.stderr
    site.stop()
    bare = Site(tmp_path)
    behind = bare.manage("serve")
    assert behind.returncode != 0 and "manage.py prepare" in behind.stderr


@pytest.mark.parametrize("name", ["web", "worker"])
def test_a_child_that_dies_is_started_again(site, name):
    assert until(lambda: len(site.children()) == 2)
    first = site.children()[name]
    os.kill(first, signal.SIGKILL)
    assert until(lambda: site.children().get(name, first) != first)
    assert until(lambda: site.get("/healthz/live") == 200)


def test_a_signal_ends_both_and_nothing_is_left_behind(site):
    assert until(lambda: len(site.children()) == 2)
    children = site.children().values()
    assert until(lambda: "at work" in site.output.read_text())
    assert site.stop() == 0
    assert not [pid for pid in children if Path(f"/proc/{pid}").exists()]
    said = site.output.read_text()
    assert "has stopped" in said and said.rstrip().endswith("Stopped.")
    assert site.get("/healthz/live") == 0


def test_a_form_that_is_being_sent_when_the_signal_comes_is_answered(site):
    """SEC-04: stopping drops nobody."""
    head = (
        f"POST /accounts/login/ HTTP/1.1\r\nHost: 127.0.0.1:{site.port}\r\nConnection: close\r\n"
        f"Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {len(FORM)}\r\n\r\n"
    ).encode()
    with socket.create_connection(("127.0.0.1", site.port), timeout=20) as late:
        late.sendall(head + FORM[:10])
        time.sleep(0.5)
        site.process.send_signal(signal.SIGTERM)
        time.sleep(0.5)
        late.sendall(FORM[10:])
        answer = late.recv(200)
    assert answer.startswith(b"HTTP/1.1 403")
    assert site.process.wait(60) == 0


def was_reset(talk: socket.socket) -> bool:
    """Whether the other side closed with bytes of ours unread, which it answers by a reset (RFC 2525, 2.17)."""
    return until(lambda: talk.getsockopt(socket.IPPROTO_TCP, socket.TCP_INFO, 1)[0] == TCP_CLOSE, 2)


def test_of_all_requests_that_were_taken_none_is_dropped_by_a_stop(site):
    """SEC-04: whoever is heard gets a whole answer.

    A connection that nobody took from the kernel's queue before the door closed is refused late, by a reset, with
    nothing of the request read (``listen(2)``). One that was taken, and closed while its request was on the way, is as
    late: its end may be seen before its reset. A request that was read and dropped ends with a closed connection and no
    reset, without an answer or with half of one: those are counted.
    """
    cut, whole, late, over = [], [], [], threading.Event()
    request = f"GET /contact/ HTTP/1.1\r\nHost: 127.0.0.1:{site.port}\r\nConnection: close\r\n\r\n".encode()

    def ask(thinking: float) -> None:
        while not over.is_set():
            try:
                with socket.create_connection(("127.0.0.1", site.port), timeout=20) as talk:
                    time.sleep(thinking)
                    talk.sendall(request)
                    first = talk.recv(65536)
                    unread = not first and was_reset(talk)
            except ConnectionRefusedError:
                return
            except (ConnectionResetError, BrokenPipeError):
                late.append(time.monotonic())
            except OSError as error:
                cut.append(error)
            else:
                if unread:
                    late.append(time.monotonic())
                else:
                    (whole if first.startswith(b"HTTP/1.1 200") else cut).append(first[:40])

    readers = [threading.Thread(target=ask, args=(thinking,)) for thinking in (0, 0, 0, 0, 0.005, 0.01, 0.02, 0.04)]
    for reader in readers:
        reader.start()
    assert until(lambda: len(whole) >= 500, 60)
    told = time.monotonic()
    assert site.stop() == 0
    over.set()
    for reader in readers:
        reader.join(30)
    assert (len(cut), cut[:3]) == (0, [])
    assert all(moment > told for moment in late)
