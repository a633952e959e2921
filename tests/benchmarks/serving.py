"""What a stored page costs as processes serve it, beside other ways to serve the very same bytes.

Each way is a server of its own on loopback, loaded in turn for some seconds, several rounds interleaved. CPU is
that of the server's processes (user and system, from ``/proc``) per answered request; requests per second say
less, because the load generator takes its share of the same cores. A ratio is the median of the ratios within each
round, since what else the machine does changes from round to round.
"""

from __future__ import annotations

import contextlib
import hashlib
import http.client
import os
import re
import shutil
import signal
import socket
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from tests.benchmarks.on_disk import laid_out

ROOT = Path(__file__).resolve().parents[2]
ON_DISK = "ours, on disk by nginx"
GUIDE = "/conditions/als/"
ROUNDS = 9
SECONDS = 2
CONNECTIONS = 32
_TICKS = os.sysconf("SC_CLK_TCK")

BARE = """
from pathlib import Path
BODY = Path({body!r}).read_bytes()
HEADERS = {headers!r}
def application(environ, start_response):
    start_response("200 OK", HEADERS)
    return [BODY]
"""

CACHED = """
import os
os.environ["DJANGO_SETTINGS_MODULE"] = "cached"
from django.core.wsgi import get_wsgi_application
application = get_wsgi_application()
"""

# What `startproject` makes, with the cache of the whole site as Django's manual sets it up.
CACHED_SETTINGS = """
from pathlib import Path
from django.http import HttpResponse
from django.urls import path
BODY = Path({plain!r}).read_bytes()
SECRET_KEY, ALLOWED_HOSTS, ROOT_URLCONF = "for the bench only", ["*"], "cached"
CACHES = {{"default": {{"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}}}
INSTALLED_APPS = [f"django.contrib.{{name}}" for name in ("auth", "contenttypes", "sessions", "messages")]
MIDDLEWARE = [
    "django.middleware.cache.UpdateCacheMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "django.middleware.gzip.GZipMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django.middleware.cache.FetchFromCacheMiddleware",
]
urlpatterns = [path("conditions/als/", lambda request: HttpResponse(BODY))]
"""

NGINX = """
daemon off; worker_processes 2; pid {folder}/nginx.pid; error_log /dev/null;
events {{ worker_connections 1024; }}
http {{
  access_log off; client_body_temp_path {folder}/b; proxy_temp_path {folder}/p;
  fastcgi_temp_path {folder}/f; uwsgi_temp_path {folder}/u; scgi_temp_path {folder}/s;
  server {{ listen 127.0.0.1:{port}; root {folder}/files; gzip_static on; keepalive_requests 1000000; }}
}}
"""


@dataclass(slots=True)
class Server:
    name: str
    command: list[str]
    port: int
    accepted: str = "br"
    headers: dict[str, str] = field(default_factory=dict)
    environment: dict[str, str] = field(default_factory=dict)
    process: subprocess.Popen[bytes] | None = None
    cpu: list[float] = field(default_factory=list)
    rate: list[float] = field(default_factory=list)

    def start(self) -> None:
        environment = {**os.environ, **self.environment}
        self.process = subprocess.Popen(self.command, cwd=ROOT, env=environment, start_new_session=True)
        until = time.monotonic() + 60
        while time.monotonic() < until:
            with contextlib.suppress(OSError, http.client.HTTPException):
                if self.get()[0] in {200, 304}:
                    return
            time.sleep(0.2)
        raise RuntimeError(f"{self.name} did not start")

    def get(self) -> tuple[int, bytes, dict[str, str]]:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=10)
        connection.request("GET", GUIDE, headers={"Accept-Encoding": self.accepted, **self.headers})
        answer = connection.getresponse()
        return answer.status, answer.read(), {name.lower(): value for name, value in answer.getheaders()}

    def load(self) -> None:
        began = self._spent()
        told = ["-H", f"Accept-Encoding: {self.accepted}"]
        for name, value in self.headers.items():
            told += ["-H", f"{name}: {value}"]
        command = ["wrk", "-t1", f"-c{CONNECTIONS}", f"-d{SECONDS}s", *told, f"http://127.0.0.1:{self.port}{GUIDE}"]
        said = subprocess.run(command, capture_output=True, text=True, check=True).stdout
        found = re.search(r"(\d+) requests in", said)
        if found is None or ("Non-2xx" in said and "304" not in self.name):
            raise RuntimeError(f"{self.name}: {said}")
        answered = int(found[1])
        self.cpu.append((self._spent() - began) / answered * 1e6)
        self.rate.append(answered / SECONDS)

    def _spent(self) -> float:
        """Seconds of CPU of the processes of this server so far."""
        assert self.process is not None
        spent = 0.0
        for stat in Path("/proc").glob("[0-9]*/stat"):
            with contextlib.suppress(OSError):
                fields = stat.read_text().rpartition(")")[2].split()
                if int(fields[3]) == self.process.pid:  # Its session.
                    spent += (int(fields[11]) + int(fields[12])) / _TICKS
        return spent

    def memory(self) -> float:
        """Megabytes in use by this server's processes, each counting what it shares in part."""
        assert self.process is not None
        total = 0
        for folder in Path("/proc").glob("[0-9]*"):
            with contextlib.suppress(OSError):
                if int((folder / "stat").read_text().rpartition(")")[2].split()[3]) == self.process.pid:
                    found = re.search(r"Pss:\s+(\d+)", (folder / "smaps_rollup").read_text())
                    total += int(found[1]) if found else 0
        return total / 1000


