"""PUB-120 in a real browser: what a key does, while nobody types, and after it was switched off."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from stemsite.access import Role
from tests.browser import tools
from tests.factories import make_article, make_clinic, make_user, make_wordings, save_draft

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def eda(db):
    make_wordings()
    make_clinic()
    return make_user(Role.AUTHOR, Role.PUBLISHER, first_name="Eda", last_name="Editor")


def listed(page: Page):
    return page.get_by_role("dialog", name="Keyboard shortcuts")


def ready(page: Page) -> None:
    expect(page.locator("#keys-way")).to_have_attribute("aria-keyshortcuts", "?")


@pytest.mark.parametrize(("width", "scheme"), [(1280, "light"), (320, "dark")])
def test_pub_120_a_question_mark_lists_them_and_escape_gives_the_focus_back(page, log_in, eda, width, scheme):
    page.set_viewport_size({"width": width, "height": 800})
    page.emulate_media(color_scheme=scheme)
    log_in(eda)
    page.goto("/admin/")
    ready(page)
    way = page.get_by_role("link", name="Second factor")
    way.focus()
    page.keyboard.press("Shift+?")
    expect(listed(page)).to_be_visible()
    expect(listed(page).get_by_text("Save the form you are in")).to_be_visible()
    assert tools.in_words(tools.axe(page)["violations"]) == []
    page.keyboard.press("Escape")
    expect(listed(page)).to_be_hidden()
    expect(way).to_be_focused()


def test_pub_120_no_shortcut_fires_while_somebody_types(page, log_in, eda):
    draft = make_article(by=eda, keeper=eda, title="A quiet draft")
    save_draft(draft, by=eda)
    log_in(eda)
    page.goto(f"/admin/articles/article/{draft.pk}/change/")
    ready(page)
    title = page.locator("#id_title")
    title.press("End")
    page.keyboard.type("?")
    expect(title).to_have_value("A quiet draft?")
    text = page.locator("[contenteditable=true]").first
    text.focus()
    page.keyboard.press("Shift+?")
    expect(text).to_contain_text("?")
    expect(listed(page)).to_have_count(0)


def test_pub_120_switched_off_no_key_does_anything_and_links_still_do(page, log_in, eda):
    log_in(eda)
    page.goto("/admin/keys/")
    assert tools.in_words(tools.axe(page)["violations"]) == []
    page.get_by_role("button", name="Switch shortcuts off").press("Enter")
    expect(page.get_by_text("Keyboard shortcuts are off for you.")).to_be_visible()
    page.wait_for_load_state("load")
    page.keyboard.press("Shift+?")
    page.keyboard.press("Control+k")
    way = page.locator("#find-way")
    expect(way).not_to_have_attribute("aria-keyshortcuts", "Control+K")
    way.press("Enter")
    expect(page.get_by_role("dialog", name="Find")).to_be_visible()
    expect(listed(page)).to_have_count(0)
    page.keyboard.press("Escape")
    page.get_by_role("button", name="Switch shortcuts on").press("Enter")
    expect(page.get_by_text("Keyboard shortcuts are on for you.")).to_be_visible()
    ready(page)
    page.keyboard.press("Shift+?")
    expect(listed(page)).to_be_visible()


def test_pub_120_on_a_phone_the_list_begins_at_its_beginning(page, log_in, eda):
    """The buttons stand below it, and a dialog that gives one of them the focus opens scrolled to its end."""
    page.set_viewport_size({"width": 390, "height": 500})
    log_in(eda)
    page.goto("/admin/")
    ready(page)
    page.keyboard.press("Shift+?")
    expect(listed(page)).to_be_visible()
    assert listed(page).evaluate("dialog => [dialog.scrollTop, dialog.scrollHeight > dialog.clientHeight]") == [0, True]
    page.keyboard.press("Tab")
    expect(listed(page).get_by_role("button", name="Close")).to_be_focused()
