"""PAGE-09 in a real browser: with script and without, a note is sent from the end of a page."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser, expect

from .example_site import Site

pytestmark = [pytest.mark.browser, pytest.mark.slow]


@pytest.mark.parametrize("script", [True, False])
def test_page_09_a_reader_tells_of_a_part_of_a_page_and_is_thanked(chromium: Browser, example_site: Site, script: bool):
    context = chromium.new_context(
        base_url=example_site.url, java_script_enabled=script, viewport={"width": 320, "height": 640}
    )
    page = context.new_page()
    page.goto("/blog/")
    page.locator(".entry a").first.click()
    page.get_by_role("link", name="Tell us, or report a problem").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Was this page clear?")
    page.get_by_role("button", name="Send").click()
    expect(page.get_by_role("alert")).to_contain_text("Choose one of the answers.")
    page.get_by_label("No, not quite").check()
    page.get_by_label("Which part?").select_option(index=1)
    page.get_by_label("What should be clearer, or is wrong?").fill(f"A word is not explained, with script: {script}.")
    page.get_by_role("button", name="Send").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Thank you for telling us")
    assert page.url.endswith("/feedback/thanks/")
    context.close()
