"""What a phone gets: Lighthouse on the example site, as ``manage.py serve`` gives it to a browser.

Lighthouse's own mobile profile computes a slow 4G line and a processor four times slower than this one; the second
round makes the processor four times slower again. The median of ``BENCH_LIGHTHOUSE_RUNS`` runs (1) is shown, by
largest contentful paint. Only blocking time suffers from what else the machine does.
"""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

from tests.browser.example_site import CHROMIUM, FLAGS, ROOT, free_port, wait_until_up

HERE = Path(__file__).resolve().parent
PROGRAM = HERE / "node_modules" / "lighthouse" / "cli" / "index.js"
CATEGORIES = ("performance", "accessibility", "best-practices", "seo")
PAGES = (
    "/",
    "/conditions/als/",
    "/blog/how-to-read-a-study/",
    "/studies/muse-cells-japan/",
    "/newsletter/",
    "/information-packet/",
    "/consultation/",
)
PROFILES = {"processor 4x slower": 4, "processor 16x slower": 16}
BARS = "bars: 100/100/100/100, LCP 1,000 ms (processor 16x slower: 800), shift 0, blocked 0 ms"
RUNS = int(os.environ.get("BENCH_LIGHTHOUSE_RUNS", "1"))
LOST = "NO_NAVSTART"
AGAIN = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """One run on one page; ``paint`` is the largest contentful paint, times are milliseconds."""

    scores: tuple[int, ...]
    paint: float
    shift: float
    blocked: float
    requests: int
    weight: int
    failed: tuple[str, ...]
    speed: float
    """Of this machine, by Lighthouse's index. Chrome's tools take 1,000 for a phone of the middle and 264 for a cheap
    one (CalibrationController.ts); divided by how much slower the processor is made, it says what was tried."""

    @classmethod
    def of(cls, report: dict[str, Any]) -> Self:
        audits, categories = report["audits"], report["categories"]
        loads = audits["network-requests"]["details"]["items"]
        counted = [one["id"] for name in CATEGORIES for one in categories[name]["auditRefs"] if one["weight"]]
        return cls(
            scores=tuple(round((categories[name]["score"] or 0) * 100) for name in CATEGORIES),
            paint=audits["largest-contentful-paint"]["numericValue"],
            shift=audits["cumulative-layout-shift"]["numericValue"],
            blocked=audits["total-blocking-time"]["numericValue"],
            requests=len(loads),
            weight=sum(load["transferSize"] for load in loads),
            failed=tuple(name for name in counted if (audits[name]["score"] or 0) < 0.9 and _judged(audits[name])),
            speed=report["environment"]["benchmarkIndex"],
        )

    def __str__(self) -> str:
        scores = "/".join(map(str, self.scores))
        measured = f"{self.paint:6,.0f} ms{self.shift:7.3f}{self.blocked:6.0f} ms{self.requests:4}{self.weight:9,} B"
        return f"{scores:<17}{measured}  {' '.join(self.failed)}".rstrip()


def _judged(audit: dict[str, Any]) -> bool:
    return audit["scoreDisplayMode"] not in {"notApplicable", "manual", "informative"}


def lighthouse(folder: str) -> None:
    """The table of pages and profiles; Lighthouse is installed beside this file where npm is there."""
    missing = [name for name in ("node", CHROMIUM) if not shutil.which(name)]
    if missing or not _installed():
        print(f"\nLighthouse: not measured, {' and '.join(missing) or 'Lighthouse'} is not installed")
        return
    with _served(folder) as site:
        print(f"\nLighthouse, mobile: scores, LCP, shift, blocked, requests, bytes ({BARS})")
        for name, slower in PROFILES.items():
            print(f"  {name}")
            speeds: list[float] = []
            for path in PAGES:
                tried = [_visit(f"{site}{path}", slower) for _ in range(RUNS)]
                runs = sorted((run for run in tried if isinstance(run, Seen)), key=lambda seen: seen.paint)
                print(f"    {path:<28}{runs[len(runs) // 2] if runs else tried[0]}", flush=True)
                speeds += [run.speed for run in runs]
            if speeds:
                print(f"    this machine's index meanwhile: {statistics.median(speeds):,.0f}")


def _installed() -> bool:
    if not PROGRAM.exists() and shutil.which("npm"):
        command = ["npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"]
        subprocess.run(command, cwd=HERE, env={**os.environ, "PUPPETEER_SKIP_DOWNLOAD": "1"}, check=False)
    return PROGRAM.exists()


@contextlib.contextmanager
def _served(folder: str) -> Iterator[str]:
    """The site with the data of ``folder``, on a port of its own; its address."""
    port = free_port()
    environment = {**os.environ, "STEMSITE_DATA": folder, "HOST": "127.0.0.1", "PORT": str(port)}
    environment.pop("SITE_URL", None)
    command = [sys.executable, "manage.py", "serve"]
    server = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        wait_until_up(f"http://127.0.0.1:{port}", server)
        yield f"http://127.0.0.1:{port}"
    finally:
        server.terminate()
        server.wait(timeout=30)


def _visit(address: str, slower: int) -> Seen | str:
    """One run, and again where the browser on a busy machine lost the start of its own trace, and says so."""
    for _ in range(AGAIN):
        seen = _run(address, slower)
        if isinstance(seen, Seen) or LOST not in seen:
            break
        print(f"    {address}: {LOST}, run again", flush=True)
    return seen


def _run(address: str, slower: int) -> Seen | str:
    """One visit of ``address`` by a browser with a profile of its own, or why there was none."""
    with tempfile.TemporaryDirectory(prefix="stemsite-lighthouse-") as profile:
        command = [
            *("node", str(PROGRAM), address, "--quiet", "--output=json", "--output-path=stdout"),
            f"--only-categories={','.join(CATEGORIES)}",
            f"--throttling.cpuSlowdownMultiplier={slower}",
            f"--chrome-flags=--headless=new {' '.join(FLAGS)} --user-data-dir={profile}",
            "--no-enable-error-reporting",
        ]
        environment = {**os.environ, "CHROME_PATH": CHROMIUM}
        done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    if done.returncode:
        return f"not measured: {' '.join(done.stderr.split())[-200:]}"
    return Seen.of(json.loads(done.stdout))
