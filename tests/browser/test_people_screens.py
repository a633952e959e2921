"""Joining two records, figures for everybody and emergency access in a real browser (LEAD-99, LEAD-104, LEAD-112)."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from leads import ledger
from leads.counting import count_week
from leads.models import Contact, WeeklyTotal
from leads.pipeline import joining
from stemsite.access import Role
from stemsite.accounts import emergency
from tests.browser import tools
from tests.factories import make_clinic, make_contact, make_enquiry, make_user, make_wordings

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.django_db(transaction=True)]

By = WeeklyTotal.By


@pytest.fixture
def two(db) -> tuple[Contact, Contact]:
    """Two records of one person, who took a consent back with one of them."""
    make_wordings()
    make_clinic()
    kept = make_contact(name="Ann Sample", phone="+16145550123")
    second = make_contact(name="Ann B. Sample", phone="+16145550123")
    make_enquiry(kept, message="May I visit you?")
    make_enquiry(second, message="I wrote before.")
    ledger.enter(kept, "call", "confirmed", ledger.Circumstances(method="form"))
    ledger.enter(second, "call", "withdrawn", ledger.Circumstances(method="form"))
    return kept, second


def clean(page: Page, path: str) -> None:
    """As wide as a phone without scrolling sideways, and nothing for axe, narrow and wide."""
    for width in (320, 1280):
        page.set_viewport_size({"width": width, "height": 800})
        page.goto(path)
        page.evaluate("document.querySelectorAll('details').forEach((fold) => (fold.open = true))")
        assert tools.sideways(page) <= 0, path
        assert tools.in_words(tools.axe(page)["violations"]) == [], path


def test_lead_99_two_records_are_joined_and_taken_apart_by_keyboard(page, log_in, two):
    kept, second = two
    log_in(make_user(Role.COORDINATOR))
    page.goto(f"/admin/leads/contact/{kept.pk}/change/")
    page.get_by_role("link", name="Join another record of this person").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_label("Reference of the other record")).to_be_visible()
    page.get_by_label("Reference of the other record").focus()
    page.keyboard.type(second.reference)
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="What the person allows afterwards")).to_be_visible()
    expect(page.get_by_role("row", name="Phone call")).to_contain_text("not allowed any more")
    page.get_by_role("button", name="Join the two records").focus()
    page.keyboard.press("Enter")
    expect(page.locator(".messagelist .success")).to_contain_text(f"{second.reference} is joined")
    expect(page.locator(".lead-timeline")).to_contain_text("I wrote before.")
    assert Contact.objects.get(pk=second.pk).joined_to_id == kept.pk
    page.get_by_role("button", name="Undo, these are two people").focus()
    page.keyboard.press("Enter")
    expect(page.locator(".messagelist .success")).to_contain_text("a record of its own again")
    assert Contact.objects.get(pk=second.pk).joined_to_id is None


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_lead_99_looking_at_two_records_and_at_a_joined_person_is_clean(page, log_in, two, scheme):
    kept, second = two
    by = log_in(make_user(Role.COORDINATOR))
    page.emulate_media(color_scheme=scheme)
    join = f"/admin/leads/contact/{kept.pk}/join/"
    clean(page, join)
    clean(page, f"{join}?other={second.reference}")
    clean(page, f"{join}?other={kept.reference}")
    joining.join(kept, second, by=by, preview=joining.seen(kept, second))
    clean(page, f"/admin/leads/contact/{kept.pk}/change/")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_lead_104_the_figures_for_everybody_are_clean(page, log_in, two, scheme):
    count_week("consultation", {By.ALL: ["all"], By.SOURCE: ["google"], By.CONDITION: ["als"]}, number=12)
    log_in(make_user(Role.AUTHOR))
    page.emulate_media(color_scheme=scheme)
    clean(page, "/admin/leads/contact/figures/")
    expect(page.get_by_role("row", name="google")).to_contain_text("10–14")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_lead_112_emergency_access_is_clean_opened_by_keyboard_and_ended(page, log_in, two, scheme):
    named = log_in(make_user(Role.PUBLISHER, opens_in_emergency=True))
    page.emulate_media(color_scheme=scheme)
    address = "/admin/accounts/emergencyaccess/"
    clean(page, f"{address}open/")
    page.get_by_role("button", name="Open for one hour").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("alert")).to_contain_text("Nothing was opened.")
    assert tools.in_words(tools.axe(page)["violations"]) == []
    page.get_by_label("What is the emergency?").fill("Somebody asks for help, and nobody answers.")
    page.get_by_role("button", name="Open for one hour").focus()
    page.keyboard.press("Enter")
    expect(page.locator(".messagelist .success")).to_contain_text("Open for one hour.")
    assert emergency.is_open(named)
    clean(page, f"{address}open/")
    log_in(make_user(Role.OWNER))
    clean(page, address)
    page.get_by_role("button", name="End it now").click()
    expect(page.locator(".messagelist .success")).to_contain_text("Emergency access is over.")
    assert not emergency.is_open(named)
