"""NT-01, NT-03 in a real browser: a law's text is as large as it asks, as the reader's screen shows it."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import Page

from articles.models import Article
from stemsite.clinic.models import StatutoryText
from tests.browser import tools
from tests.factories import make_clinic, make_guide, make_law, make_wordings, sign_and_publish

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.django_db(transaction=True)]

SIZES = """
() => {
  const size = (element) => parseFloat(getComputedStyle(element).fontSize)
  const words = [...document.querySelectorAll("main *")].filter(
    (element) => [...element.childNodes].some((node) => node.nodeType === 3 && node.data.trim()),
  )
  const law = words.filter((element) => element.closest(".statute"))
  return {
    law: Math.min(...law.map(size)),
    body: size(document.querySelector("main h2 + p")),
    largest: Math.max(...words.filter((element) => !element.closest(".statute")).map(size)),
  }
}
"""


def shown(page: Page, size_rule: str) -> dict[str, Any]:
    make_wordings()
    make_clinic()
    make_law(size_rule=size_rule)
    sign_and_publish(make_guide(slug="als", offers_subject=Article.Offers.YES))
    page.goto("/conditions/als/")
    return dict(page.evaluate(SIZES))


@pytest.mark.parametrize("width", [1280, 320])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_nt_03_nothing_on_the_page_is_larger_than_a_text_that_must_be_the_largest(page, width, scheme):
    page.set_viewport_size({"width": width, "height": 640})
    page.emulate_media(color_scheme=scheme)
    sizes = shown(page, StatutoryText.SizeRule.LARGEST)
    assert sizes["law"] >= sizes["largest"] > sizes["body"]
    assert tools.sideways(page) == 0
    assert tools.in_words(tools.axe(page)["violations"]) == []


def test_nt_01_a_law_without_such_a_rule_is_as_large_as_the_body(page):
    sizes = shown(page, StatutoryText.SizeRule.BODY)
    assert sizes["body"] <= sizes["law"] < sizes["largest"]
