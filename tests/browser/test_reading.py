"""Reading as readers do: on a small screen, by keyboard, without script, enlarged, in their own colors, on paper."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from PIL import Image
from playwright.sync_api import Browser, BrowserContext, Page

from . import tools
from .example_site import Site

pytestmark = [pytest.mark.browser, pytest.mark.slow]

GUIDE = "/conditions/als/"
STUDY = "/studies/cord-tissue-cells-poland/"
TEMPLATES = (
    *("/", GUIDE, STUDY, "/studies/", "/blog/how-to-read-a-study/", "/search/?q=als", "/contact/"),
    *(f"{GUIDE}evidence/", "/studies/compare/?study=muse-cells-japan&study=cord-tissue-cells-poland"),
)

TEXT_SPACING = """
* { line-height: 1.5 !important; letter-spacing: .12em !important; word-spacing: .16em !important; }
p { margin-block-end: 2em !important; }
"""

FOCUS = """() => {
  const it = document.activeElement;
  if (it === document.body) return null;
  const box = [...it.getClientRects()].find(rect => rect.width && rect.height);
  if (!box) return {name: it.outerHTML.slice(0, 90), seen: false, ringed: false};
  const x = box.left + box.width / 2, y = box.top + box.height / 2;
  const top = document.elementFromPoint(x, y);
  const inside = box.top >= -1 && box.bottom <= innerHeight + 1 && box.left >= -1 && box.right <= innerWidth + 1;
  const style = getComputedStyle(it);
  const large = box.height > innerHeight;
  return {
    name: it.outerHTML.slice(0, 90),
    seen: large || (inside && (top === it || it.contains(top) || top.contains(it))),
    ringed: style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2,
  };
}"""

STOPS = """() => [...document.querySelectorAll(
    "a[href], button, input:not([type=hidden]), summary, select, [tabindex='0']"
  )]
  .filter(it => it.tabIndex >= 0 && it.getClientRects().length && it.checkVisibility({visibilityProperty: true}))
  .map(it => it.outerHTML.slice(0, 90))"""

CUT = """() => [...document.querySelectorAll("main *")]
  .filter(it => !it.closest("svg, .vh, .box") && it.children.length === 0 && it.textContent.trim())
  .filter(it => ["hidden", "clip"].includes(getComputedStyle(it).overflowY) && it.scrollHeight > it.clientHeight + 1)
  .map(it => it.outerHTML.slice(0, 90))"""


@pytest.fixture
def page(chromium: Browser, example_site: Site) -> Iterator[Page]:
    context = chromium.new_context(base_url=example_site.url, viewport={"width": 1280, "height": 900})
    yield context.new_page()
    context.close()


def next_stop(page: Page) -> dict[str, Any] | None:
    """Where the Tab key leads, once it has led there; None behind the last stop."""
    page.evaluate("() => { window.before = document.activeElement }")
    page.keyboard.press("Tab")
    tools.until(page, "() => document.activeElement !== window.before")
    stop: dict[str, Any] | None = page.evaluate(FOCUS)
    return stop


def top_of(page: Page, selector: str) -> float:
    return float(page.locator(selector).first.evaluate("it => it.getBoundingClientRect().top + scrollY"))


def test_page_81_the_explanation_begins_within_two_small_screens(page: Page):
    """At 320 x 640: trail, title, byline, dates and the whole notice stand above the first key point."""
    page.set_viewport_size({"width": 320, "height": 640})
    page.goto(GUIDE)
    assert top_of(page, ".key-points p") <= 1280
    above = ("h1", ".lede", ".byline", ".dates", ".notice p", ".stance")
    for selector in above:
        assert page.locator(selector).first.is_visible(), selector
        assert top_of(page, selector) < top_of(page, ".key-points p"), selector


def test_the_first_screen_of_a_phone_says_what_who_when_and_what_is_not_approved(page: Page):
    """look.md, first screen at 390 x 844: up to the notice's first, bold sentence."""
    page.set_viewport_size({"width": 390, "height": 844})
    page.goto(GUIDE)
    for selector in (".crumbs", "h1", ".lede", ".byline a >> nth=0", ".dates div >> nth=-1", ".notice strong"):
        box = page.locator(selector).first.bounding_box()
        assert box is not None, selector
        assert box["y"] + box["height"] <= 844, selector


@pytest.mark.parametrize("width", [1280, 320])
@pytest.mark.parametrize("address", ["/", GUIDE, STUDY, "/search/?q=als", "/studies/", f"{GUIDE}evidence/"])
def test_ax_11_every_stop_of_the_tab_key_is_seen_and_none_is_a_trap(page: Page, address: str, width: int):
    """AX-08, AX-12: in the order of the page, within the window, covered by nothing, with a ring."""
    page.set_viewport_size({"width": width, "height": 640})
    page.goto(address, wait_until="networkidle")  # a script loaded late adds a button
    wanted: list[str] = page.evaluate(STOPS)
    stops: list[str] = []
    wrong: list[str] = []
    while (at := next_stop(page)) is not None and len(stops) <= len(wanted):
        stops.append(at["name"])
        if not (at["seen"] and at["ringed"]):
            wrong.append(f"{at}")
    assert wrong == []
    assert stops == wanted
    assert 'class="skip"' in stops[0]


