"""Judging a rendered page: axe-core, the Nu HTML checker, width, hosts."""

from __future__ import annotations

import json
import shutil
import subprocess
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page

HERE = Path(__file__).resolve().parent
AXE = HERE / "node_modules" / "axe-core" / "axe.min.js"
VNU = HERE / "node_modules" / "vnu-jar" / "build" / "dist" / "vnu.jar"
VIEWS = ((320, "light"), (320, "dark"), (1280, "light"), (1280, "dark"))
TAGS = ("wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice")


def axe(page: Page) -> dict[str, list[dict[str, Any]]]:
    """Violations and incomplete results; the source is evaluated, so the content policy stays on (AX-01)."""
    if not AXE.exists():
        pytest.skip("axe-core is not installed: npm ci in tests/browser")
    if not page.evaluate("'axe' in window"):
        page.evaluate(AXE.read_text())
    result = page.evaluate(
        "tags => axe.run(document, {runOnly: {type: 'tag', values: tags}, resultTypes: ['violations', 'incomplete']})",
        list(TAGS),
    )
    return {kind: result[kind] for kind in ("violations", "incomplete")}


def in_words(findings: Sequence[dict[str, Any]]) -> list[str]:
    return [
        f"{finding['id']}: {' '.join(map(str, node['target']))} – {node.get('failureSummary', '')[:200]}"
        for finding in findings
        for node in finding["nodes"]
    ]


def sideways(page: Page) -> int:
    """By how many pixels the page is wider than its window (AX-03)."""
    return int(page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth"))


def judge(page: Page, *addresses: str) -> None:
    """Open each of ``addresses`` narrow and wide, light and dark: axe finds nothing, and nothing is too wide."""
    for width, scheme in VIEWS:
        page.set_viewport_size({"width": width, "height": 900})
        page.emulate_media(color_scheme=scheme)
        for address in addresses:
            page.goto(address)
            assert in_words(axe(page)["violations"]) == [], (address, width, scheme)
            assert sideways(page) == 0, (address, width, scheme)


def html_errors(files: Sequence[Path]) -> list[str]:
    """Errors of the Nu HTML checker over saved pages, all in one run (AX-02)."""
    if not VNU.exists() or not shutil.which("java"):
        pytest.skip("the Nu HTML checker needs java, and npm ci in tests/browser")
    command = ["java", "-Xss1024k", "-jar", str(VNU), "--format", "json", "--stdout", "--exit-zero-always"]
    done = subprocess.run([*command, *map(str, files)], capture_output=True, text=True, check=True)
    messages = json.loads(done.stdout or '{"messages": []}')["messages"]
    return [
        f"{Path(item['url']).name}:{item.get('lastLine')} {item['message']}"
        for item in messages
        if "error" in item["type"] or item.get("subType") == "warning"
    ]


def until(page: Page, script: str, *, seconds: float = 10) -> None:
    """Wait for ``script`` to say yes; asked from outside, because the content policy lets no page evaluate words."""
    end = time.monotonic() + seconds
    while not page.evaluate(script):
        assert time.monotonic() < end, f"{seconds} seconds long not so: {script}"
        page.wait_for_timeout(20)
