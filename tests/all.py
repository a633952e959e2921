"""Everything there is, in order: lint, types, migrations, deployment checks, the suite on SQLite and on PostgreSQL.

Started by ``make test``. What a machine lacks is installed where that is possible, and otherwise
listed as skipped with its reason; ``--strict`` fails on anything skipped.
"""

from __future__ import annotations

import argparse
import base64
import os
import secrets
import shutil
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
BIN = Path(sys.executable).parent
BROWSER = ROOT / "tests" / "browser"
SYSTEM_PACKAGES = {
    "chromium": "chromium",
    "node": "nodejs",
    "npm": "npm",
    "java": "default-jre-headless",
    "nginx": "nginx",
}

Env = dict[str, str]


@dataclass(slots=True)
class Outcome:
    failed: list[str] = field(default_factory=list)
    skipped: list[str] = field(default_factory=list)
    times: list[tuple[str, float]] = field(default_factory=list)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--strict", action="store_true", help="fail on what had to be skipped")
    strict = parser.parse_args().strict
    outcome = Outcome()
    for folder in ("data", "public"):
        (ROOT / ".test" / folder).mkdir(parents=True, exist_ok=True)
    prepare_machine(outcome)
    checks(outcome)
    alone = [sys.executable, "-m", "pytest", "-q", *(["--strict-skips"] if strict else [])]
    beside = [*alone, "-n", "2", "--dist", "worksteal"]
    step(outcome, "tests on SQLite", [*beside, "-m", "not race"])
    # Races mean most when nothing else of ours competes with them.
    step(outcome, "races on SQLite", [*alone, "-m", "race"])
    on_postgres(outcome, [[*beside, "-m", "database and not race"], [*alone, "-m", "database and race"]])
    return report(outcome, strict)


def step(outcome: Outcome, name: str, command: Sequence[str], env: Env | None = None) -> None:
    """Run ``command`` to its end, whatever the steps before it said."""
    print(f"\n== {name}", flush=True)
    began = time.monotonic()
    done = subprocess.run(command, cwd=ROOT, env={**os.environ, **(env or {})}, check=False)
    outcome.times.append((name, time.monotonic() - began))
    if done.returncode:
        outcome.failed.append(f"{name} (exit {done.returncode})")


def checks(outcome: Outcome) -> None:
    templates = [str(path) for path in sorted((ROOT / "templates").rglob("*.html"))]
    steps: list[tuple[str, list[str], Env | None]] = [
        ("lint", [str(BIN / "ruff"), "check", "."], None),
        ("format", [str(BIN / "ruff"), "format", "--check", "."], None),
        ("format of templates", [str(BIN / "djade"), "--check", "--target-version", "6.1", *templates], None),
        ("types", [str(BIN / "mypy"), "stemsite", "articles", "studies", "leads"], None),
        ("migrations", [sys.executable, "manage.py", "makemigrations", "--check", "--dry-run"], trial()),
        ("deployment", [sys.executable, "manage.py", "check", "--deploy", "--fail-level", "WARNING"], public()),
    ]
    for name, command, env in steps:
        step(outcome, name, command, env)


def trial() -> Env:
    return {"STEMSITE_DATA": str(ROOT / ".test" / "data")}


def public() -> Env:
    """A public site as an operator would configure it, with keys made for this run only."""
    return {
        "STEMSITE_DATA": str(ROOT / ".test" / "public"),
        "SITE_URL": "https://clinic.example",
        "SECRET_KEY": secrets.token_urlsafe(50),
        "FIELD_KEYS": f"k1:{base64.b64encode(secrets.token_bytes(32)).decode()}",
        "MAIL_URL": "smtp://127.0.0.1:2525",
    }


def prepare_machine(outcome: Outcome) -> None:
    """Browser, Java and node packages for the browser tests; installed when missing and possible."""
    missing = [package for program, package in SYSTEM_PACKAGES.items() if not _found(program)]
    if missing and shutil.which("apt-get") and os.geteuid() == 0:
        print(f"Installing {', '.join(missing)} ...", flush=True)
        quiet = {"env": {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}, "stdout": subprocess.DEVNULL}
        subprocess.run(["apt-get", "update", "-qq"], check=False, **quiet)
        subprocess.run(["apt-get", "install", "-y", "-qq", "--no-install-recommends", *missing], check=False, **quiet)
    outcome.skipped += [f"{program} is not installed" for program in SYSTEM_PACKAGES if not _found(program)]
    if shutil.which("npm") and not (BROWSER / "node_modules" / "axe-core").exists():
        command = ["npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"]
        if subprocess.run(command, cwd=BROWSER, check=False).returncode:
            outcome.skipped.append("axe-core and the Nu HTML checker could not be installed by npm")


def _found(program: str) -> bool:
    """Servers such as nginx lie where only root's PATH leads."""
    return bool(shutil.which(program, path=f"{os.environ.get('PATH', '')}:/usr/sbin"))


def on_postgres(outcome: Outcome, commands: list[list[str]]) -> None:
    from tests.postgres import throwaway_postgres

    if not shutil.which("initdb"):
        outcome.skipped.append("tests on PostgreSQL: initdb is not on the PATH")
        return
    with throwaway_postgres() as url:
        for name, command in zip(("database tests", "races"), commands, strict=True):
            step(outcome, f"{name} on PostgreSQL", command, {"DATABASE_URL": url})


def report(outcome: Outcome, strict: bool) -> int:
    print("\n== summary")
    for name, seconds in outcome.times:
        print(f"{seconds:7.1f} s  {name}")
    for reason in outcome.skipped:
        print(f"skipped: {reason}")
    for name in outcome.failed:
        print(f"FAILED: {name}")
    if not outcome.failed and not (strict and outcome.skipped):
        print("Everything passed.")
        return 0
    return 1


if __name__ == "__main__":
    sys.path.insert(0, str(ROOT))
    sys.exit(main())
