"""PAGE-55: a citation opens its reference beside the number, by mouse and by keyboard; without script it is a link."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from . import tools
from .example_site import Site

pytestmark = [pytest.mark.browser, pytest.mark.slow]

FIRST = 'a[role="doc-biblioref"] >> nth=0'


@pytest.fixture(params=[1280, 320])
def guide(request, chromium: Browser, example_site: Site) -> Iterator[Page]:
    context = chromium.new_context(base_url=example_site.url, viewport={"width": request.param, "height": 640})
    page = context.new_page()
    page.goto("/conditions/als/")
    yield page
    context.close()


def test_a_card_opens_closes_and_gives_the_focus_back(guide: Page):
    link = guide.locator(FIRST)
    link.focus()
    guide.keyboard.press("Enter")
    card = guide.get_by_role("dialog", name="Reference 1")
    expect(card).to_be_visible()
    expect(card).to_be_focused()
    assert guide.url.endswith("/conditions/als/")
    assert tools.sideways(guide) <= 0
    assert tools.in_words(tools.axe(guide)["violations"]) == []
    guide.keyboard.press("Escape")
    expect(card).to_be_hidden()
    expect(link).to_be_focused()


def test_the_card_takes_its_words_from_the_list(guide: Page):
    guide.locator(FIRST).click()
    words = guide.locator("#ref-1").inner_text().split(" of reference ")[0].split("\n")[0]
    assert words.strip()[:60] in guide.get_by_role("dialog").inner_text()
    assert guide.locator("[id=ref-1]").count() == 1


def test_without_script_a_citation_leads_to_the_list_and_back(reader: BrowserContext):
    page = reader.new_page()
    page.goto("/conditions/als/")
    page.locator(FIRST).click()
    assert page.url.endswith("#ref-1")
    page.locator('#ref-1 a[role="doc-backlink"]').first.click()
    assert "#cite-1-1" in page.url
