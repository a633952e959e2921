"""The screens on the way to a publication, in a real browser: by keyboard alone, and judged by axe."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from articles.models import TextSection
from stemsite.access import Role
from stemsite.publishing import workflow
from stemsite.publishing.models import Page as Published
from tests.browser import tools
from tests.factories import (
    make_article,
    make_clinic,
    make_guide,
    make_reviewer,
    make_user,
    make_wordings,
    save_draft,
    sign_and_publish,
)

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def editor(db) -> Any:
    make_wordings()
    make_clinic()
    return make_user(Role.AUTHOR, Role.PUBLISHER, first_name="Eda", last_name="Editor")


@pytest.fixture
def reviewer(db) -> Any:
    return make_reviewer().user


@pytest.fixture
def guide(editor, reviewer) -> Any:
    """A guide that is live and has another draft in review."""
    found = make_guide(by=editor, keeper=editor)
    sign_and_publish(found, by=editor, reviewer=reviewer)
    section = TextSection.objects.get(parent=found, role="harms")
    section.html = "<p>About harms, <strong>more</strong> is known now.</p>"
    section.save()
    TextSection.objects.create(parent=found, region="main", ordering=85, heading="Free", html="<p>New words.</p>")
    save_draft(found, by=editor)
    workflow.submit(found, by=editor, note="Please look at harms.")
    return found


def press(page: Page, name: str) -> None:
    """Reach the button named ``name`` with the Tab key and press it."""
    for _ in range(200):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.textContent.trim() || document.activeElement.value") == name:
            page.keyboard.press("Enter")
            return
    raise AssertionError(f"no way to “{name}” by Tab")


def test_from_draft_to_readers_by_keyboard_alone(page, context, log_in, editor, reviewer):
    """PUB-117, PUB-145: submit, sign on a phone, publish; the public page answers."""
    article = make_article(by=editor)
    save_draft(article)
    log_in(editor)
    page.goto(f"/admin/pages/{article.pk}/")
    press(page, "Submit for review")
    expect(page.locator(".messagelist .success")).to_contain_text("Submitted for review")
    log_in(reviewer)
    page.set_viewport_size({"width": 320, "height": 640})
    page.goto(f"/admin/pages/{article.pk}/")
    expect(page.get_by_role("heading", name="The whole text of version")).to_be_visible()
    assert tools.sideways(page) == 0
    press(page, "Sign this version")
    expect(page.locator(".messagelist .success")).to_contain_text("Signed")
    log_in(editor)
    page.set_viewport_size({"width": 1280, "height": 900})
    page.goto(f"/admin/pages/{article.pk}/")
    press(page, "Publish now")
    expect(page.locator(".messagelist .success")).to_contain_text("Published")
    assert page.goto(Published.objects.get(pk=article.pk).live_path).status == 200


def test_preview_opens_beside_the_form_and_leaves_what_is_typed(page, context, log_in, editor):
    """PUB-31"""
    article = make_article(by=editor)
    log_in(editor)
    page.goto(f"/admin/articles/article/{article.pk}/change/")
    page.locator("#id_title").fill("A title nobody saved")
    with context.expect_page() as opened:
        page.get_by_role("button", name="Preview in a window", exact=True).press("Enter")
    expect(opened.value.get_by_role("heading", level=1)).to_have_text("A title nobody saved")
    expect(page.locator("#id_title")).to_have_value("A title nobody saved")
    assert Published.objects.get(pk=article.pk).title == article.title


def test_control_s_saves_a_version_and_stays(page, log_in, editor):
    article = make_article(by=editor)
    log_in(editor)
    page.goto(f"/admin/articles/article/{article.pk}/change/")
    page.locator("#id_title").fill("Saved from the keyboard")
    page.keyboard.press("Control+s")
    expect(page.locator(".messagelist .success")).to_be_visible()
    assert page.url.endswith("/change/")
    assert Published.objects.get(pk=article.pk).versions.get().title == "Saved from the keyboard"


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1280, 320])
def test_axe_finds_nothing_on_the_screens_of_a_page(page, log_in, editor, reviewer, guide, width, scheme):
    """PUB-117: the way to a publication, wide and narrow, light and dark."""
    page.set_viewport_size({"width": width, "height": 900})
    page.emulate_media(color_scheme=scheme)
    older, newer = guide.versions.order_by("number").values_list("pk", flat=True)
    addresses = {
        reviewer: [f"/admin/pages/{guide.pk}/"],
        editor: [
            f"/admin/pages/{guide.pk}/",
            f"/admin/pages/{guide.pk}/history/",
            f"/admin/pages/{guide.pk}/on/",
            f"/admin/versions/{older}/{newer}/",
            "/admin/publishing/page/?queue=review",
            "/admin/",
        ],
    }
    for user, places in addresses.items():
        log_in(user)
        for address in places:
            page.goto(address)
            for details in page.locator("details.step").all():
                details.evaluate("each => { each.open = true; }")
            assert tools.in_words(tools.axe(page)["violations"]) == [], address
            assert tools.sideways(page) == 0, address


def test_a_conflict_keeps_what_was_typed_and_tells_how_to_go_on(context: BrowserContext, log_in, editor):
    """PUB-67: in the editor itself, with its rich texts."""
    article = make_article(by=editor)
    save_draft(article)
    log_in(editor)
    mine, theirs = context.new_page(), context.new_page()
    for window in (mine, theirs):
        window.on("dialog", lambda dialog: dialog.accept())
        window.goto(f"/admin/articles/article/{article.pk}/change/")
    theirs.locator("#id_summary").fill("Saved in the other window.")
    theirs.keyboard.press("Control+s")
    theirs.locator(".messagelist .success").wait_for()
    box = mine.locator(".ProseMirror[contenteditable=true]").first
    box.click()
    mine.keyboard.press("Control+End")
    mine.keyboard.type(" My own last words.")
    mine.keyboard.press("Control+s")
    mine.locator(".conflict").wait_for()
    expect(mine.locator(".ProseMirror[contenteditable=true]").first).to_contain_text("My own last words.")
    expect(mine.locator(".conflict")).to_contain_text("Saved in the other window.")
    assert tools.in_words(tools.axe(mine)["violations"]) == []
    mine.get_by_role("button", name="Save my text over it").press("Enter")
    mine.locator(".messagelist .success").wait_for()
    assert "My own last words." in article.articles_textsection_set.get().html