def test_page_70_everything_is_there_without_script(reader: BrowserContext):
    """PAGE-54, AX-08: contents, citations, search and lists are links and forms; no control is dead."""
    page = reader.new_page()
    page.goto(GUIDE)
    assert page.locator("main button").count() == 0
    for link in page.locator(".contents a").all():
        target = link.get_attribute("href") or ""
        assert page.locator(f"h2{target}").count() == 1, target
    page.locator(".contents a", has_text="Possible harms").click()
    assert page.url.endswith("#possible-harms")
    name = page.locator('a[role="doc-biblioref"]').first
    assert (name.text_content() or "").startswith("Reference ")
    page.goto("/")
    page.locator("input[name=q]").fill("als")
    page.keyboard.press("Enter")
    page.wait_for_url("**/search/?q=als")
    assert page.locator(".hits .entry").count() > 0


def test_page_55_a_followed_citation_lands_clear_of_the_edge(reader: BrowserContext):
    """The entry and, on the way back, the number are marked as where the reader is."""
    page = reader.new_page()
    page.goto(GUIDE)
    page.locator('a[role="doc-biblioref"] >> nth=0').click()
    assert in_window(page, ":target")
    assert page.locator(":target").evaluate("it => getComputedStyle(it).outlineStyle") == "solid"
    page.locator(':target a[role="doc-backlink"]').first.click()
    assert in_window(page, ":target")


def in_window(page: Page, selector: str) -> bool:
    box = page.locator(selector).bounding_box()
    size = page.viewport_size
    assert box is not None and size is not None
    return box["y"] >= 0 and box["y"] < size["height"]


@pytest.mark.parametrize("width", [640, 320])
def test_ax_16_wider_spacing_of_text_cuts_nothing(page: Page, width: int):
    """PAGE-71: at 200 and at 400 % zoom of a window 1,280 px wide."""
    page.set_viewport_size({"width": width, "height": 512})
    for address in TEMPLATES:
        page.goto(address)
        page.evaluate(
            "css => { const s = new CSSStyleSheet(); s.replaceSync(css); document.adoptedStyleSheets = [s]; }",
            TEXT_SPACING,
        )
        assert tools.sideways(page) <= 0, address
        assert page.evaluate(CUT) == [], address


def test_page_71_text_is_large_enough_and_its_lines_are_short_enough(page: Page):
    for address in (GUIDE, STUDY, "/blog/how-to-read-a-study/"):
        page.goto(address)
        paragraph = page.locator(".text p:not([class])").first
        size, width = paragraph.evaluate("it => [parseFloat(getComputedStyle(it).fontSize), it.clientWidth]")
        assert size >= 16
        text = paragraph.evaluate(
            "it => { const c = document.createElement('canvas').getContext('2d');"
            " c.font = getComputedStyle(it).font; return c.measureText('abcdefghijklmnopqrstuvwxyz ').width / 27 }"
        )
        assert width / text <= 75


def test_ax_16_forced_colors_keep_borders_icons_and_people(page: Page):
    """PAGE-72: what tells things apart by color is also there in the reader's own few colors."""
    page.emulate_media(forced_colors="active")
    page.goto(GUIDE)
    for selector in (".notice", ".callout", ".is-emergency", ".study", ".button"):
        widths = page.locator(selector).first.evaluate(
            "it => ['Top', 'Left'].map(s => parseFloat(getComputedStyle(it)[`border${s}Width`]))"
        )
        assert max(widths) >= 1, selector
    for selector in (".notice .icon", ".chips .icon", ".people .better", ".people .worse", ".people .death"):
        paint = page.locator(selector).first.evaluate("it => [getComputedStyle(it).stroke, getComputedStyle(it).fill]")
        ground = page.evaluate("getComputedStyle(document.body).backgroundColor")
        assert [color for color in paint if color not in {"none", ground}], selector


def test_page_72_dark_is_dark_from_the_first_paint(chromium: Browser, example_site: Site):
    """The stylesheet is held back: what the window shows meanwhile is not white."""
    context = chromium.new_context(base_url=example_site.url, color_scheme="dark", java_script_enabled=False)
    page = context.new_page()
    page.route("**/*.css", lambda route: route.abort())
    page.goto("/")
    assert darkness(page) > 0.8
    page.unroute("**/*.css")
    page.goto("/")
    assert darkness(page) > 0.8
    context.close()


def darkness(page: Page) -> float:
    """How dark the corner of the window is, from 0 (white) to 1 (black)."""
    picture = Image.open(io.BytesIO(page.screenshot())).convert("L")
    return 1 - picture.getpixel((picture.width - 3, picture.height - 3)) / 255


# -- on paper ----------------------------------------------------------------------------


