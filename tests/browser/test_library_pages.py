"""The library's screens in a real browser: accessible, narrow and dark, and nothing refused by the content policy."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page

from . import tools
from .example_site import PASSWORD, Site
from .test_public_pages import VIEWS

pytestmark = [pytest.mark.browser, pytest.mark.slow]

SCREENS = (
    "/admin/studies/reference/",
    "/admin/studies/reference/add/",
    "/admin/studies/reference/1/change/",
    "/admin/studies/reference/1/delete/",
    "/admin/studies/reference/1/history/",
    "/admin/studies/references/1/check/",
    "/admin/studies/board/",
    "/admin/studies/importbatch/",
    "/admin/studies/importbatch/add/",
    "/admin/studies/condition/1/change/",
    "/admin/studies/intervention/1/change/",
    "/admin/studies/integrityevent/",
    "/admin/studies/integrityevent/add/",
    "/admin/clinic/clinic/1/change/",
    "/admin/clinic/person/",
    "/admin/clinic/person/1/change/",
    "/admin/clinic/wording/",
    "/admin/clinic/wording/1/change/",
    "/admin/clinic/wording/add/?after=1",
    "/admin/images/picture/",
    "/admin/images/picture/add/",
    "/admin/publishing/redirect/",
    "/admin/publishing/redirect/add/",
    "/admin/articles/menuitem/",
    "/admin/articles/topic/add/",
    "/admin/tasks/job/",
    "/admin/tasks/periodicrun/",
    "/admin/mail/delivery/",
    "/admin/mail/delivery/letters/",
    "/admin/audit/auditevent/",
    "/admin/reports/",
)


@pytest.fixture(params=["1280 light", "320 dark"])
def owner(request, chromium: Browser, example_site: Site) -> Iterator[Page]:
    context = chromium.new_context(base_url=example_site.url, **VIEWS[request.param])
    page = context.new_page()
    page.goto("/accounts/login/")
    page.fill("input[name=login]", "owner@example.org")
    page.fill("input[name=password]", PASSWORD)
    page.press("input[name=password]", "Enter")
    page.wait_for_url("**/admin/**")
    yield page
    context.close()


def test_axe_finds_nothing_on_the_screens_of_the_library(owner: Page):
    """PUB-117: no violation, no sideways scroll of the page, nothing that the policy refuses."""
    complaints: list[str] = []
    owner.on("console", lambda message: message.type == "error" and complaints.append(message.text))
    found: dict[str, list[str]] = {}
    for screen in SCREENS:
        answer = owner.goto(screen)
        assert answer is not None
        assert answer.status == 200, screen
        problems = tools.in_words(tools.axe(owner)["violations"])
        if (wider := tools.sideways(owner)) > 0:
            problems.append(f"scrolls sideways by {wider} px")
        if problems:
            found[screen] = problems
    assert found == {}
    assert complaints == []
