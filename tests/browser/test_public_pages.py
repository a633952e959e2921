"""Every public address in a real browser: accessible, narrow, dark, without script, from one host."""

from __future__ import annotations

import itertools
import re
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from urllib.error import HTTPError
from xml.etree import ElementTree

import pytest
from playwright.sync_api import Browser, BrowserContext, Page

from . import tools
from .example_site import Site

pytestmark = [pytest.mark.browser, pytest.mark.slow]

VIEWS = {
    "1280 light": {"viewport": {"width": 1280, "height": 900}, "color_scheme": "light"},
    "1280 dark": {"viewport": {"width": 1280, "height": 900}, "color_scheme": "dark"},
    "320 light": {"viewport": {"width": 320, "height": 640}, "color_scheme": "light"},
    "320 dark": {"viewport": {"width": 320, "height": 640}, "color_scheme": "dark"},
}
UNLISTED = (
    *("/search/", "/search/?q=als", "/search/?q=nothing+like+this", "/no-such-page/"),
    *("/search/?q=cells&condition=als", "/search/?q=als&year=1950", "/conditions/als/changes/"),
    "/feedback/thanks/",
    *("/studies/?condition=als&sort=people", "/studies/?q=cells", "/studies/?certainty=very-low&phase=1&standing=none"),
    *("/studies/?q=nothing+like+this&year=2020", "/conditions/als/evidence/?sort=year", "/studies/compare/"),
    "/studies/compare/?study=muse-cells-japan&study=cord-tissue-cells-poland&study=regulatory-t-cells-regals",
)


def addresses(site: Site) -> list[str]:
    """What the sitemap names, and what is public without being listed there."""
    with urllib.request.urlopen(f"{site.url}/sitemap.xml") as answer:
        tree = ElementTree.fromstring(answer.read())
    listed = [node.text or "" for node in tree.iter("{http://www.sitemaps.org/schemas/sitemap/0.9}loc")]
    return [address.removeprefix(site.url) for address in listed] + list(UNLISTED)


@pytest.fixture
def visit(chromium: Browser, example_site: Site) -> Iterator[Page]:
    context = chromium.new_context(base_url=example_site.url, bypass_csp=False)
    yield context.new_page()
    context.close()


def one_of_each(found: list[str]) -> set[str]:
    """The first address of each template: what lies below a folder shares one."""
    first: dict[str, str] = {}
    for address in found:
        folder, _, below = address.strip("/").partition("/")
        first.setdefault(f"{folder}/" if below else address, address)
    return set(first.values())


def test_axe_finds_nothing_on_any_public_address(visit: Page, example_site: Site):
    """AX-01, AX-03, AX-04, PAGE-03: no violation, no sideways scroll, one host, no policy report, no cookie.

    Every address wide and light, where all rules run; one of each template in the other views, where only size and
    color differ. The same open page is seen in each view.
    """
    hosts: set[str] = set()
    complaints: list[str] = []
    visit.on("request", lambda asked: hosts.add(re.sub(r"^(\w+://[^/]+).*", r"\1", asked.url)))
    visit.on("console", lambda message: message.type == "error" and complaints.append(message.text))
    found: dict[str, list[str]] = {}
    listed = addresses(example_site)
    models = one_of_each(listed)
    for address in listed:
        answer = visit.goto(address)
        expected = 404 if address == "/no-such-page/" else 200
        assert answer is not None
        assert answer.status == expected, address
        for name in VIEWS if address in models else ("1280 light",):
            if problems := problems_of(visit, name):
                found[f"{address} {name}"] = problems
    assert found == {}
    assert hosts == {example_site.url}
    assert [text for text in complaints if "404" not in text] == []
    assert visit.context.cookies() == []


def problems_of(page: Page, view: str) -> list[str]:
    page.set_viewport_size(VIEWS[view]["viewport"])
    page.emulate_media(color_scheme=VIEWS[view]["color_scheme"])
    wider = tools.sideways(page)
    problems = [f"scrolls sideways by {wider} px"] if wider > 0 else []
    return problems + tools.in_words(tools.axe(page)["violations"])


def test_the_html_of_every_public_address_is_valid(example_site: Site, tmp_path: Path):
    """AX-02."""
    files = []
    for index, address in enumerate(addresses(example_site)):
        file = tmp_path / f"{index:03}-{re.sub(r'[^a-z0-9]+', '-', address).strip('-') or 'home'}.html"
        try:
            with urllib.request.urlopen(f"{example_site.url}{address}") as answer:
                file.write_bytes(answer.read())
        except HTTPError as error:
            file.write_bytes(error.read())
        files.append(file)
    assert tools.html_errors(files) == []


def test_titles_are_unique_and_headings_in_order(reader: BrowserContext, example_site: Site):
    """PAGE-02, AX-07."""
    page = reader.new_page()
    titles: dict[str, str] = {}
    for address in addresses(example_site):
        if address.startswith(("/search/?", "/studies/compare/?", "/conditions/als/evidence/?")):
            continue
        page.goto(address)
        title = page.title()
        assert title not in titles, f"{address} and {titles.get(title)} share the title {title!r}"
        titles[title] = address
        levels = [int(tag) for tag in page.locator("h1, h2, h3, h4").evaluate_all("all => all.map(h => h.tagName[1])")]
        assert levels.count(1) == 1, address
        assert levels[0] == 1, address
        jumps = [pair for pair in itertools.pairwise(levels) if pair[1] - pair[0] > 1]
        assert jumps == [], f"{address} skips a heading level: {levels}"
        assert page.locator("html").get_attribute("lang") == "en"
