"""A throw-away PostgreSQL server: started from ``initdb`` on the PATH in a temporary folder, gone afterwards.

Run as a program it starts a server, runs the command given behind it with ``DATABASE_URL`` set, and stops:
``python tests/postgres.py pytest -m database``.
"""

from __future__ import annotations

import contextlib
import os
import pwd
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from pathlib import Path


class Missing(RuntimeError):
    """PostgreSQL cannot be started here; the message says why."""


@contextlib.contextmanager
def throwaway_postgres() -> Iterator[str]:
    """The ``DATABASE_URL`` of an empty server that lives as long as the block. Raises ``Missing`` without one.

    PostgreSQL refuses to run as root, so as root it is run as ``nobody`` in a folder of theirs.
    """
    programs = {name: shutil.which(name) for name in ("initdb", "postgres")}
    for name, path in programs.items():
        if path is None:
            raise Missing(f"PostgreSQL: no {name} on the PATH")
    folder = Path(tempfile.mkdtemp(prefix="stemsite-pg-"))
    try:
        prefix = _as_nobody(folder)
        data, port = folder / "data", _free_port()
        _run([*prefix, str(programs["initdb"]), "-D", str(data), "-U", "stemsite", "-A", "trust", "-E", "UTF8",
              "--locale=C.UTF-8", "--no-sync"], folder)  # fmt: skip
        server = _start([*prefix, str(programs["postgres"]), "-D", str(data), "-k", str(folder), "-p", str(port),
                         "-h", "127.0.0.1", "-F", "-c", "max_connections=200"], folder)  # fmt: skip
        try:
            _wait_until_ready(server, port, folder)
            yield f"postgres://stemsite@127.0.0.1:{port}/postgres"
        finally:
            server.terminate()
            try:
                server.wait(20)
            except subprocess.TimeoutExpired:
                server.kill()
                server.wait(10)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _as_nobody(folder: Path) -> list[str]:
    """What to put before a command so that it does not run as root; gives ``folder`` to its user."""
    if os.geteuid() != 0:
        return []
    setpriv = shutil.which("setpriv")
    if setpriv is None:
        raise Missing("PostgreSQL refuses to run as root, and there is no setpriv (util-linux) to run it as nobody")
    nobody = pwd.getpwnam("nobody")
    os.chown(folder, nobody.pw_uid, nobody.pw_gid)
    return [setpriv, f"--reuid={nobody.pw_uid}", f"--regid={nobody.pw_gid}", "--clear-groups", "--pdeathsig=TERM"]


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _environment(folder: Path) -> dict[str, str]:
    return {"PATH": os.environ.get("PATH", os.defpath), "HOME": str(folder), "LC_ALL": "C.UTF-8"}


def _run(command: Sequence[str], folder: Path) -> None:
    done = subprocess.run(command, cwd=folder, env=_environment(folder), capture_output=True, text=True, check=False)
    if done.returncode:
        raise Missing(f"PostgreSQL: initdb failed: {done.stderr.strip()[-500:]}")


def _start(command: Sequence[str], folder: Path) -> subprocess.Popen[bytes]:
    with (folder / "server.log").open("wb") as log:
        return subprocess.Popen(command, cwd=folder, env=_environment(folder), stdout=log, stderr=log)


def _wait_until_ready(server: subprocess.Popen[bytes], port: int, folder: Path) -> None:
    import psycopg

    url = f"postgres://stemsite@127.0.0.1:{port}/postgres"
    for _ in range(300):
        if server.poll() is not None:
            break
        with contextlib.suppress(psycopg.OperationalError), psycopg.connect(url, connect_timeout=2):
            return
        time.sleep(0.1)
    log = (folder / "server.log").read_text(errors="replace")
    raise Missing(f"PostgreSQL did not start: {log.strip()[-500:]}")


def main(command: Sequence[str]) -> int:
    if not command:
        print(__doc__)  # noqa: T201
        return 2
    with throwaway_postgres() as url:
        return subprocess.run(command, env={**os.environ, "DATABASE_URL": url}, check=False).returncode


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1:]))
    except Missing as missing:
        sys.exit(str(missing))