def test_page_73_print_shows_what_a_reader_must_have_and_nothing_to_press(page: Page):
    """The same rule of print styles, seen without a printer: shown and hidden parts, black on white from dark."""
    page.emulate_media(media="print", color_scheme="dark")
    for address in (GUIDE, STUDY):
        page.goto(address)
        for selector in (".byline", ".dates", ".notice", ".references", ".page-foot .print-only"):
            assert page.locator(selector).first.is_visible(), (address, selector)
        for selector in (
            ".menu",
            ".to-search",
            ".crumbs",
            ".contents",
            ".site-foot",
            ".action",
            "form",
            ".back",
            ".ask",
        ):
            assert page.locator(f"{selector}:visible").count() == 0, (address, selector)
        colors = page.evaluate(
            "(({color, backgroundColor}) => [color, backgroundColor])(getComputedStyle(document.body))"
        )
        assert colors == ["rgb(0, 0, 0)", "rgb(255, 255, 255)"]


def test_page_73_the_paper_names_people_days_limits_sources_and_version(page: Page):
    page.emulate_media(media="print")
    for address, limit in ((GUIDE, "Only 5 people took part."), (STUDY, "67 people took part.")):
        page.goto(address)
        text = page.locator("body").inner_text()
        version = re.search(r"Version \w{8}, changed on \w+ \d+, \d{4}, (\S+)\.", text)
        assert version is not None, address
        assert version[1].endswith(address)
        for words in (
            "Medically reviewed by Sample Maria Reyes, MD",
            "Last reviewed",
            "Next review due",
            "Not approved by the FDA.",
            limit,
            "doi:10.1007/s12015-020-10016-7",
        ):
            assert words in text, (address, words)
        for words in ("Ask about a consultation", "On this page", "Back to text", "Report a problem"):
            assert words not in text, (address, words)
        link = page.locator(".references .links a").first
        printed = link.evaluate("it => getComputedStyle(it, '::after').content")
        assert link.get_attribute("href") in printed
        inline = page.locator("main p a:visible").first
        assert inline.evaluate("it => getComputedStyle(it, '::after').content") in {"none", "normal"}


def test_page_24_the_questions_print_on_one_sheet_of_their_own(page: Page):
    """A sheet before, a sheet after, and no longer than what US Letter leaves between its margins (18 mm)."""
    page.set_viewport_size({"width": round((8.5 * 25.4 - 40) / 25.4 * 96), "height": 900})
    page.emulate_media(media="print")
    page.goto(GUIDE)
    questions = page.locator(".questions")
    assert (
        questions.evaluate("it => [getComputedStyle(it).breakBefore, getComputedStyle(it).breakAfter]") == ["page"] * 2
    )
    assert questions.locator("h2").count() == 1
    assert questions.locator("li").count() >= 5
    height = questions.evaluate("it => it.getBoundingClientRect().height")
    assert height <= (11 * 25.4 - 36) / 25.4 * 96


def test_page_24_the_questions_are_copied_as_text_with_the_page_they_come_from(page: Page, example_site: Site):
    page.context.grant_permissions(["clipboard-read", "clipboard-write"], origin=example_site.url)
    page.goto(GUIDE)
    page.get_by_role("button", name="Copy these questions").press("Enter")
    page.get_by_text("Copied.").wait_for()
    copied = page.evaluate("navigator.clipboard.readText()")
    questions = page.locator(".questions li").all_inner_texts()
    assert len(questions) >= 5
    assert all(f"- {question}" in copied for question in questions)
    assert re.search(r"What is ALS\?\. Version \w{8}, \w+ \d+, \d{4}\s+http\S+/conditions/als/$", copied)
    page.emulate_media(media="print")
    printed = page.locator(".questions").inner_text()
    assert "Version" in printed
    assert "Copy these questions" not in printed


def test_page_04_the_script_adds_nothing_to_a_page_before_it_is_painted(page: Page):
    """The button comes after the first paint, the card of a reference with the first press."""
    page.add_init_script(
        """window.paints = [];
        new MutationObserver((changes) => {
          const added = changes.flatMap((change) => [...change.addedNodes])
            .filter((node) => node.matches?.(".ref-card") || node.querySelector?.("button"));
          added.forEach(() => window.paints.push(performance.getEntriesByType("paint").length));
        }).observe(document, { childList: true, subtree: true });"""
    )
    page.goto(GUIDE)
    page.get_by_role("button", name="Copy these questions").wait_for()
    paints = page.evaluate("window.paints")
    assert paints and min(paints) > 0
    assert page.locator(".ref-card").count() == 0
    page.locator('a[role="doc-biblioref"] >> nth=0').press("Enter")
    page.locator(".ref-card").wait_for()


def test_page_73_the_printer_gets_sheets(page: Page, tmp_path: Path):
    """A guide on at most fourteen sheets of US Letter."""
    page.goto(GUIDE)
    page.pdf(path=tmp_path / "guide.pdf", prefer_css_page_size=True)
    sheets = len(re.findall(rb"/Type\s*/Page\b", (tmp_path / "guide.pdf").read_bytes()))
    assert 3 <= sheets <= 14
