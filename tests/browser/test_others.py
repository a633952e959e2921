"""PUB-73 in a real browser: two people, one page, and what each is told of the other."""

from __future__ import annotations

from typing import Any

import pytest
from django.conf import settings
from django.test import Client
from playwright.sync_api import Browser, Page, expect

from stemsite.access import Role
from tests.browser import tools
from tests.factories import make_article, make_clinic, make_user, make_wordings, save_draft

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.django_db(transaction=True)]

SOON = 60_000
LATER = 120_000


@pytest.fixture
def article(db) -> Any:
    make_wordings()
    make_clinic()
    found = make_article()
    save_draft(found)
    return found


@pytest.fixture
def colleague(chromium: Browser, live_server) -> Any:
    """Bea, at another machine."""
    client = Client()
    client.force_login(make_user(Role.PUBLISHER, first_name="Bea", last_name="Colleague"))
    context = chromium.new_context(base_url=live_server.url)
    cookie = {"name": settings.SESSION_COOKIE_NAME, "value": client.cookies[settings.SESSION_COOKIE_NAME].value}
    context.add_cookies([{**cookie, "url": live_server.url}])
    yield context.new_page()
    context.close()


def open_form(page: Page, article: Any) -> Any:
    page.goto(f"/admin/articles/article/{article.pk}/change/")
    return page.locator("#others")


def test_pub_73_two_people_are_told_of_each_other_and_that_one_left(page, log_in, article, colleague):
    log_in(make_user(Role.PUBLISHER, first_name="Ada", last_name="Editor"))
    page.set_viewport_size({"width": 320, "height": 640})
    page.emulate_media(color_scheme="dark")
    hers = open_form(colleague, article)
    mine = open_form(page, article)
    expect(mine).to_have_text("Bea Colleague has this page open too. Whoever saves second is shown both texts.")
    expect(hers).to_contain_text("Ada Editor has this page open too.", timeout=SOON)
    for window in (page, colleague):
        assert tools.in_words(tools.axe(window)["violations"]) == []
        assert tools.sideways(window) == 0
    colleague.goto("/admin/")
    expect(mine).to_be_hidden(timeout=LATER)


def test_pub_73_a_tab_in_the_background_counts_while_its_text_is_not_saved(page, log_in, article, colleague):
    """Turned away from with nothing typed it leaves; with something typed it stays."""
    log_in(make_user(Role.PUBLISHER, first_name="Ada", last_name="Editor"))
    hers = open_form(colleague, article)
    mine = open_form(page, article)
    expect(mine).to_contain_text("Bea Colleague has this page open too.")
    turn = """is => { Object.defineProperty(document, "hidden", {configurable: true, get: () => is})
                      document.dispatchEvent(new Event("visibilitychange")) }"""
    colleague.evaluate(turn, True)
    expect(mine).to_be_hidden(timeout=LATER)
    colleague.evaluate(turn, False)
    expect(mine).to_contain_text("Bea Colleague has this page open too.", timeout=SOON)
    colleague.locator("#id_summary").fill("Typed and not saved.")
    colleague.evaluate(turn, True)
    expect(mine).to_contain_text("Bea Colleague (with text not saved yet)", timeout=SOON)
    expect(hers).to_contain_text("Ada Editor")
