"""PAGE-25: a term opens its definition in place, by mouse and by keyboard; without script it is a link."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, Route, expect

from . import tools
from .example_site import Site

pytestmark = [pytest.mark.browser, pytest.mark.slow]

PAGE = "/blog/why-a-comparison-group-matters/"
TERM = 'a[href="/glossary/#placebo"]'
WORDS = "looks like the real one"


@pytest.fixture(params=[(1280, "light"), (320, "dark")], ids=["wide light", "narrow dark"])
def article(request, chromium: Browser, example_site: Site) -> Iterator[Page]:
    width, scheme = request.param
    context = chromium.new_context(
        base_url=example_site.url, viewport={"width": width, "height": 640}, color_scheme=scheme
    )
    page = context.new_page()
    page.goto(PAGE)
    page.wait_for_load_state("networkidle")  # The module has run, so a press opens the definition.
    yield page
    context.close()


def test_the_definition_opens_in_place_closes_with_esc_and_keeps_the_readers_spot(article: Page):
    asked: list[str] = []
    article.on("request", lambda request: asked.append(request.url))
    link = article.locator(TERM)
    link.focus()
    place = article.evaluate("window.scrollY")
    article.keyboard.press("Enter")
    card = article.get_by_role("dialog", name="placebo")
    expect(card).to_be_visible()
    expect(card).to_be_focused()
    expect(card).to_contain_text(WORDS)
    expect(card).to_contain_text("Reviewed")
    assert article.url.endswith(PAGE)
    assert tools.sideways(article) <= 0
    assert tools.in_words(tools.axe(article)["violations"]) == []
    article.keyboard.press("Escape")
    expect(card).to_be_hidden()
    expect(link).to_be_focused()
    assert article.evaluate("window.scrollY") == place
    link.press("Enter")
    expect(card).to_be_visible()
    assert len([url for url in asked if "/glossary/" in url]) == 1, "the glossary is fetched once"


def test_from_the_card_on_to_the_glossary(article: Page):
    article.locator(TERM).click()
    article.get_by_role("link", name="See it in the glossary").click()
    article.wait_for_url("**/glossary/#placebo")
    expect(article.locator("#placebo")).to_be_in_viewport()


def _is_asked_by_script(route: Route) -> bool:
    return route.request.resource_type == "fetch"


def test_where_the_glossary_does_not_answer_the_link_is_followed(article: Page):
    article.route("**/glossary/", lambda route: route.abort() if _is_asked_by_script(route) else route.continue_())
    article.locator(TERM).click()
    article.wait_for_url("**/glossary/#placebo")


def test_without_script_the_term_leads_to_its_definition(reader: BrowserContext):
    page = reader.new_page()
    page.goto(PAGE)
    page.locator(TERM).click()
    page.wait_for_url("**/glossary/#placebo")
    expect(page.locator("#placebo")).to_contain_text(WORDS)
