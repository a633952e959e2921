"""The two emergency stops in a real browser, by keyboard alone and judged by axe (PAGE-08, PUB-111, PUB-117).

One hides calls to action and forms from readers; the other takes down all pages about one treatment.
"""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import Page, expect

from articles.models import ActionSection
from stemsite.access import Role
from tests.browser import tools
from tests.factories import make_clinic, make_guide, make_study, make_user, make_wordings, sign_and_publish

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def owner(db, log_in) -> Any:
    make_wordings()
    make_clinic()
    return log_in(make_user(Role.OWNER))


@pytest.fixture
def guide(owner) -> Any:
    found = make_guide()
    ActionSection.objects.create(parent=found, region="main", ordering=900, action="consultation")
    sign_and_publish(found)
    return found


def type_and_press(page: Page, words: str) -> None:
    """Type into the field of the reason, and press the button that is next by Tab."""
    page.get_by_role("textbox").last.focus()
    page.keyboard.type(words)
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")


def test_the_owner_hides_calls_to_action_and_shows_them_again_by_keyboard(page, owner, guide):
    page.goto("/admin/pause/")
    type_and_press(page, " ")
    expect(page.get_by_role("alert")).to_contain_text("Nothing was changed")
    assert tools.in_words(tools.axe(page)["violations"]) == []
    type_and_press(page, "The phone line is down.")
    expect(page.locator(".standing")).to_contain_text("The phone line is down.")
    page.goto(guide.live_path)
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    expect(page.locator("main .action")).to_have_count(0)
    page.goto("/admin/pause/")
    page.get_by_role("button", name="Show them again").press("Enter")
    expect(page.get_by_role("button", name="Hide calls to action and forms")).to_be_visible()
    page.goto(guide.live_path)
    expect(page.locator("main .action")).to_have_count(1)


def test_axe_finds_nothing_before_and_during_a_pause(page, owner, guide):
    tools.judge(page, "/admin/pause/")
    type_and_press(page, "A recall.")
    expect(page.locator(".standing")).to_contain_text("A recall.")
    forms = ("/newsletter/", "/information-packet/", "/consultation/")
    tools.judge(page, "/admin/pause/", "/admin/", "/", guide.live_path, *forms)


def test_pages_about_a_treatment_are_taken_down_and_put_back_by_keyboard(page, owner, guide):
    study = make_study()
    study.interventions.set(guide.interventions.all())
    sign_and_publish(study)
    screen = f"/admin/studies/intervention/{guide.interventions.get().pk}/pages/"
    tools.judge(page, screen)
    type_and_press(page, "We look into a safety notice.")
    expect(page.get_by_role("heading", name="Withdrawn (2)")).to_be_visible()
    tools.judge(page, screen)
    page.get_by_role("checkbox").first.press(" ")
    page.get_by_role("button", name="Put the marked pages back").press("Enter")
    expect(page.get_by_role("heading", name="Live (1)")).to_be_visible()
    expect(page.get_by_role("heading", name="Withdrawn (1)")).to_be_visible()
