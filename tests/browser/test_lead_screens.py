"""A coordinator's day in a real browser: by keyboard alone, on a phone, judged by axe (LEAD-96 to LEAD-101, SEC-12)."""

from __future__ import annotations

import datetime

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from leads import ledger
from leads.counting import count_week
from leads.models import Enquiry, PrivacyRequest, Subscription, TimelineEntry, WeeklyTotal
from stemsite.access import Role
from stemsite.mail.outbox import queue_for
from tests.browser import tools
from tests.factories import make_clinic, make_contact, make_enquiry, make_packet_request, make_user, make_wordings

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.django_db(transaction=True)]

By = WeeklyTotal.By


@pytest.fixture
def coordinator(db):
    make_wordings()
    make_clinic()
    return make_user(Role.COORDINATOR, Role.OWNER, first_name="Cora", last_name="Ordinator")


@pytest.fixture
def asked(coordinator):
    """An enquiry with a past, and a house in which something of everything waits."""
    contact = make_contact(name="Ann Sample", phone="+16145550123")
    enquiry = make_enquiry(contact, hours_ago=30, message="May I visit you?\nMornings are best.", best_time="mornings")
    ledger.enter(contact, "packet", "confirmed", ledger.Circumstances(method="form"))
    queue_for("receipt", enquiry.reference, recipient=contact.email)
    make_packet_request(contact, packet="als", hours_ago=40)
    make_enquiry(
        assignee=coordinator, status="contacted", follow_up_on=timezone.localdate() - datetime.timedelta(days=1)
    )
    make_enquiry(standing="quarantined", score=7, signals=["honeypot"], message="Buy https://x.example " * 9)
    Subscription.objects.create(contact=make_contact())
    PrivacyRequest.objects.create(contact=contact, kind="access")
    count_week("consultation", {By.ALL: ["all"], By.SOURCE: ["google"], By.CONDITION: ["als"]}, number=4)
    return enquiry


def tab_to(page: Page, name: str) -> None:
    """Reach what is named ``name`` with the Tab key."""
    named = "element => (element.labels?.[0]?.textContent || element.textContent || element.value || '').trim()"
    for _ in range(250):
        page.keyboard.press("Tab")
        words = page.evaluate(f"({named})(document.activeElement)").rstrip(":")
        if " ".join(words.split()) == name:
            return
    raise AssertionError(f"no way to “{name}” by Tab")


def test_a_day_of_a_coordinator_by_keyboard_alone(page, log_in, coordinator, asked):
    log_in(coordinator)
    page.goto("/admin/")
    tab_to(page, "1 New")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Enquiries: New")).to_be_visible()
    tab_to(page, "Ann Sample")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Ann Sample")).to_be_visible()
    tab_to(page, "What was said")
    page.keyboard.type("Will read the packet first.")
    tab_to(page, "Log it")
    page.keyboard.press("Enter")
    expect(page.locator(".messagelist .success")).to_contain_text("Logged")
    expect(page.locator(".lead-timeline")).to_contain_text("New → Contacted")
    tab_to(page, "New status")
    page.keyboard.type("Closed")
    tab_to(page, "Change the status")
    page.keyboard.press("Enter")
    expect(page.locator(".refusal")).to_be_focused()
    expect(page.locator(".refusal")).to_contain_text("Say why this enquiry ends.")
    tab_to(page, "Why it ends: Say why this enquiry ends.")
    page.keyboard.press("Enter")
    expect(page.get_by_label("Why it ends")).to_be_focused()
    page.keyboard.type("Did not")
    tab_to(page, "Change the status")
    page.keyboard.press("Enter")
    expect(page.locator(".messagelist .success")).to_contain_text("The status was changed")
    asked.refresh_from_db()
    assert (asked.status, asked.closed_reason) == ("closed", "no answer")
    assert TimelineEntry.objects.filter(kind="status").count() == 2


