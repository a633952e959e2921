"""Killed browsers, dead networks, ended sessions and faults, in a real browser: what was typed is still there."""

from __future__ import annotations

import re

import pytest
from django.conf import settings as django_settings
from django.contrib.sessions.models import Session
from django.test import Client
from playwright.sync_api import Browser, Page, Route, expect

from articles.models import Article, TextSection
from stemsite.access import Role
from stemsite.publishing.models import Buffer, Version
from tests.factories import make_article, make_clinic, make_reference, make_user, save_draft

from .test_section_editor import BOX, headings, open_form, ready

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.django_db(transaction=True)]

KEPT = re.compile("What you typed is saved for you")
PASSWORD = "a long enough password"


@pytest.fixture
def page(context):
    """A page whose console may tell of what these tests break."""
    return context.new_page()


@pytest.fixture
def editor(log_in):
    make_clinic()
    user = make_user(Role.AUTHOR, Role.PUBLISHER, first_name="Ada", last_name="Editor")
    user.verify_address()
    return log_in(user)


@pytest.fixture
def article(editor):
    found = make_article(by=editor)
    save_draft(found)
    return found


def saved(page: Page) -> None:
    page.locator(".messagelist .success").wait_for()


def press_save(page: Page) -> None:
    page.get_by_role("button", name="Save version", exact=True).press("Enter")


def said(page: Page, words: str) -> None:
    expect(page.locator(".form-status [role=status]")).to_contain_text(words)


def type_at_the_end(page: Page, words: str) -> None:
    page.locator(BOX).first.focus()
    page.keyboard.press("Control+End")
    page.keyboard.type(words)


def another_machine(chromium: Browser, live_server, user) -> Page:
    client = Client()
    client.force_login(user)
    context = chromium.new_context(base_url=live_server.url)
    name = django_settings.SESSION_COOKIE_NAME
    context.add_cookies([{"name": name, "value": client.cookies[name].value, "url": live_server.url}])
    return context.new_page()


def test_pub_74_a_killed_browser_loses_nothing(page, editor, article, chromium, live_server):
    """By keyboard alone: typed, added, reordered, cited; killed; on another machine looked at, taken back, saved."""
    reference = make_reference(authors=[["Barczewska", "Monika"]])
    open_form(page, article)
    type_at_the_end(page, " More words.[")
    page.keyboard.type("barczewska")
    expect(page.locator("#picker-found [role=option]")).to_have_count(1)
    page.keyboard.press("Enter")
    expect(page.locator(f"{BOX} cite")).to_have_count(1)
    page.get_by_role("button", name="Add a section", exact=True).press("Enter")
    expect(page.locator(".section-kinds button").first).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator(":focus")).to_have_attribute("name", re.compile("-heading$"))
    page.keyboard.type("Added at the last moment")
    page.get_by_role("button", name="Move up: Text, Added at the last moment").press("Enter")
    page.wait_for_timeout(1500)  # Past the pause after which it is sent: from here on it waits or it is kept.
    expect(page.locator("#autosave")).to_have_text(KEPT, timeout=20_000)
    page.context.close()

    other = another_machine(chromium, live_server, editor)
    other.goto(f"/admin/articles/article/{article.pk}/change/")
    expect(other.get_by_role("heading", name="You have text here that was not saved")).to_be_visible()
    other.get_by_role("link", name="Compare it with the draft").press("Enter")
    expect(other.locator(".difference")).to_contain_text("Added at the last moment")
    expect(other.locator(".difference ins").first).to_be_visible()
    other.get_by_role("button", name="Take it back into the form").press("Enter")
    ready(other)
    expect(other.locator(".recovered")).to_be_focused()
    assert headings(other) == ["Added at the last moment", "First steps"]
    press_save(other)
    saved(other)
    texts = list(TextSection.objects.order_by("ordering"))
    assert [text.heading for text in texts] == ["Added at the last moment", "First steps"]
    assert f'More words.<cite data-ref="{reference.pk}"></cite>' in texts[1].html
    assert not Buffer.objects.exists()
    other.context.close()


def test_pub_75_the_indicator_tells_and_a_new_page_is_kept_before_its_first_save(page, editor):
    page.goto("/admin/articles/article/add/")
    page.locator(".section-add-last").wait_for()
    page.locator("#id_title").fill("Not saved yet")
    expect(page.locator("#autosave")).to_have_text(KEPT)
    assert dict(Buffer.objects.get().fields)["title"] == "Not saved yet"
    page.locator("#id_title").fill("")
    page.wait_for_timeout(1500)
    press_save(page)
    page.locator(".error-summary").wait_for()
    page.locator("#id_title").fill("A title after all")
    press_save(page)
    saved(page)
    assert Article.objects.get().title == "A title after all"
    assert not Buffer.objects.exists()


def test_pub_80_what_was_typed_and_taken_back_is_not_kept(page, article):
    open_form(page, article)
    title = page.locator("#id_title").input_value()
    page.locator("#id_title").fill("For a moment")
    expect(page.locator("#autosave")).to_have_text(KEPT)
    page.locator("#id_title").fill(title)
    expect(page.locator("#autosave")).to_have_text("")
    page.wait_for_timeout(500)
    assert not Buffer.objects.exists()


