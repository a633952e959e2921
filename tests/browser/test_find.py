"""PUB-118 in a real browser: by keyboard alone, judged by axe, and without script."""

from __future__ import annotations

import re
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from articles.models import TextSection
from stemsite.access import Role
from tests.browser import tools
from tests.factories import make_article, make_clinic, make_user, make_wordings, save_draft

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def draft(db) -> Any:
    make_wordings()
    make_clinic()
    eda = make_user(Role.AUTHOR, Role.PUBLISHER, Role.OWNER, first_name="Eda", last_name="Editor")
    page = make_article(by=eda, keeper=eda, title="A quiet draft")
    html = "<p>The wandering <strong>heron</strong> waits at the water.</p>"
    TextSection.objects.create(parent=page, region="main", ordering=90, heading="Out on the marsh", html=html)
    save_draft(page, by=eda)
    return page


def dialog(page: Page) -> Any:
    return page.get_by_role("dialog", name="Find")


def test_pub_118_ctrl_k_finds_and_goes_there_by_keyboard_alone(page, log_in, draft):
    log_in(draft.created_by)
    page.goto("/admin/")
    expect(page.locator("#find-way")).to_have_attribute("aria-keyshortcuts", "Control+K")
    page.keyboard.press("Control+k")
    box = dialog(page).get_by_role("textbox")
    expect(box).to_be_focused()
    page.keyboard.type("wandering heron")
    expect(dialog(page).get_by_role("status")).to_have_text("1 found.")
    link = dialog(page).get_by_role("link", name="A quiet draft")
    expect(link).to_be_visible()
    expect(dialog(page).locator("mark")).to_have_text("wandering heron")
    page.keyboard.press("ArrowDown")
    expect(link).to_be_focused()
    page.keyboard.press("ArrowUp")
    expect(box).to_be_focused()
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile(rf"/article/{draft.pk}/change/#articles_textsection_set-"))


def test_pub_118_enter_waits_for_the_answer_and_escape_gives_the_focus_back(page, log_in, draft):
    log_in(draft.created_by)
    page.goto("/admin/notices/")
    way = page.locator("#find-way")
    expect(way).to_have_attribute("aria-keyshortcuts", "Control+K")
    way.press("Enter")
    expect(dialog(page)).to_be_visible()
    page.keyboard.press("Escape")
    expect(dialog(page)).to_be_hidden()
    expect(way).to_be_focused()
    page.keyboard.press("Control+k")
    page.keyboard.type("broken links")
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile(r"/admin/links/$"))


def test_pub_118_the_text_editor_keeps_its_own_meaning_of_the_keys(page, log_in, draft):
    log_in(draft.created_by)
    page.goto(f"/admin/articles/article/{draft.pk}/change/")
    text = page.locator(".ProseMirror[contenteditable]").first
    text.click()
    expect(text).to_be_focused()
    page.keyboard.press("Control+k")
    page.keyboard.press("Escape")
    expect(dialog(page)).to_have_count(0)


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1280, 320])
def test_pub_118_axe_finds_nothing_in_the_dialog_and_on_the_page(page, log_in, draft, width, scheme):
    page.set_viewport_size({"width": width, "height": 900})
    page.emulate_media(color_scheme=scheme)
    log_in(draft.created_by)
    page.goto("/admin/find/")
    page.get_by_label("Words, a phrase").fill("heron")
    page.get_by_role("button", name="Find", exact=True).press("Enter")
    expect(page.get_by_role("link", name="A quiet draft")).to_be_visible()
    assert tools.in_words(tools.axe(page)["violations"]) == []
    assert tools.sideways(page) == 0
    page.keyboard.press("Control+k")
    page.keyboard.type("quiet")
    expect(dialog(page).get_by_role("link", name="A quiet draft")).to_be_visible()
    assert tools.in_words(tools.axe(page)["violations"]) == []


def test_pub_118_it_works_without_script(chromium, live_server, log_in, context, draft):
    log_in(draft.created_by)
    plain = chromium.new_context(base_url=live_server.url, java_script_enabled=False)
    plain.add_cookies(context.cookies())
    page = plain.new_page()
    page.goto("/admin/")
    page.get_by_role("link", name="Find Ctrl K").press("Enter")
    page.get_by_label("Words, a phrase").fill("wandering heron")
    page.get_by_label("Words, a phrase").press("Enter")
    expect(page.get_by_role("link", name="A quiet draft")).to_be_visible()
    plain.close()