def test_searching_and_assigning_several_by_keyboard_alone(page, log_in, coordinator, asked):
    log_in(coordinator)
    page.goto("/admin/leads/enquiry/")
    tab_to(page, "Look for")
    page.keyboard.type("ann sam")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Enquiries: what was found")).to_be_visible()
    assert "ann" not in page.url.split("?")[1].lower().replace("in=", "")[:3] and "sam" not in page.url
    expect(page.locator(".lead-table tbody tr")).to_have_count(1)
    tab_to(page, f"Mark {asked.contact.reference}")
    page.keyboard.press("Space")
    tab_to(page, "With these")
    page.keyboard.type("Assign")
    tab_to(page, "the marked rows")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Assign 1 row")).to_be_visible()
    tab_to(page, "To")
    page.keyboard.type("Cora")
    tab_to(page, "Assign them: 1")
    page.keyboard.press("Enter")
    expect(page.locator(".messagelist .success")).to_contain_text("1 done.")
    assert Enquiry.objects.get(pk=asked.pk).assignee == coordinator


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_every_screen_is_clean_for_axe_and_as_wide_as_a_phone(page, log_in, coordinator, asked, scheme):
    log_in(coordinator)
    page.emulate_media(color_scheme=scheme)
    contact = f"/admin/leads/contact/{asked.contact_id}"
    for path in (
        "/admin/leads/enquiry/",
        "/admin/leads/enquiry/?queue=overdue",
        "/admin/leads/enquiry/?queue=today&before=1",
        "/admin/leads/contact/",
        "/admin/leads/packetrequest/",
        "/admin/leads/signup/",
        "/admin/leads/subscription/",
        "/admin/leads/contact/quarantine/",
        "/admin/leads/contact/figures/",
        "/admin/leads/contact/quality/",
        "/admin/leads/contact/notices/",
        "/admin/leads/contact/rights/",
        f"{contact}/change/",
        f"{contact}/export/",
        f"{contact}/erase/",
    ):
        page.set_viewport_size({"width": 320, "height": 640})
        page.goto(path)
        page.evaluate("document.querySelectorAll('details').forEach((fold) => (fold.open = true))")
        assert tools.sideways(page) <= 0, path
        found = tools.axe(page)
        assert tools.in_words(found["violations"]) == [], path
        page.set_viewport_size({"width": 1280, "height": 900})
        assert tools.in_words(tools.axe(page)["violations"]) == [], path


def test_sec_12_a_page_that_nobody_is_at_is_covered_and_keeps_what_was_typed(page, log_in, coordinator, asked, context):
    log_in(coordinator)
    page.goto(f"/admin/leads/contact/{asked.contact_id}/change/")
    page.get_by_label("What was said").fill("A long note.")
    page.locator("[data-owner]").wait_for(state="attached")
    page.evaluate("document.querySelector('[data-idle]').dataset.awayAfter = '500'")
    expect(page.get_by_role("heading", name="This page is covered")).to_be_visible()
    expect(page.locator("#container")).to_be_hidden()
    assert "Ann" not in page.title()
    assert tools.in_words(tools.axe(page)["violations"]) == []
    context.clear_cookies()
    page.get_by_role("button", name="Show the page again").click()
    expect(page.get_by_role("status")).to_contain_text("You are signed out")
    log_in(coordinator)
    page.evaluate("document.querySelector('[data-idle]').dataset.awayAfter = '900000'")
    page.get_by_role("button", name="Show the page again").click()
    expect(page.get_by_label("What was said")).to_have_value("A long note.")
    page.get_by_role("button", name="Log it").click()
    expect(page.locator(".lead-timeline")).to_contain_text("A long note.")


def test_sec_12_a_covered_page_is_not_uncovered_for_somebody_else(page, log_in, coordinator, asked):
    log_in(coordinator)
    page.goto(f"/admin/leads/contact/{asked.contact_id}/change/")
    page.get_by_label("What was said").fill("Mine alone.")
    page.locator("[data-owner]").wait_for(state="attached")
    page.evaluate("document.querySelector('[data-idle]').dataset.awayAfter = '500'")
    expect(page.get_by_role("heading", name="This page is covered")).to_be_visible()
    log_in(make_user(Role.COORDINATOR))
    page.get_by_role("button", name="Show the page again").click()
    expect(page.get_by_label("What was said")).to_have_value("")
