"""Clauses of the editor's statements that only a real browser can show (PUB-64, PUB-75, PUB-77, AX-18)."""

from __future__ import annotations

import itertools
import time
from collections.abc import Callable

import pytest
from allauth.mfa.totp.internal.auth import TOTP, format_hotp_value, generate_totp_secret, hotp_value
from django.contrib.sessions.models import Session
from django.utils import timezone
from playwright.sync_api import Page, Route, expect

from stemsite.access import Role
from stemsite.publishing import workflow
from stemsite.publishing.models import Buffer, Schedule
from tests.factories import make_article, make_clinic, make_reviewer, make_user, make_wordings, save_draft
from tests.staff_forms import opened, save, signed_in

from .test_nothing_is_lost import KEPT, PASSWORD, press_save, saved
from .test_section_editor import open_form

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def page(context):
    """A page whose console may tell of what these tests break."""
    return context.new_page()


@pytest.fixture
def editor(log_in):
    make_wordings()
    make_clinic()
    user = make_user(Role.AUTHOR, Role.PUBLISHER, first_name="Ada", last_name="Editor")
    user.verify_address()
    return log_in(user)


@pytest.fixture
def article(editor):
    found = make_article(by=editor)
    save_draft(found)
    return found


def until(page: Page, is_so: Callable[[], object], *, step: int = 250, at_most: int = 400) -> None:
    """Let the page's own clock, which is ours, go on step by step until ``is_so``."""
    for _ in range(at_most):
        if is_so():
            return
        page.clock.run_for(step)
    raise AssertionError("it never came about")


def test_pub_75_one_request_is_under_way_and_the_newest_text_follows_it(page, article):
    held: list[Route] = []
    page.route("**/buffer/", lambda route: held.append(route))
    page.clock.install()
    open_form(page, article)
    page.locator("#id_title").fill("First words")
    until(page, lambda: held)
    for words in ("Second words", "Third words"):
        page.locator("#id_title").fill(words)
        page.clock.run_for(5000)
    expect(page.locator("#autosave")).to_have_text("Saving what you type …")
    assert len(held) == 1
    held[0].continue_()
    until(page, lambda: len(held) == 2)
    assert "Third words" in held[1].request.post_data and "Second words" not in held[1].request.post_data
    held[1].continue_()
    expect(page.locator("#autosave")).to_have_text(KEPT)
    assert dict(Buffer.objects.get().fields)["title"] == "Third words"


def test_pub_75_what_could_not_be_kept_is_tried_again_with_growing_delay(page, article):
    """Measured on the page's own clock: no wait is shorter than the one before it doubled."""
    tried: list[int] = []

    def fail(route: Route) -> None:
        tried.append(now[0])
        route.abort()

    now = [0]
    page.route("**/buffer/", fail)
    page.clock.install()
    open_form(page, article)
    page.locator("#id_title").fill("Words for nobody yet")

    def come(number: int) -> Callable[[], bool]:
        def has_come() -> bool:
            now[0] += 250
            return len(tried) >= number

        return has_come

    until(page, come(5))
    waits = [later - earlier for earlier, later in itertools.pairwise(tried)]
    assert [wait >= least - 250 for wait, least in zip(waits, (1000, 2000, 4000, 8000), strict=True)] == [True] * 4
    expect(page.locator("#autosave")).to_contain_text(
        "Not saved: the site does not answer. It is kept in this browser."
    )
    page.unroute("**/buffer/")
    until(page, Buffer.objects.exists)
    assert dict(Buffer.objects.get().fields)["title"] == "Words for nobody yet"


def test_pub_75_nothing_is_sent_while_a_conflict_waits_for_a_decision(page, article):
    open_form(page, article)
    theirs = signed_in(make_user(Role.PUBLISHER))
    assert save(theirs, article, opened(theirs, article), title="Theirs").status_code == 302
    page.locator("#id_title").fill("Mine")
    press_save(page)
    page.locator(".conflict").wait_for()
    sent: list[str] = []
    page.on("request", lambda request: sent.append(request.url) if request.url.endswith("/buffer/") else None)
    page.locator("#id_summary").fill("Typed while it waits.")
    expect(page.locator("#autosave")).to_contain_text("Not saved on the server until you decide above.")
    assert sent == []


def test_pub_77_the_login_in_place_asks_for_the_second_factor_and_the_same_save_completes(page, editor, article):
    secret = generate_totp_secret()
    TOTP.activate(editor, secret)
    open_form(page, article)
    page.locator("#id_title").fill("Typed before the session ended")
    Session.objects.all().delete()
    press_save(page)
    with page.expect_popup() as popup:
        page.get_by_role("button", name="Sign in in a small window").press("Enter")
    window = popup.value
    window.locator("input[name=login]").fill(editor.email)
    window.locator("input[name=password]").fill(PASSWORD)
    window.keyboard.press("Enter")
    window.locator("input[name=code]").wait_for()
    article.refresh_from_db()
    assert article.title != "Typed before the session ended", "the password alone saves nothing"
    window.locator("input[name=code]").fill(format_hotp_value(hotp_value(secret, int(time.time()) // 30)))
    window.keyboard.press("Enter")
    saved(page)
    article.refresh_from_db()
    assert article.title == "Typed before the session ended"


def test_ax_18_a_publication_is_scheduled_by_keyboard_and_told_on_the_own_clock(chromium, live_server, editor):
    """PUB-64: somebody in Tokyo chooses a time on the clinic's clock and reads what that is on theirs."""
    article = make_article(by=editor)
    version = workflow.submit(article, by=editor)
    workflow.sign(article, by=make_reviewer().user, version_id=version.pk)
    context = chromium.new_context(base_url=live_server.url, timezone_id="Asia/Tokyo", locale="en-US")
    client = signed_in(editor)
    [name] = [each for each in client.cookies if "session" in each]
    context.add_cookies([{"name": name, "value": client.cookies[name].value, "url": live_server.url}])
    page = context.new_page()
    page.goto(f"/admin/pages/{article.pk}/")
    form = page.locator("form[action$='/schedule/']")
    if not form.is_visible():
        page.locator("details", has=form).locator("summary").press("Enter")
    form.locator("[name$='-day']").fill("2099-07-01")
    form.locator("[name$='-time']").fill("08:00")
    expect(form).to_contain_text("On the clinic's clock (America/New_York).")
    expect(form).to_contain_text("That is Jul 1, 2099, 9:00 PM on your clock.")
    form.get_by_role("button", name="Schedule", exact=True).press("Enter")
    expect(page.locator(".messagelist .success")).to_be_visible()
    due = Schedule.objects.get().due_at
    assert timezone.localtime(due).strftime("%Y-%m-%d %H:%M %Z") == "2099-07-01 08:00 EDT"
    expect(page.get_by_text("9:00 PM on your clock").first).to_be_visible()
    context.close()
