"""An issue from its first word to its last letter, in a real browser: by keyboard alone, and judged by axe."""

from __future__ import annotations

from typing import Any

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from leads.models import IssueRun, NewsletterIssue
from leads.newsletter import sending, workflow
from leads.newsletter.composing import addressed, compose
from leads.newsletter.delivering import sample_links
from stemsite.access import Role
from tests.browser import tools
from tests.factories import (
    make_clinic,
    make_issue,
    make_live_article,
    make_reader,
    make_study,
    make_user,
    sign_and_publish,
)

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.django_db(transaction=True)]

AREA = "/admin/leads/newsletterissue/"


@pytest.fixture
def editor(db) -> Any:
    make_clinic()
    return make_user(Role.AUTHOR, Role.PUBLISHER, first_name="Eda", last_name="Editor")


@pytest.fixture
def issue(editor) -> NewsletterIssue:
    study = make_study(title="Cord cells in 67 people with ALS")
    sign_and_publish(study)
    article = make_live_article(title="How to read a study before it reads you")
    return make_issue(article, study, by=editor, introduction=WORDS)


WORDS = """<p>Dear reader,</p><p>this month we publish a guide to reading studies, and the summary of one that many
of you asked about. We hope they save you an evening of search.</p>"""


def press(page: Page, name: str) -> None:
    """Reach the button named ``name`` with the Tab key and press it."""
    for _ in range(200):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.textContent.trim() || document.activeElement.value") == name:
            page.keyboard.press("Enter")
            return
    raise AssertionError(f"no way to “{name}” by Tab")


def begin(issue: NewsletterIssue, by: Any) -> None:
    for _ in range(3):
        make_reader()
    workflow.start(issue, by=by)
    IssueRun.objects.update(starts_at=timezone.now())
    sending.advance()


def test_an_issue_is_written_sent_and_recalled_by_keyboard_alone(page, log_in, editor):
    """LEAD-74, LEAD-76, LEAD-137"""
    make_live_article(title="How to read a study before it reads you")
    log_in(editor)
    page.goto(f"{AREA}add/")
    page.locator("#id_subject").focus()
    page.keyboard.type("What is new")
    page.locator(".ProseMirror[contenteditable=true]").first.focus()
    page.keyboard.type("Dear reader, this is new.")
    page.locator("#id_signature").focus()
    page.keyboard.type("Maria Sample")
    page.locator(".field-page .select2-selection").first.focus()
    page.keyboard.press("Enter")
    page.keyboard.type("How to read")
    expect(page.locator(".select2-results__option--highlighted")).to_contain_text("How to read a study")
    page.keyboard.press("Enter")
    press(page, "Save, then review and send")
    expect(page.locator(".messagelist .success, .messagelist .info")).to_contain_text("was saved")
    press(page, "Send this issue")
    expect(page.locator(".messagelist .success")).to_contain_text("on its way")
    assert NewsletterIssue.objects.get().state == "sending"
    press(page, "Recall this issue")
    expect(page.locator(".messagelist .success")).to_contain_text("Nobody was written to")
    assert NewsletterIssue.objects.get().state == "draft"


def test_lead_79_the_numbers_follow_by_themselves(page, log_in, editor, issue):
    begin(issue, editor)
    log_in(editor)
    page.goto(f"{AREA}{issue.pk}/sending/")
    bar = page.get_by_role("progressbar")
    expect(bar).to_have_attribute("value", "0")
    IssueRun.objects.update(sent=2)
    expect(bar).to_have_attribute("value", "2", timeout=15_000)
    expect(page.locator("#progress")).to_contain_text("2 of 3 letters are done")


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1280, 320])
def test_axe_finds_nothing_on_the_screens_of_an_issue(page, log_in, editor, issue, width, scheme):
    page.set_viewport_size({"width": width, "height": 900})
    page.emulate_media(color_scheme=scheme)
    log_in(editor)
    places = [f"{AREA}{issue.pk}/{end}" for end in ("sending/", "preview/", "preview/web/")]
    for address in [AREA, *places, f"{AREA}{issue.pk}/change/"]:
        page.goto(address)
        for details in page.locator("details.step").all():
            details.evaluate("each => { each.open = true; }")
        assert tools.in_words(tools.axe(page)["violations"]) == [], address
        assert tools.sideways(page) == 0 or address == AREA, address
    begin(issue, editor)
    page.goto(f"{AREA}{issue.pk}/sending/")
    assert tools.in_words(tools.axe(page)["violations"]) == []
    for address in (f"/newsletter/issues/{issue.pk}/", "/newsletter/issues/"):
        page.goto(address)
        assert tools.in_words(tools.axe(page)["violations"]) == [], address
        assert tools.sideways(page) == 0, address


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_in_the_letter_itself(page, issue, scheme):
    """Not in its frame, where no script runs: as a mail program would show it."""
    page.emulate_media(color_scheme=scheme)
    page.set_viewport_size({"width": 320, "height": 640})
    page.set_content(addressed(compose(issue).html, **sample_links()))
    assert tools.in_words(tools.axe(page)["violations"]) == []
    assert tools.sideways(page) == 0
