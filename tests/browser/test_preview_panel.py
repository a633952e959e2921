"""The preview beside the form, in a real browser, by keyboard alone (PUB-33, PUB-34)."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from articles.models import Article, TextSection
from stemsite.access import Role
from stemsite.publishing.models import Version
from tests.browser import tools
from tests.factories import make_article, make_clinic, make_user

from .test_section_editor import BOX, open_form

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.django_db(transaction=True)]

FRAME = ".preview-frame:not([data-next])"


@pytest.fixture
def article(log_in):
    make_clinic()
    found = make_article(by=log_in(make_user(Role.AUTHOR, Role.PUBLISHER)))
    TextSection.objects.create(
        parent=found, region="main", ordering=20, heading="A long one", html="<p>Many words.</p>" * 60
    )
    return found


def open_panel(page: Page, article: Article) -> None:
    page.set_viewport_size({"width": 1600, "height": 900})
    open_form(page, article)
    page.get_by_role("button", name="Preview beside").press("Enter")
    expect(page.locator(".preview-state")).to_have_text("As readers would get it.")


def width(page: Page) -> int:
    return int(page.locator(FRAME).evaluate("frame => frame.contentWindow.innerWidth"))


def press(page: Page, name: str) -> None:
    page.locator(".preview-tools").get_by_role("button", name=name).press("Enter")


def test_pub_33_the_panel_follows_the_typing_and_keeps_its_place(page, article):
    open_panel(page, article)
    page.locator(FRAME).evaluate("frame => frame.contentWindow.scrollTo(0, 400)")
    page.locator(BOX).first.focus()
    page.keyboard.press("Control+End")
    page.keyboard.type(" Words nobody saved.")
    expect(page.frame_locator(FRAME).get_by_text("Words nobody saved.")).to_be_attached()
    assert page.locator(FRAME).count() == 1
    assert page.locator(FRAME).evaluate("frame => frame.contentWindow.scrollY") == 400
    assert not Version.objects.exists()


def test_pub_33_widths_dark_and_print(page, article):
    open_panel(page, article)
    for name, wide in (("Tablet", 768), ("Desktop", 1280), ("Phone", 375)):
        press(page, name)
        assert width(page) == wide
    ground = "frame => getComputedStyle(frame.contentDocument.body).backgroundColor"
    light = page.locator(FRAME).evaluate(ground)
    press(page, "Dark")
    assert page.locator(FRAME).evaluate(ground) != light
    menu = page.frame_locator(FRAME).locator(".site-head .menu")
    expect(menu).to_be_visible()
    press(page, "Print")
    expect(menu).to_be_hidden()
    press(page, "Phone")
    expect(page.frame_locator(FRAME).locator(".site-head .menu")).to_be_visible()
    page.reload()
    expect(page.locator(".preview-panel")).to_be_visible()
    assert tools.in_words(tools.axe(page)["violations"]) == []
    press(page, "Close")
    expect(page.get_by_role("button", name="Preview beside")).to_be_focused()


def test_pub_34_what_is_wrong_is_listed_and_leads_to_its_field(page, article):
    open_panel(page, article)
    page.locator("#id_searched_on").fill("no day")
    page.locator("#id_title").fill("Still shown")
    problem = page.locator(".preview-problems").get_by_role("link")
    expect(problem).to_have_text("Evidence last searched: Enter a valid date.")
    expect(page.frame_locator(FRAME).locator("h1")).to_have_text("Still shown")
    problem.press("Enter")
    expect(page.locator("#id_searched_on")).to_be_focused()


def test_pub_36_each_finding_leads_to_its_words_and_axe_judges_what_is_shown(page, article):
    """By keyboard alone: a claim typed in the middle of a section is marked there; then it is gone from the list."""
    open_panel(page, article)
    panel = page.locator(".preview-checks")
    expect(panel.get_by_text("axe-core finds nothing on this page as it is shown.")).to_be_visible()
    page.locator(BOX).first.focus()
    page.keyboard.press("Control+End")
    page.keyboard.type(" “Stem cells cure ALS.” And more words.")
    link = panel.get_by_role("link", name="Stem cells cure ALS.").first
    expect(panel.locator("summary")).to_contain_text("to mend first")
    page.locator("#id_title").focus()
    link.press("Enter")
    expect(page.locator(BOX).first).to_be_focused()
    assert "Stem cells cure ALS." in page.evaluate("getSelection().toString()")
    page.keyboard.press("Delete")
    expect(link).to_have_count(0)
    assert tools.in_words(tools.axe(page)["violations"]) == []


def test_pub_36_axe_names_the_section_where_something_is_wrong(page, article):
    """A fault that no text of ours can hold, put into the page as a template of tomorrow might."""

    def spoil(route):
        answer = route.fetch()
        told = answer.json()
        told["html"] = told["html"].replace("<p>Many words.</p>", "<ul><p>no item</p></ul>", 1)
        route.fulfill(response=answer, json=told)

    page.route("**/preview/", spoil)
    open_panel(page, article)
    panel = page.locator(".preview-checks")
    found = panel.get_by_role("link", name="must only directly contain")
    expect(found.first).to_have_attribute("href", "#articles_textsection_set-1")
    page.keyboard.press("Escape")
    found.first.press("Enter")
    expect(page.locator("#articles_textsection_set-1 :focus")).to_have_count(1)
