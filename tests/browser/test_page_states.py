"""Pages that are not as usual, in a real browser: overdue, withdrawn, gone, retracted, empty lists, errors."""

from __future__ import annotations

import datetime
import itertools

import pytest
from django.utils import timezone
from playwright.sync_api import Page

from stemsite.access import Role
from stemsite.clinic.models import Clinic
from stemsite.publishing import workflow
from studies.models import IntegrityEvent
from tests.factories import (
    make_article,
    make_clinic,
    make_guide,
    make_study,
    make_user,
    make_wordings,
    sign_and_publish,
)

from . import tools

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.django_db(transaction=True)]

VIEWS = [(1280, "light"), (1280, "dark"), (320, "light"), (320, "dark")]


@pytest.fixture
def odd(monkeypatch) -> dict[str, tuple[int, str]]:
    """Address: status and what readers are told there."""
    make_wordings()
    make_clinic()
    publisher = make_user(Role.PUBLISHER)
    with monkeypatch.context() as earlier:
        now = timezone.now() - datetime.timedelta(days=800)
        earlier.setattr("django.utils.timezone.now", lambda: now)
        sign_and_publish(make_article(slug="overdue", title="A page that waits for its review"))
    outdated = make_guide(slug="outdated", title="An outdated guide")
    sign_and_publish(outdated)
    workflow.withdraw(outdated, by=publisher, kind="outdated", reason="Its facts are old.")
    wrong = make_article(slug="wrong", title="A page put out in error")
    sign_and_publish(wrong)
    workflow.withdraw(wrong, by=publisher, kind="error", reason="It went out too early.")
    study = make_study(slug="retracted")
    sign_and_publish(study)
    IntegrityEvent.objects.create(
        reference=study.primary,
        kind=IntegrityEvent.Kind.RETRACTED,
        notice_on=datetime.date(2026, 3, 5),
        notice_url="https://journal.example/notice",
        first_seen_at=timezone.now(),
    )
    sign_and_publish(make_article(kind="service", slug="steps", title="How we work"))
    assert Clinic.current().overdue_grace_days < 100
    return {
        "/blog/overdue/": (200, "This page was due for review on"),
        "/conditions/outdated/": (200, "Its facts are old."),
        "/blog/wrong/": (410, "It went out too early."),
        "/studies/retracted/": (200, "Retracted March 5, 2026"),
        "/studies/": (200, "Retracted March 5, 2026"),
        "/steps/": (200, "More about this notice"),
        "/conditions/": (200, "No guide is published yet."),
        "/search/?q=nothing-like-it": (200, "Nothing found for"),
        "/no-such-page/": (404, "This page does not exist"),
    }


def test_axe_finds_nothing_on_pages_in_odd_states(live_server, chromium, odd):
    """AX-01, AX-03, PAGE-07, PAGE-47, PAGE-52: wide and narrow, light and dark."""
    found: dict[str, list[str]] = {}
    context = chromium.new_context(base_url=live_server.url)
    page: Page = context.new_page()
    for address, (status, words) in odd.items():
        answer = page.goto(address)
        assert answer is not None
        assert answer.status == status, address
        assert words in page.locator("main").inner_text(), address
        for width, scheme in VIEWS:
            page.set_viewport_size({"width": width, "height": 900})
            page.emulate_media(color_scheme=scheme)
            problems = tools.in_words(tools.axe(page)["violations"])
            if (wider := tools.sideways(page)) > 0:
                problems.append(f"scrolls sideways by {wider} px")
            if problems:
                found[f"{address} {width} {scheme}"] = problems
    context.close()
    assert found == {}


@pytest.fixture
def without_script(chromium):
    context = chromium.new_context(java_script_enabled=False)
    yield context.new_page()
    context.close()


@pytest.mark.parametrize("width", [320, 1280])
def test_an_error_page_has_room_between_its_parts(live_server, without_script, odd, width):
    """PAGE-48, on the page that needs no database: what to do, the way on, and how to reach the clinic stand apart."""
    page = without_script
    page.set_viewport_size({"width": width, "height": 640})
    answer = page.goto(f"{live_server.url}/a%00b/")
    assert answer is not None and answer.status == 400
    boxes = [part.bounding_box() for part in page.locator(".what-now > *").all()]
    gaps = [lower["y"] - upper["y"] - upper["height"] for upper, lower in itertools.pairwise(boxes)]
    assert len(boxes) == 5 and min(gaps) >= 8, gaps
    assert max(gaps) >= 24, gaps


def test_page_41_results_begin_on_the_first_screen_of_a_small_phone(live_server, without_script, odd):
    page = without_script
    page.set_viewport_size({"width": 320, "height": 640})
    page.goto(f"{live_server.url}/search/?q=review")
    assert page.locator(".found").bounding_box()["y"] < 640
    assert page.locator(".entry a").first.bounding_box()["y"] < 640
    page.locator("summary").click()
    assert page.get_by_label("Updated or published in").is_visible()
