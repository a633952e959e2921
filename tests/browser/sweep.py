"""Judges every screen of the admin that links lead to, and prints what it finds (PUB-117).

``python -m tests.browser.sweep http://127.0.0.1:8000 owner@example.org`` for a trial that runs; asks for the password.
Screens that differ by their numbers alone are judged once. It only opens pages, by ``GET``, and sends no form but that
of the login. ``docs/accessibility.md`` holds the last list.
"""

from __future__ import annotations

import getpass
import os
import re
import sys
from collections import defaultdict
from collections.abc import Iterator
from http import HTTPStatus
from urllib.parse import urljoin, urlsplit

from playwright.sync_api import Browser, Page, sync_playwright

from . import tools

BELOW = ("/admin/", "/accounts/")
BEGIN = ("/admin/", "/accounts/password/change/", "/accounts/2fa/")
NEVER = ("logout", "/jsi18n/")
LOOKS = (("light", 1280), ("dark", 320))


def main() -> None:
    site, who = sys.argv[1:3]
    password = os.environ.get("PASSWORD") or getpass.getpass(f"Password of {who}: ")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=["--no-sandbox"])
        for scheme, width in LOOKS:
            page = _logged_in(browser, site, who, password, scheme=scheme, width=width)
            _judge(page, site, f"{scheme}, {width} px")
        browser.close()


def _logged_in(browser: Browser, site: str, who: str, password: str, *, scheme: str, width: int) -> Page:
    options = {"base_url": site, "color_scheme": scheme, "viewport": {"width": width, "height": 900}}
    page = browser.new_context(**options, bypass_csp=True).new_page()  # axe is put into the page.
    page.goto("/accounts/login/")
    page.fill("[name=login]", who)
    page.fill("[name=password]", password)
    page.press("[name=password]", "Enter")
    page.wait_for_url("**/admin/**")
    return page


def _judge(page: Page, site: str, look: str) -> None:
    found: dict[str, list[str]] = defaultdict(list)
    screens = 0
    for screen in _screens(page, site):
        screens += 1
        for violation in tools.axe(page)["violations"]:
            found[violation["id"]].append(f"{screen} ({len(violation['nodes'])})")
        if (wider := tools.sideways(page)) > 0:
            found["wider than the window"].append(f"{screen} ({wider} px)")
    print(f"\n{look}: {screens} screens")
    for name, places in sorted(found.items()):
        print(f"  {name}")
        for place in places:
            print(f"    {place}")


def _screens(page: Page, site: str) -> Iterator[str]:
    """Open one screen after another; each as its address with numbers left out."""
    known: set[str] = set()
    waiting = list(BEGIN)
    while waiting:
        address = waiting.pop(0)
        if (screen := _alike(address)) in known:
            continue
        known.add(screen)
        if not _is_open(page, address):
            continue
        for link in page.eval_on_selector_all("a[href]", "links => links.map(link => link.getAttribute('href'))"):
            parts = urlsplit(urljoin(page.url, link))
            if f"{parts.scheme}://{parts.netloc}" == site.rstrip("/") and _is_ours(parts.path):
                waiting.append(parts.path)
        yield screen


def _is_open(page: Page, address: str) -> bool:
    """Whether ``address`` is a page at all; a download is none."""
    kind = page.request.head(address)
    if kind.status >= HTTPStatus.BAD_REQUEST or "text/html" not in kind.headers.get("content-type", ""):
        return False
    page.goto(address)
    return True


def _is_ours(path: str) -> bool:
    return path.startswith(BELOW) and not any(part in path for part in NEVER)


def _alike(path: str) -> str:
    return re.sub(r"/(\d+|[\w-]{18,}\.letter|[0-9a-f-]{20,})(?=/|$)", "/…", path)


if __name__ == "__main__":
    main()
