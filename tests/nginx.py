"""A real nginx on loopback with the configuration that we ship; tests are skipped with a reason where there is none."""

from __future__ import annotations

import contextlib
import os
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

PROGRAM = shutil.which("nginx", path=f"{os.environ.get('PATH', '')}:/usr/sbin:/usr/local/sbin")
MAIN = """
{user} daemon off; pid {folder}/nginx.pid; error_log {folder}/error.log; worker_processes 2;
events {{ worker_connections 512; }}
http {{
  client_body_temp_path {folder}/b; proxy_temp_path {folder}/p; fastcgi_temp_path {folder}/f;
  uwsgi_temp_path {folder}/u; scgi_temp_path {folder}/s;
  include {folder}/stemsite.conf;
}}
"""


def free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


def written(folder: Path, configuration: str) -> Path:
    """The whole configuration with ours in it; the processes of nginx keep our user, who can read the folder."""
    (folder / "stemsite.conf").write_text(configuration)
    user = "user root;" if os.geteuid() == 0 else ""
    (folder / "nginx.conf").write_text(MAIN.format(folder=folder, user=user))
    return folder / "nginx.conf"


def said_of(folder: Path, configuration: str) -> subprocess.CompletedProcess[str]:
    """What nginx itself says to the configuration."""
    return _run("-t", "-c", str(written(folder, configuration)))


@contextlib.contextmanager
def running(folder: Path, configuration: str, port: int) -> Iterator[None]:
    command = [_program(), "-c", str(written(folder, configuration))]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        end = time.monotonic() + 30
        while time.monotonic() < end:
            with contextlib.suppress(OSError):
                socket.create_connection(("127.0.0.1", port), timeout=1).close()
                break
            assert process.poll() is None, (folder / "error.log").read_text()
            time.sleep(0.05)
        yield
    finally:
        process.terminate()
        process.wait(30)


def _program() -> str:
    if PROGRAM is None:
        pytest.skip("nginx is not installed")
    return PROGRAM


def _run(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([_program(), *arguments], capture_output=True, text=True, timeout=60, check=False)
