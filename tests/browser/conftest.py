"""Pages of a live test server in the browser, and logins as a role by session cookie."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.conf import settings as django_settings
from django.test import Client
from django.test.testcases import _StaticFilesHandler
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, expect
from pytest_django.live_server_helper import LiveServer

expect.set_options(timeout=30_000)
"""As long as everything else in the browser waits: on a busy machine five seconds fail what is only slow."""


@pytest.fixture(scope="session")
def live_server() -> Iterator[LiveServer]:
    """pytest-django's own, but with the collected static files: their hashed names are what pages load."""
    server = LiveServer("localhost", start=False)
    server.thread.static_handler = _StaticFilesHandler
    server.start()
    yield server
    server.stop()


@pytest.fixture
def context(chromium: Browser, live_server: LiveServer) -> Iterator[BrowserContext]:
    context = chromium.new_context(base_url=live_server.url, viewport={"width": 1280, "height": 900})
    yield context
    context.close()


@pytest.fixture
def page(context: BrowserContext) -> Iterator[Page]:
    """A page that must end without script errors, console errors and refusals of the content policy."""
    page = context.new_page()
    complaints: list[str] = []

    def heard(message: ConsoleMessage) -> None:
        # A form that was sent back is answered 422, which the browser calls an error.
        if message.type == "error" and "status of 422" not in message.text:
            complaints.append(f"{message.text} ({message.location.get('url')})")

    page.on("console", heard)
    page.on("pageerror", lambda error: complaints.append(f"page error: {error}"))
    yield page
    assert complaints == []


@pytest.fixture
def log_in(context: BrowserContext, live_server: LiveServer) -> Callable[[Any], Any]:
    """Make the browser a member of staff: ``log_in(user)``."""

    def enter(user: Any) -> Any:
        client = Client()
        client.force_login(user)
        name = django_settings.SESSION_COOKIE_NAME
        context.add_cookies([{"name": name, "value": client.cookies[name].value, "url": live_server.url}])
        return user

    return enter
