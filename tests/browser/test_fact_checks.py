"""A fact check from outside, asked and answered by keyboard alone and judged by axe (PUB-39, PUB-117)."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import expect

from stemsite.access import Role
from stemsite.publishing.models import FactCheck
from tests.browser import tools
from tests.factories import make_article, make_clinic, make_user, make_wordings, save_draft

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def article(db, log_in) -> Any:
    make_wordings()
    make_clinic()
    editor = log_in(make_user(Role.AUTHOR, Role.PUBLISHER))
    found = make_article(by=editor)
    save_draft(found)
    return found


def test_a_question_goes_out_and_its_answer_comes_back_by_keyboard(page, context, article):
    screen = f"/admin/pages/{article.pk}/fact-checks/"
    tools.judge(page, screen)
    page.get_by_label("Whom you ask").focus()
    page.keyboard.type("Dr. Ann Lee, neurologist")
    page.keyboard.press("Tab")
    page.keyboard.type("Is the dose right?")
    page.get_by_role("button", name="Make the link").press("Enter")
    field = page.get_by_label("Link for Dr. Ann Lee")
    expect(field).to_be_visible()
    address = field.input_value().partition("/fact-check/")[2].join(("/fact-check/", ""))
    tools.judge(page, screen)

    context.clear_cookies()
    tools.judge(page, address)
    page.get_by_role("button", name="Send your answer").press("Enter")
    expect(page.get_by_role("alert")).to_contain_text("Choose one of the answers")
    assert tools.in_words(tools.axe(page)["violations"]) == []
    page.get_by_label("Something should be looked at").press(" ")
    page.keyboard.press("Tab")
    page.keyboard.type("It was halved after a month.")
    page.get_by_role("button", name="Send your answer").press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Thank you for your answer")
    tools.judge(page, address)
    assert FactCheck.objects.get().answer == "It was halved after a month."
    assert context.cookies() == []
