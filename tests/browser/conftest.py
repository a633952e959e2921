"""A real browser on a real server: pages, and logins as a role by session cookie."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.conf import settings as django_settings
from django.test import Client
from django.test.testcases import _StaticFilesHandler
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, sync_playwright
from pytest_django.live_server_helper import LiveServer

CHROMIUM = os.environ.get("CHROMIUM", "/usr/bin/chromium")
ARGUMENTS = [
    *("--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"),
    *("--disable-background-networking", "--disable-component-update", "--disable-sync"),
]

Complaints = list[str]


@pytest.fixture(scope="session")
def live_server() -> Iterator[LiveServer]:
    """pytest-django's own, but with the collected static files: their hashed names are what pages load."""
    server = LiveServer("localhost", start=False)
    server.thread.static_handler = _StaticFilesHandler
    server.start()
    yield server
    server.stop()


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        yield browser
        browser.close()


@pytest.fixture
def context(browser: Browser, live_server: Any) -> Iterator[BrowserContext]:
    context = browser.new_context(base_url=live_server.url, viewport={"width": 1280, "height": 900})
    context.set_default_timeout(8000)
    yield context
    context.close()


@pytest.fixture
def complaints() -> Complaints:
    """What the browser found wrong: script errors, console errors, refusals of the content policy."""
    return []


@pytest.fixture
def page(context: BrowserContext, complaints: Complaints) -> Page:
    page = context.new_page()

    def heard(message: ConsoleMessage) -> None:
        if message.type in {"error", "warning"}:
            complaints.append(f"{message.type}: {message.text} ({message.location})")

    page.on("console", heard)
    page.on("pageerror", lambda error: complaints.append(f"page error: {error}"))
    return page


@pytest.fixture
def log_in(context: BrowserContext, live_server: Any) -> Callable[[Any], Any]:
    """Make the browser a member of staff: ``log_in(user)``."""

    def enter(user: Any) -> Any:
        client = Client()
        client.force_login(user)
        value = client.cookies[django_settings.SESSION_COOKIE_NAME].value
        context.add_cookies([{"name": django_settings.SESSION_COOKIE_NAME, "value": value, "url": live_server.url}])
        return user

    return enter
