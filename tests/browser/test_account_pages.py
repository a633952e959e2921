"""Account pages in a real browser: from the letter to the work queue, by keyboard, shutting nobody out."""

from __future__ import annotations

import re
import time
from collections.abc import Iterator

import pytest
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from playwright.sync_api import Page

from stemsite.access import PRESETS, Role
from stemsite.accounts import staffing
from stemsite.accounts.models import Invitation
from stemsite.mail.models import Delivery
from tests.factories import make_user, make_wordings

from . import tools

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.django_db(transaction=True)]

VIEWS = [((1280, 900), "light"), ((320, 640), "dark")]
PASSWORD = "four quiet words here"


@pytest.fixture(params=VIEWS, ids=["wide light", "narrow dark"])
def looking(request, page: Page) -> Iterator[Page]:
    (width, height), scheme = request.param
    page.set_viewport_size({"width": width, "height": height})
    page.emulate_media(color_scheme=scheme)
    yield page


@pytest.fixture
def letter_path(live_server) -> str:
    """The link in the letter of somebody who was just invited."""
    make_wordings()
    owner = make_user(*PRESETS["Editor"], first_name="Olga", last_name="Owner")
    values = {"email": "maria@example.org", "first_name": "Maria", "last_name": "Lopez", "credentials": "MD"}
    staffing.invite(Invitation(**values, roles=[Role.REVIEWER.value]), by=owner)
    return re.search(r"(/accounts/invitation/\S+/)", Delivery.objects.get(kind="invitation").text)[1]


def problems(page: Page) -> list[str]:
    found = tools.in_words(tools.axe(page)["violations"])
    return [*found, *(["scrolls sideways"] if tools.sideways(page) > 0 else [])]


def press(page: Page, *texts: str) -> None:
    """Fill the fields in the order of the keyboard, and send with Enter."""
    page.locator("main form input:not([type=hidden])").first.focus()
    for text in texts[:-1]:
        page.keyboard.type(text)
        page.keyboard.press("Tab")
    page.keyboard.type(texts[-1])
    with page.expect_navigation():
        page.keyboard.press("Enter")


def test_from_the_letter_to_the_work_queue_by_keyboard(looking: Page, letter_path: str, settings):
    """PUB-147, SEC-09, SEC-12: each page is accessible, and no policy has to give way."""
    settings.STAFF_MFA = "required"
    seen: dict[str, list[str]] = {}

    looking.goto(letter_path)
    seen["invitation"] = problems(looking)
    press(looking, PASSWORD, PASSWORD)
    assert looking.url.endswith("/accounts/2fa/totp/activate/")
    assert looking.locator("img").evaluate("image => image.naturalWidth") > 0
    seen["set up"] = problems(looking)
    secret = looking.locator(".account-key").inner_text()
    press(looking, format_hotp_value(hotp_value(secret, int(time.time()) // 30)))
    assert looking.url.endswith("/accounts/2fa/recovery-codes/")
    seen["recovery codes"] = problems(looking)
    looking.get_by_role("link", name="To work").click()
    assert looking.url.endswith("/admin/")

    for path in (
        "/accounts/2fa/",
        "/accounts/password/change/",
        "/accounts/logout/",
        "/accounts/2fa/recovery-codes/generate/",
    ):
        looking.goto(path)
        seen[path] = problems(looking)
    assert {name: found for name, found in seen.items() if found} == {}


def test_signing_in_by_keyboard(looking: Page, live_server):
    make_wordings()
    make_user(Role.AUTHOR, email="ann@example.org")
    looking.goto("/admin/")
    assert "/accounts/login/" in looking.url
    seen = {"login": problems(looking)}
    looking.locator("[name=login]").focus()
    looking.keyboard.type("ann@example.org")
    looking.locator("[name=password]").focus()
    looking.keyboard.type("wrong")
    with looking.expect_navigation():
        looking.keyboard.press("Enter")
    seen["login refused"] = problems(looking)
    looking.goto("/accounts/password/reset/")
    seen["password reset"] = problems(looking)
    looking.goto("/accounts/login/")
    looking.locator("[name=login]").fill("ann@example.org")
    looking.locator("[name=password]").fill("a long enough password")
    with looking.expect_navigation():
        looking.keyboard.press("Enter")
    assert looking.url.endswith("/admin/")
    looking.goto("/accounts/2fa/offer/")
    seen["offer"] = problems(looking)
    assert {name: found for name, found in seen.items() if found} == {}
