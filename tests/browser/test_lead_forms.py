"""The three forms as people use them: by keyboard, without script, narrow, and with nothing loaded from elsewhere."""

from __future__ import annotations

from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, Page, expect

from leads.models import Contact, Enquiry, PacketRequest, SignUp, Subscription
from leads.models.request import REQUESTS
from tests.factories import make_clinic, make_wordings

from . import tools

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.django_db(transaction=True)]

PATHS = ("/newsletter/", "/information-packet/", "/consultation/")
BUTTONS = {
    "/newsletter/": "Send me the newsletter",
    "/information-packet/": "Send me the packet",
    "/consultation/": "Ask for a consultation",
}


@pytest.fixture(autouse=True)
def _clinic(live_server):
    make_wordings()
    make_clinic()


def stored() -> int:
    return sum(model.objects.count() for model in REQUESTS)


def judged(page: Page) -> None:
    found = tools.axe(page)
    assert tools.in_words(found["violations"]) == []
    assert tools.sideways(page) <= 0


@pytest.mark.parametrize("path", PATHS)
def test_lead_02_axe_finds_nothing_in_the_empty_the_error_and_the_success_state(page: Page, path: str):
    for width, scheme in ((1280, "light"), (320, "dark")):
        page.set_viewport_size({"width": width, "height": 640})
        page.emulate_media(color_scheme=scheme)
        page.goto(path)
        judged(page)
    page.on("console", lambda message: None)
    page.goto(f"{path}thanks/")
    judged(page)
    assert page.evaluate("document.activeElement.tagName") == "H1"


@pytest.mark.parametrize("path", PATHS)
def test_lead_02_by_keyboard_alone_an_error_takes_the_focus_and_leads_to_its_field(
    chromium: Browser, live_server, path: str
):
    context = chromium.new_context(base_url=live_server.url, viewport={"width": 320, "height": 640})
    page = context.new_page()
    page.goto(path)
    page.get_by_label("E-mail address").focus()
    page.keyboard.type("ann@")
    page.keyboard.press("Enter")
    page.wait_for_selector(".form-errors")
    expect(page.locator(".form-errors")).to_be_focused()
    judged(page)
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.get_by_label("E-mail address")).to_be_focused()
    described = page.get_by_label("E-mail address").get_attribute("aria-describedby") or ""
    assert any("error" in name for name in described.split())
    assert page.get_by_label("E-mail address").input_value() == "ann@"
    page.keyboard.press("End")
    page.keyboard.type("example.org")
    page.keyboard.press("Enter")
    page.wait_for_url("**/thanks/")
    assert stored() == 1
    context.close()


@pytest.mark.parametrize("path", PATHS)
def test_lead_02_every_form_works_without_script(chromium: Browser, live_server, path: str):
    context = chromium.new_context(base_url=live_server.url, java_script_enabled=False)
    page = context.new_page()
    page.goto(path)
    page.get_by_label("E-mail address").fill("ann@example.org")
    page.get_by_role("button", name=BUTTONS[path]).click()
    page.wait_for_url("**/thanks/")
    assert stored() == 1
    row = next(row for model in REQUESTS for row in model.objects.all())
    assert row.nonce == ""
    assert row.signals == []
    context.close()


@pytest.mark.parametrize("path", PATHS)
def test_lead_03_no_cookie_and_no_other_host(chromium: Browser, live_server, path: str):
    context = chromium.new_context(base_url=live_server.url)
    page = context.new_page()
    hosts: set[str] = set()
    page.on("request", lambda request: hosts.add(urlsplit(request.url).netloc))
    page.goto(path)
    page.get_by_label("E-mail address").fill("ann@example.org")
    page.get_by_role("button", name=BUTTONS[path]).click()
    page.wait_for_url("**/thanks/")
    assert hosts == {urlsplit(live_server.url).netloc}
    assert context.cookies() == []
    context.close()


def test_lead_22_the_script_gives_a_nonce_so_that_back_and_again_is_one_row(page: Page):
    page.goto("/information-packet/?utm_source=leaflet&utm_term=secret")
    page.get_by_label("E-mail address").fill("ann@example.org")
    page.get_by_label("First name").fill("Ann")
    page.wait_for_timeout(2100)
    button = page.get_by_role("button", name="Send me the packet")
    button.click()
    page.wait_for_url("**/thanks/")
    request = PacketRequest.objects.get()
    assert len(request.nonce) == 36
    assert request.signals == []
    assert request.channel == "leaflet"
    assert "secret" not in str(request.source)
    page.reload()
    assert PacketRequest.objects.count() == 1


def test_lead_22_what_is_changed_after_going_back_is_another_request(page: Page):
    """The browser brings the fields back, the nonce among them: unchanged it is the same request, changed a new one."""
    page.goto("/consultation/")
    page.get_by_label("E-mail address").fill("ann@example.org")
    page.get_by_label("What would you like to talk about?").fill("One question.")
    button = page.get_by_role("button", name="Ask for a consultation")
    button.click()
    page.wait_for_url("**/thanks/")
    page.go_back()
    expect(page.get_by_label("E-mail address")).to_have_value("ann@example.org")
    button.click()
    page.wait_for_url("**/thanks/")
    assert Enquiry.objects.count() == 1
    page.go_back()
    expect(page.get_by_label("E-mail address")).to_have_value("ann@example.org")
    page.get_by_label("What would you like to talk about?").fill("Another question.")
    button.click()
    page.wait_for_url("**/thanks/")
    assert [enquiry.message for enquiry in Enquiry.objects.order_by("pk")] == ["One question.", "Another question."]


def test_lead_10_a_likely_typo_gets_a_question_and_no_refusal(page: Page):
    page.goto("/newsletter/")
    field = page.get_by_label("E-mail address")
    field.fill("ann@gmail.con")
    field.press("Tab")
    page.get_by_role("button", name="ann@gmail.com").click()
    assert field.input_value() == "ann@gmail.com"
    field.fill("ann@gmail.con")
    page.get_by_role("button", name="Send me the newsletter").click()
    page.wait_for_url("**/thanks/")
    assert SignUp.objects.get().contact.email == "ann@gmail.con"


def test_pages_of_links_are_accessible_in_every_state(page: Page, live_server, settings):
    from leads import links, subscribing

    contact = Contact.objects.create(email="ann@example.org", name="Ann", phone="+16145550100")
    Enquiry.objects.create(contact=contact, message="Please call.")
    subscription = Subscription.objects.create(contact=contact)

    def open_(url: str) -> None:
        page.goto(url.removeprefix(settings.SITE_URL))
        judged(page)

    for width in (1280, 320):
        page.set_viewport_size({"width": width, "height": 640})
        open_(links.confirm_url(subscription))
        open_("/c/broken")
    page.get_by_role("heading", level=1)
    subscribing_url = links.confirm_url(subscription)
    open_(subscribing_url)
    page.get_by_role("button", name="Join the newsletter").click()
    judged(page)
    open_(links.preferences_url(contact))
    open_(links.leave_url(subscription))
    page.get_by_role("button", name="Leave the newsletter").click()
    page.get_by_role("heading", name="You have left the list").wait_for()
    judged(page)
    assert not contact.subscriptions.confirmed().exists()
    page.get_by_role("button", name="That was a mistake").click()
    page.get_by_role("heading", name="You are on the list again").wait_for()
    assert subscribing.leave(contact)
    open_(links.preferences_url(contact))
    page.get_by_role("button", name="Erase me").click()
    page.get_by_role("heading", name="Erase everything we hold about you?").wait_for()
    judged(page)