def serving(folder: str) -> None:
    """The table of ratios; needs ``wrk``, and takes nginx along where it is installed."""
    if not shutil.which("wrk"):
        print("\nServing: not measured, wrk is not installed")
        return
    scratch = Path(folder, "serving")
    (scratch / "files" / GUIDE.strip("/")).mkdir(parents=True)
    from stemsite.serving.store import pack_better

    ours = Server("ours, stored", _granian("stemsite.wsgi:application", port := _port(), program="stemsite.web"), port)
    ours.start()
    ours.get()
    pack_better()
    status, body, headers = ours.get()
    tag = headers["etag"]
    print(f"\nServing {GUIDE}: {status}, {len(body):,} B of brotli, SHA-256 {hashlib.sha256(body).hexdigest()[:16]}")
    servers = [ours, Server("ours, 304", [], port, headers={"If-None-Match": tag}, process=ours.process)]
    servers += [*_others(scratch, body, headers)]
    with contextlib.ExitStack() as held:
        if shutil.which("nginx"):
            configuration = held.enter_context(laid_out(scratch / "on-disk", port := _port()))
            servers.append(Server(ON_DISK, ["nginx", "-c", str(configuration)], port, accepted="gzip"))
        held.enter_context(_running(servers))
        for server in servers:
            if server.name == ON_DISK and "gzip" in server.get()[2]["etag"]:
                raise RuntimeError("the page is not on disk: that is our own entity tag")
            server.load()
            server.cpu.clear()
            server.rate.clear()
        for _ in range(ROUNDS):
            for server in servers:
                server.load()
        memory = ours.memory()
    base = next(server for server in servers if server.name == "bare granian")
    for server in servers:
        cpu, low, high = statistics.median(server.cpu), min(server.cpu), max(server.cpu)
        ratio = statistics.median(ours / theirs for ours, theirs in zip(server.cpu, base.cpu, strict=True))
        print(
            f"  {server.name:<26}{cpu:7.1f} µs of CPU a request ({low:.1f} to {high:.1f})   x{ratio:.2f}"
            f"   {statistics.median(server.rate):9,.0f} requests/s"
        )
    _on_disk_beside_nginx(servers)
    print(f"  memory of the web server (2 workers): {memory:.0f} MB")


def _on_disk_beside_nginx(servers: list[Server]) -> None:
    ours, theirs = (next((one for one in servers if one.name == name), None) for name in (ON_DISK, "nginx gzip_static"))
    if ours and theirs:
        ratio = statistics.median(their / our for our, their in zip(ours.cpu, theirs.cpu, strict=True))
        print(f"  nginx gzip_static / ours on disk: x{ratio:.2f} (at least 0.95 wanted)")


def _others(scratch: Path, body: bytes, headers: dict[str, str]) -> Iterator[Server]:
    from stemsite.serving.models import StoredPage

    page = StoredPage.objects.get(address=GUIDE)
    (scratch / "page.br").write_bytes(body)
    (scratch / "page.html").write_bytes(bytes(page.body))
    kept = [(name, value) for name, value in headers.items() if name not in {"date", "server"}]
    (scratch / "bare.py").write_text(BARE.format(body=str(scratch / "page.br"), headers=kept))
    (scratch / "cached.py").write_text(CACHED_SETTINGS.format(plain=str(scratch / "page.html")))
    (scratch / "cached_wsgi.py").write_text(CACHED)
    path = {"PYTHONPATH": str(scratch)}
    yield Server("bare granian", _granian("bare:application", port := _port()), port, environment=path)
    cached = _granian("cached_wsgi:application", port := _port())
    yield Server("Django's cache, locmem", cached, port, accepted="gzip", environment=path)
    if shutil.which("nginx"):
        files = scratch / "files" / GUIDE.strip("/")
        (files / "index.html").write_bytes(bytes(page.body))
        (files / "index.html.gz").write_bytes(bytes(page.gzipped))
        port = _port()
        (scratch / "nginx.conf").write_text(NGINX.format(folder=scratch, port=port))
        scratch.parent.chmod(0o755)  # nginx's own user reads the page.
        yield Server("nginx gzip_static", ["nginx", "-c", str(scratch / "nginx.conf")], port, accepted="gzip")
    else:
        print("  nginx is not installed: not measured")


def _granian(application: str, port: int, *, program: str = "granian") -> list[str]:
    command = [sys.executable, "-m", program, "--interface", "wsgi", "--host", "127.0.0.1", "--port", str(port)]
    return [*command, "--workers", "2", "--blocking-threads", "8", "--http", "1", "--log-level", "error", application]


def _port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextlib.contextmanager
def _running(servers: list[Server]) -> Iterator[None]:
    try:
        for server in servers:
            if server.process is None:
                server.start()
        yield
    finally:
        for process in {server.process for server in servers if server.process is not None}:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGTERM)
            process.wait(30)
