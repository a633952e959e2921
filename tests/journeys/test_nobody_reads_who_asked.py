"""SEC-13, LEAD-117: after a whole story a planted name, address, number and message lie nowhere in clear."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import time
import urllib.error
import urllib.parse
import urllib.request
from pathlib import Path

import pytest

pytestmark = [pytest.mark.slow]

ROOT = Path(__file__).resolve().parent.parent.parent

CANARIES = {
    "email": "quetzal.canary@example.org",
    "name": "Quetzalcoatlina",
    "phone": "614 555 0177",
    "message": "Zyzzogeton paresis since spring",
    "best_time": "Thursdays at dusk-o-clock",
    "utm_source": "forum-of-zyzzogeton",
}
TRACES = ("quetzal", "+16145550177", "6145550177", "zyzzogeton", "dusk-o-clock")
"""What must be found nowhere, whatever the case of its letters."""


@pytest.fixture
def site(tmp_path):
    """The real server and worker, on a data folder of their own."""
    import socket

    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    kept = {name: value for name, value in os.environ.items() if name not in {"DATABASE_URL", "SITE_URL"}}
    environment = {**kept, "STEMSITE_DATA": str(tmp_path / "data"), "HOST": "127.0.0.1", "PORT": str(port)}
    environment["SAMPLES"] = "no"
    environment["TMPDIR"] = str(tmp_path / "tmp")
    (tmp_path / "tmp").mkdir()

    def manage(*arguments: str) -> str:
        command = [sys.executable, "manage.py", *arguments]
        done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=True)
        return done.stdout

    manage("prepare")
    with (tmp_path / "server.log").open("wb") as log:
        server = subprocess.Popen(
            [sys.executable, "manage.py", "serve"], cwd=ROOT, env=environment, stdout=log, stderr=subprocess.STDOUT
        )
        try:
            wait(lambda: answer(f"http://127.0.0.1:{port}/newsletter/")[0] == 200)
            yield f"http://127.0.0.1:{port}", tmp_path, manage
        finally:
            server.terminate()
            server.wait(timeout=30)


def wait(holds, seconds: float = 60) -> None:
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        try:
            if holds():
                return
        except OSError:
            pass
        time.sleep(0.3)
    raise AssertionError("this never came true")


def answer(url: str, data: dict[str, str] | None = None) -> tuple[int, str]:
    body = urllib.parse.urlencode(data).encode() if data is not None else None
    request = urllib.request.Request(url, data=body, headers={"Sec-Fetch-Site": "same-origin"})
    try:
        with urllib.request.urlopen(request, timeout=30) as found:
            return found.status, found.read().decode()
    except urllib.error.HTTPError as error:
        return error.code, error.read().decode()


def ask(base: str, path: str, data: dict[str, str]) -> None:
    version = re.search(r'name="consent_version" value="([\d-]+)"', answer(base + path)[1])[1]
    status, page = answer(base + path, {"consent_version": version, **data})
    assert status == 200, page
    assert "Letters from us come from" in page


def test_lead_117_what_was_planted_is_found_nowhere_in_clear(site):
    base, folder, manage = site
    ask(base, "/newsletter/", {"email": CANARIES["email"], "utm_source": CANARIES["utm_source"]})
    ask(base, "/consultation/", {**CANARIES, "consent_call": "on", "consent_health": "on"})
    status, _ = answer(base + "/consultation/", {**CANARIES, "consent_version": "1"})
    assert status == 422
    letters = folder / "data" / "mail"
    wait(lambda: len(list(letters.glob("*"))) >= 2)
    exported = manage("export_person", CANARIES["email"], "--reason", "Test")
    assert "Zyzzogeton" in exported, "the story was stored, so that its absence below means something"
    manage("verify_audit")
    manage("verify_consent")

    found = []
    for path in sorted(path for path in folder.rglob("*") if path.is_file()):
        content = path.read_bytes().lower()
        found += [(str(path.relative_to(folder)), trace) for trace in TRACES if trace.encode() in content]
    assert found == []