def test_pub_76_offline_text_survives_in_the_browser_and_is_brought_once(page, article, context):
    open_form(page, article)
    context.set_offline(True)
    page.locator("#id_summary").fill("Typed on the train.")
    expect(page.locator("#autosave")).to_contain_text("you are offline. It is kept in this browser.")
    assert not Buffer.objects.exists()
    page.close(run_before_unload=False)
    context.set_offline(False)

    again = context.new_page()
    sends = []
    again.on("request", lambda request: sends.append(request.url) if request.url.endswith("/buffer/") else None)
    again.goto(f"/admin/articles/article/{article.pk}/change/")
    expect(again.get_by_role("heading", name="You have text here that was not saved")).to_be_visible()
    assert dict(Buffer.objects.get().fields)["summary"] == "Typed on the train."
    assert len(sends) == 1
    again.reload()
    expect(again.get_by_role("button", name="Let it go")).to_be_visible()
    again.wait_for_timeout(300)
    assert len(sends) == 1
    assert again.evaluate("Object.keys(localStorage).filter((key) => key.includes('unsaved'))") == []


def test_pub_76_on_reconnect_the_open_form_is_kept(page, article, context):
    open_form(page, article)
    context.set_offline(True)
    page.locator("#id_summary").fill("Typed in a tunnel.")
    press_save(page)
    said(page, "Not saved: you are offline. Everything you typed is still here.")
    context.set_offline(False)
    expect(page.locator("#autosave")).to_have_text(KEPT)
    press_save(page)
    saved(page)
    article.refresh_from_db()
    assert article.summary == "Typed in a tunnel."


def sign_in_here(page: Page, email: str) -> Page:
    with page.expect_popup() as opened:
        page.get_by_role("button", name="Sign in in a small window").press("Enter")
    window = opened.value
    window.locator("input[name=login]").fill(email)
    window.locator("input[name=password]").fill(PASSWORD)
    window.keyboard.press("Enter")
    return window


def test_pub_77_an_ended_session_is_signed_in_to_in_place_and_the_same_save_completes(page, editor, article):
    open_form(page, article)
    page.locator("#id_title").fill("Typed before the session ended")
    expect(page.locator("#autosave")).to_have_text(KEPT)
    Session.objects.all().delete()
    press_save(page)
    expect(page.get_by_role("dialog", name="Sign in to go on")).to_be_visible()
    sign_in_here(page, editor.email)
    saved(page)
    article.refresh_from_db()
    assert article.title == "Typed before the session ended"
    assert article.versions.latest("number").created_by == editor


def test_pub_77_somebody_else_can_neither_see_nor_save_that_text(page, editor, article):
    other = make_user(Role.PUBLISHER, first_name="Bea", last_name="Colleague")
    other.verify_address()
    open_form(page, article)
    page.locator("#id_title").fill("For Ada alone")
    Session.objects.all().delete()
    press_save(page)
    sign_in_here(page, other.email)
    dialog = page.get_by_role("dialog", name="Sign in to go on")
    expect(dialog).to_contain_text("Bea Colleague is signed in now")
    expect(page.locator("#id_title")).to_be_hidden()
    page.keyboard.press("Escape")
    expect(dialog).to_be_visible()
    assert not Version.objects.filter(content__title="For Ada alone").exists()
    assert all(row.user == editor for row in Buffer.objects.all())


def test_pub_78_a_login_in_another_tab_leaves_the_old_form_working(page, editor, article, context):
    """CSRF checks are on, and the login has changed the token."""
    open_form(page, article)
    page.locator("#id_title").fill("From the older form")
    before = page.locator("input[name=csrfmiddlewaretoken]").first.input_value()
    Session.objects.all().delete()
    tab = context.new_page()
    tab.goto("/accounts/login/")
    tab.locator("input[name=login]").fill(editor.email)
    tab.locator("input[name=password]").fill(PASSWORD)
    tab.keyboard.press("Enter")
    tab.wait_for_url(re.compile("/admin/"))
    page.bring_to_front()
    press_save(page)
    saved(page)
    article.refresh_from_db()
    assert article.title == "From the older form"
    assert page.locator("input[name=csrfmiddlewaretoken]").first.input_value() != before


@pytest.mark.parametrize(
    ("status", "words"),
    [(413, "more text than the site takes"), (500, "the site had a fault (500)"), (0, "the site does not answer")],
)
def test_pub_81_when_saving_fails_the_form_stays_filled_and_says_what_to_do(page, article, status, words):
    open_form(page, article)
    page.locator("#id_title").fill("Still here")
    type_at_the_end(page, " And this.")

    def fail(route: Route) -> None:
        if route.request.method != "POST" or not route.request.url.endswith("/change/"):
            route.continue_()
        elif status:
            route.fulfill(status=status, body="<h1>Fault</h1>", content_type="text/html")
        else:
            route.abort()

    page.route("**/change/", fail)
    press_save(page)
    said(page, words)
    assert page.locator("#id_title").input_value() == "Still here"
    expect(page.locator(BOX).first).to_contain_text("And this.")
    expect(page.locator("#autosave")).to_have_text(KEPT)
    page.unroute("**/change/")
    press_save(page)
    saved(page)
    article.refresh_from_db()
    assert article.title == "Still here"
