"""The section editor in a real browser, much of it by keyboard alone."""

from __future__ import annotations

import re
from typing import Any

import pytest
from playwright.sync_api import Dialog, Locator, Page, Route, expect

from articles.models import Article, CalloutSection, ListSection, StudySection, TextSection
from stemsite.access import Role
from stemsite.publishing.prose import clean_prose
from tests.browser import tools
from tests.factories import (
    make_article,
    make_clinic,
    make_reference,
    make_reviewer,
    make_study,
    make_user,
    sign_and_publish,
)

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.django_db(transaction=True)]

BOX = ".ProseMirror[contenteditable=true]"

CURSOR_HEARD = """() => {
    const editor = document.activeElement.editor;
    const { anchorNode, anchorOffset, focusNode, focusOffset } = getSelection();
    const { anchor, head } = editor.state.selection;
    const at = (node, offset) => editor.view.posAtDOM(node, offset);
    return at(anchorNode, anchorOffset) === anchor && at(focusNode, focusOffset) === head;
}"""


@pytest.fixture
def editor(log_in):
    return log_in(make_user(Role.AUTHOR, Role.PUBLISHER))


def cited(*references: Any, locator: str = "") -> str:
    place = f' data-loc="{locator}"' if locator else ""
    return "".join(f'<cite data-ref="{reference.pk}"{place}></cite>' for reference in references)


def open_form(page: Page, article: Article) -> None:
    page.goto(f"/admin/articles/article/{article.pk}/change/")
    ready(page)


def ready(page: Page) -> None:
    page.locator(".section-add-last").wait_for()
    wanted = page.locator(".inline-related:not(.empty-form) textarea[data-django-prose-editor-configurable]").count()
    expect(page.locator(f".order-machine {BOX}")).to_have_count(wanted)
    expect(page.locator(".order-machine .prose-menubar[role=toolbar]")).to_have_count(wanted)


def settle(page: Page) -> None:
    """The editor hears of a moved cursor a moment after the browser, sooner than any person types on."""
    tools.until(page, CURSOR_HEARD)


def announced(page: Page) -> Locator:
    """What the form said last, to see and to hear."""
    return page.locator(".form-status [role=status]")


def section(page: Page, name: str) -> Locator:
    return page.locator(".inline-related:not(.empty-form)").filter(
        has=page.locator(".inline_label", has_text=name).first
    )


def headings(page: Page) -> list[str]:
    """Names of the sections in the order of the document."""
    return page.locator(".inline-related:not(.empty-form) > h3 .inline_label").all_text_contents()


def marks(page: Page) -> list[str]:
    return page.locator("cite.citation").all_text_contents()


def save(page: Page) -> None:
    page.keyboard.press("Control+s")
    page.locator(".messagelist .success, .error-summary").first.wait_for()
    ready(page)


def test_a_page_is_written_and_cited_by_keyboard_alone(page, editor):
    """PUB-89, PUB-92, AX-18: add, write, cite with a bracket, save."""
    reference = make_reference(title="Cells after a stroke", authors=[["Barczewska", "Monika"]], year=2020)
    make_reference(title="Something else")
    article = make_article(by=editor)
    TextSection.objects.all().delete()
    open_form(page, article)
    page.locator(".section-add-last").focus()
    page.keyboard.press("Enter")
    page.keyboard.press("Enter")
    expect(announced(page)).to_have_text("Text added, now 1 of 1.")
    page.keyboard.type("What was found")
    page.keyboard.press("Tab")
    while not page.locator(BOX).first.evaluate("box => box === document.activeElement"):
        page.keyboard.press("Tab")
    page.keyboard.type("It helped some people.[")
    expect(page.locator("#picker-words")).to_be_focused()
    page.keyboard.type("barczewska")
    expect(page.locator("#picker-found [role=option]")).to_have_count(1)
    expect(page.locator("#picker-found [aria-selected=true] .picker-number")).to_have_text("[1]")
    page.keyboard.press("Tab")
    page.keyboard.type("p 5")
    page.keyboard.press("Enter")
    expect(page.locator(BOX).first).to_be_focused()
    expect(page.locator("cite.citation")).to_have_text("[1] Barczewska 2020, p 5")
    page.keyboard.type(" And more.")
    save(page)
    stored = TextSection.objects.get()
    assert stored.heading == "What was found"
    assert stored.html == f"<p>It helped some people.{cited(reference, locator='p 5')} And more.</p>"


def test_sections_move_by_keyboard_are_announced_and_numbers_follow(page, editor):
    """PUB-89, PUB-93, AX-18: the order of the document, the numbers and what is stored follow the move."""
    first, second = make_reference(authors=[["Alpha", "A"]]), make_reference(authors=[["Beta", "B"]])
    article = make_article(by=editor, html=f"<p>One{cited(first)}</p>")
    ListSection.objects.create(
        parent=article,
        region="main",
        ordering=20,
        heading="Points",
        html=f"<ul><li><p>Two{cited(second)}</p></li></ul>",
    )
    open_form(page, article)
    expect(page.locator("cite.citation").first).to_have_text("[1] Alpha 2020")
    assert marks(page) == ["[1] Alpha 2020", "[2] Beta 2020"]
    up = page.get_by_role("button", name="Move up: List, Points")
    up.focus()
    page.keyboard.press("Enter")
    assert headings(page) == ["Points", "First steps"]
    expect(announced(page)).to_have_text("Points moved up, now 1 of 2.")
    expect(page.get_by_role("button", name="Move up: List, Points")).to_be_focused()
    expect(page.locator("cite.citation").first).to_have_text("[1] Beta 2020")
    assert marks(page) == ["[1] Beta 2020", "[2] Alpha 2020"]
    page.keyboard.press("Enter")
    expect(announced(page)).to_have_text("Points is first already.")
    save(page)
    assert ListSection.objects.get().ordering < TextSection.objects.get().ordering
    assert headings(page) == ["Points", "First steps"]


def test_a_duplicate_has_the_text_and_a_key_of_its_own(page, editor):
    """PUB-89, PUB-90: text, citations and choices are copied; key and anchor are not."""
    reference = make_reference()
    article = make_article(by=editor)
    original = CalloutSection.objects.create(
        parent=article,
        region="main",
        ordering=20,
        tone="doctor",
        heading="See someone",
        anchor="see-someone",
        html=f"<p>Soon.{cited(reference)}</p>",
    )
    open_form(page, article)
    page.get_by_role("button", name="Duplicate Call-out, See someone").press("Enter")
    assert headings(page) == ["First steps", "See someone", "See someone"]
    ready(page)
    save(page)
    copy = CalloutSection.objects.exclude(pk=original.pk).get()
    assert (copy.heading, copy.tone, copy.html) == (original.heading, original.tone, original.html)
    assert copy.key != original.key
    assert copy.anchor == ""
    assert CalloutSection.objects.get(pk=original.pk).key == original.key


def test_removing_can_be_taken_back(page, editor):
    """PUB-89: a stored section is marked and kept on request; a new one comes back with its words."""
    article = make_article(by=editor)
    open_form(page, article)
    remove = page.locator(".section-remove").first
    remove.press("Enter")
    expect(announced(page)).to_have_text("First steps will be removed when you save.")
    expect(remove).to_have_text("Keep")
    expect(remove).to_be_focused()
    page.keyboard.press("Enter")
    expect(announced(page)).to_have_text("First steps stays.")

    page.get_by_role("button", name="Add below Text, First steps").press("Enter")
    page.get_by_role("group", name="Which kind of section?").get_by_role("button", name="List", exact=True).press(
        "Enter"
    )
    page.keyboard.type("Ideas")
    page.get_by_role("button", name="Remove List, Ideas").press("Enter")
    assert headings(page) == ["First steps"]
    expect(page.locator(".section-toggle").first).to_be_focused()
    page.get_by_role("button", name="Undo", exact=True).press("Enter")
    assert headings(page) == ["First steps", "Ideas"]

    remove.press("Enter")
    save(page)
    assert not TextSection.objects.exists()
    assert ListSection.objects.get().heading == "Ideas"


def test_numbers_are_those_that_readers_will_see(page, editor):
    """PUB-93: one source twice shares a number, a study card counts, removed sections and unknown ids do not."""
    one, two = make_reference(authors=[["One", "A"]]), make_reference(authors=[["Two", "A"]])
    study = make_study(primary=make_reference(authors=[["Card", "A"]]))
    sign_and_publish(study)
    article = make_article(by=editor, html=f"<p>a{cited(one)} b{cited(one)}<cite data-ref='999'></cite></p>")
    StudySection.objects.create(parent=article, region="main", ordering=20, study=study, html=f"<p>c{cited(one)}</p>")
    TextSection.objects.create(parent=article, region="main", ordering=30, html=f"<p>d{cited(two)}</p>")
    open_form(page, article)
    expect(page.locator("cite.citation").last).to_have_text("[3] Two 2020")
    assert marks(page) == [
        "[1] One 2020",
        "[1] One 2020",
        "[?] unknown source: cite again",
        "[1] One 2020",
        "[3] Two 2020",
    ]
    page.locator(".section-remove").nth(1).click()
    expect(page.locator("cite.citation").last).to_have_text("[2] Two 2020")
    page.locator(".section-remove").nth(1).click()
    page.locator(".section-remove").nth(0).click()
    page.locator(".section-remove").nth(1).click()
    expect(page.locator("cite.citation").last).to_have_text("[1] Two 2020")


def test_deleting_the_first_citation_renumbers_and_one_can_be_changed(page, editor):
    """PUB-92, PUB-93: Backspace on a citation; Enter on a selected one changes place or source."""
    one, two = make_reference(authors=[["One", "A"]]), make_reference(authors=[["Two", "A"]])
    article = make_article(by=editor, html=f"<p>{cited(one)} b {cited(two)}</p>")
    open_form(page, article)
    expect(page.locator("cite.citation").last).to_have_text("[2] Two 2020")
    page.locator("cite.citation").first.click()
    page.keyboard.press("Backspace")
    expect(page.locator("cite.citation")).to_have_text(["[1] Two 2020"])
    page.locator("cite.citation").click()
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Change this citation")).to_be_visible()
    page.locator("#picker-place").fill("table 2")
    page.keyboard.press("Enter")
    expect(page.locator("cite.citation")).to_have_text(["[1] Two 2020, table 2"])
    page.keyboard.press("Control+z")
    expect(page.locator("cite.citation")).to_have_text(["[1] Two 2020"])


def test_a_retracted_source_is_cited_only_after_the_question(page, editor):
    """EVD-83: the first press asks, the second cites; whoever looks at another source is asked no more."""
    make_reference(authors=[["Gone", "A"]], standing="retracted", year=2021)
    make_reference(authors=[["Kept", "A"]], year=2019)
    article = make_article(by=editor, html="<p>Text</p>")
    open_form(page, article)
    page.locator(BOX).first.click()
    page.keyboard.press("Control+Alt+c")
    expect(page.locator("#picker-found [role=option]").first).to_contain_text("✓ verified; retracted")
    page.keyboard.press("Enter")
    expect(page.locator("#picker-news")).to_contain_text("Gone 2021 was retracted. Cite it as retracted?")
    expect(page.locator(".picker-cite")).to_have_text("Cite as retracted")
    assert page.locator("cite.citation").count() == 0
    page.keyboard.press("ArrowDown")
    expect(page.locator(".picker-cite")).to_have_text("Cite")
    page.keyboard.press("ArrowUp")
    page.keyboard.press("Enter")
    expect(page.locator("#picker-news")).to_contain_text("Cite it as retracted?")
    page.keyboard.press("Enter")
    expect(page.locator("cite.citation")).to_have_text(["[1] Gone 2021 (retracted)"])


def test_the_picker_takes_the_newest_answer_and_waits_for_it(page, editor):
    """PUB-92: answers out of order are ignored; Enter before the answer takes the first of the right one."""
    right = make_reference(authors=[["Right", "A"]])
    make_reference(authors=[["Wrong", "A"]])
    article = make_article(by=editor, html="<p>Text</p>")
    open_form(page, article)
    held: list[Route] = []

    def late(route: Route) -> None:
        if "q=wr" in route.request.url:
            held.append(route)
        else:
            route.continue_()

    page.route("**/admin/citations/?q=*", late)
    page.locator(BOX).first.click()
    page.keyboard.press("Control+Alt+c")
    with page.expect_request("**/citations/?q=wr*"):
        page.locator("#picker-words").fill("wrong")
    page.locator("#picker-words").fill("right")
    page.keyboard.press("Enter")
    expect(page.locator("cite.citation")).to_have_text(["[1] Right 2020"])
    for route in held:
        route.continue_()
    page.wait_for_timeout(200)
    expect(page.locator("cite.citation")).to_have_text(["[1] Right 2020"])
    page.keyboard.type("[[")
    expect(page.locator("dialog.picker")).to_be_hidden()
    save(page)
    assert TextSection.objects.get().html.count("[") == 1
    assert cited(right) in TextSection.objects.get().html


def test_the_picker_says_when_nothing_is_found_or_nobody_answers(page, editor, context):
    article = make_article(by=editor)
    open_form(page, article)
    page.locator(BOX).first.click()
    page.keyboard.type("[")
    page.keyboard.type("zzz")
    expect(page.locator("#picker-news")).to_have_text("No source holds “zzz”. Add it to the study library first.")
    page.keyboard.press("Escape")
    expect(page.locator(BOX).first).to_be_focused()
    assert page.locator("cite.citation").count() == 0


def _leave(page: Page, to: str = "Articles") -> list[str]:
    """Try to leave for the list; the kinds of dialogs that came up."""
    asked: list[str] = []

    def answer(dialog: Dialog) -> None:
        asked.append(dialog.type)
        dialog.accept()

    page.on("dialog", answer)
    page.get_by_role("link", name=to).last.click()
    page.wait_for_url(re.compile(r"/admin/\w+/\w+/$"))
    page.wait_for_load_state()
    page.remove_listener("dialog", answer)
    return asked


def test_leaving_warns_only_when_something_changed(page, editor):
    """PUB-80: unchanged, typed and taken back: no warning. Typed or moved: a warning. Saved: none."""
    article = make_article(by=editor, html="<ul><li>Stored without a paragraph</li></ul>")
    TextSection.objects.create(parent=article, region="main", ordering=20, heading="Other", html="<p>x</p>")
    open_form(page, article)
    page.locator("#id_title").click()
    assert _leave(page) == []

    open_form(page, article)
    page.locator(BOX).first.click()
    page.keyboard.type("a")
    page.keyboard.press("Backspace")
    assert _leave(page) == []

    open_form(page, article)
    page.locator(BOX).first.click()
    page.keyboard.type("new words")
    assert _leave(page) == ["beforeunload"]

    open_form(page, article)
    page.locator(".section-down").first.click()
    assert _leave(page) == ["beforeunload"]

    open_form(page, article)
    page.locator("#id_summary").fill("Another summary.")
    save(page)
    assert _leave(page) == []


def test_after_a_failed_save_the_summary_has_the_focus_and_opens_what_is_closed(page, editor):
    """PUB-116: every problem by name; its link opens the section and leads to the field; typed text stays."""
    article = make_article(by=editor)
    open_form(page, article)
    page.locator("#id_title").fill("")
    page.get_by_role("button", name="Add a section", exact=True).click()
    page.locator(".section-kinds").get_by_role("button", name="Study summary").click()
    page.keyboard.type("A study")
    page.get_by_role("button", name="Collapse all").click()
    page.keyboard.press("Control+s")
    summary = page.locator(".error-summary")
    summary.wait_for()
    expect(summary).to_be_focused()
    ready(page)
    assert page.title().startswith("Not saved: ")
    expect(summary.get_by_role("link")).to_have_text(
        ["Title: This field is required.", "Study summary, A study: Study: This field is required."]
    )
    row = section(page, "A study")
    row.evaluate("row => row.classList.add('collapsed')")
    summary.get_by_role("link").last.press("Enter")
    expect(row).not_to_have_class("collapsed")
    expect(row.locator(".select2-selection")).to_be_focused()
    summary.get_by_role("link").first.press("Enter")
    expect(page.locator("#id_title")).to_be_focused()
    assert _leave(page) == ["beforeunload"]


def test_a_link_from_a_finding_opens_its_section(page, editor):
    """PUB-05: the address of a section opens it and puts the focus on it."""
    article = make_article(by=editor)
    page.goto(f"/admin/articles/article/{article.pk}/change/#articles_textsection_set-0")
    ready(page)
    expect(page.locator(".section-toggle").first).to_be_focused()
    page.goto("about:blank")
    page.goto(f"/admin/articles/article/{article.pk}/change/#id_articles_textsection_set-0-html")
    expect(page.locator(BOX).first).to_be_focused()


TOOLS = {
    "heading3": "<h3>Some words here</h3>",
    "heading4": "<h4>Some words here</h4>",
    "bold": "<p>Some <strong>words</strong> here</p>",
    "italic": "<p>Some <em>words</em> here</p>",
    "subscript": "<p>Some <sub>words</sub> here</p>",
    "superscript": "<p>Some <sup>words</sup> here</p>",
    "bulletList": "<ul><li><p>Some words here</p></li></ul>",
    "orderedList": "<ol><li><p>Some words here</p></li></ol>",
}


def _select_word(page: Page) -> None:
    """Select “words” by keys; again where a busy machine moved the focus meanwhile."""
    for _ in range(3):
        page.locator(BOX).first.click()
        expect(page.locator(BOX).first).to_be_focused()
        settle(page)
        page.keyboard.press("Control+Home")
        for _ in range(5):
            page.keyboard.press("ArrowRight")
        for _ in range(5):
            page.keyboard.press("Shift+ArrowRight")
        settle(page)
        if page.evaluate("getSelection().toString()") == "words":
            return
    pytest.fail("The word could not be selected.")


@pytest.mark.parametrize("tool", TOOLS)
def test_what_a_tool_makes_is_what_is_stored(page, editor, tool):
    """PUB-91: the result of each button passes the sanitiser unchanged, and is what comes back."""
    article = make_article(by=editor, html="<p>Some words here</p>")
    open_form(page, article)
    _select_word(page)
    page.locator(f"[data-name={tool}]").first.click()
    made = page.locator("textarea[name$='_set-0-html']").first.input_value()
    assert made == TOOLS[tool]
    assert clean_prose(made) == made
    save(page)
    assert TextSection.objects.get().html == made


def test_links_tables_and_breaks_are_stored_as_made(page, editor):
    """PUB-91: the dialogs of link and table, a line break, and links that would be dropped are refused first."""
    article = make_article(by=editor, html="<p>Some words here</p>")
    open_form(page, article)
    text = page.locator("textarea[name$='_set-0-html']").first
    _select_word(page)
    page.keyboard.press("Control+k")
    dialog = page.locator("dialog.prose-editor-dialog")
    dialog.get_by_label("Address").fill("javascript:alert(1)")
    page.keyboard.press("Enter")
    expect(dialog).to_contain_text("is no address we can keep")
    dialog.get_by_label("Address").fill("example.org/a?b=1&c=2")
    page.keyboard.press("Enter")
    linked = '<a href="https://example.org/a?b=1&amp;c=2">words</a>'
    expect(text).to_have_value(f"<p>Some {linked} here</p>")
    expect(page.locator(BOX).first).to_be_focused()
    page.keyboard.press("End")
    settle(page)
    page.keyboard.press("Shift+Enter")
    page.keyboard.type("below")
    expect(text).to_have_value(f"<p>Some {linked} here<br>below</p>")
    page.locator("[data-name=table]").first.click()
    page.get_by_role("button", name="Insert Table", exact=True).click()
    page.keyboard.type("cell")
    page.locator("[data-name='table:toggleHeaderCell']").first.click()
    page.locator("[data-name='table:addRowAfter']").first.click()
    page.locator("[data-name='table:deleteColumn']").first.click()
    made = text.input_value()
    assert "<table><tbody><tr>" in made
    assert clean_prose(made) == made
    save(page)
    assert TextSection.objects.get().html == made
    assert text.input_value() == made


def test_every_toolbar_is_one_stop_with_arrows_within(page, editor):
    """AX-12, AX-18: one tab stop, arrow keys, pressed state; Alt+F10 goes there, Escape comes back."""
    article = make_article(by=editor, html="<p>Some words here</p>")
    open_form(page, article)
    _select_word(page)
    page.keyboard.press("Alt+F10")
    toolbar = page.get_by_role("toolbar", name="Format: Text").first
    assert toolbar.locator("button[tabindex='0']").count() == 1
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowRight")
    bold = toolbar.get_by_role("button", name="bold")
    expect(bold).to_be_focused()
    page.keyboard.press("Enter")
    expect(bold).to_have_attribute("aria-pressed", "true")
    page.keyboard.press("Alt+F10")
    page.keyboard.press("Escape")
    expect(page.locator(BOX).first).to_be_focused()


def test_who_may_only_look_sees_the_sections_in_order(page, log_in):
    """A reviewer reads the draft: no button that would do nothing, no script error."""
    make_clinic(review_policy="team")
    reviewer = make_reviewer().user
    log_in(reviewer)
    article = make_article(reviewer=reviewer)
    CalloutSection.objects.create(parent=article, region="main", ordering=5, heading="Before", html="<p>x</p>")
    page.goto(f"/admin/articles/article/{article.pk}/change/")
    page.locator(".section-toggle").first.wait_for()
    assert headings(page) == ["Before", "First steps"]
    assert page.locator(".section-tools button").count() == 0


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1280, 320])
def test_axe_finds_nothing_on_the_change_form(page, editor, width, scheme):
    """AX-01, AX-03, AX-18: the form, its list of kinds and its picker, wide and narrow, light and dark."""
    reference = make_reference()
    article = make_article(by=editor, html=f"<p>Text{cited(reference)}</p>")
    CalloutSection.objects.create(parent=article, region="main", ordering=20, heading="Careful", html="<p>x</p>")
    page.set_viewport_size({"width": width, "height": 900})
    page.emulate_media(color_scheme=scheme)
    open_form(page, article)
    assert tools.in_words(tools.axe(page)["violations"]) == []
    assert tools.sideways(page) == 0
    page.locator(".section-add").first.click()
    page.locator(".section-remove").last.click()
    assert tools.in_words(tools.axe(page)["violations"]) == []
    page.keyboard.press("Escape")
    page.locator(BOX).first.click()
    page.keyboard.type("[")
    page.locator("#picker-found [role=option]").first.wait_for()
    assert tools.in_words(tools.axe(page)["violations"]) == []


def test_the_form_of_a_study_names_its_texts_and_counts_its_own_source_first(page, editor):
    """PUB-80, PUB-93, AX-01: the same editors without sections."""
    other = make_reference(authors=[["Other", "A"]])
    primary = make_reference(authors=[["Own", "A"]])
    study = make_study(by=editor, primary=primary, methods=f"<p>As before{cited(other)} and here{cited(primary)}.</p>")
    page.goto(f"/admin/studies/study/{study.pk}/change/")
    methods = page.get_by_role("textbox", name="What they did")
    expect(methods.locator("cite.citation")).to_have_text(["[2] Other 2020", "[1] Own 2020"])
    assert _leave(page, "Studies") == []
    page.goto(f"/admin/studies/study/{study.pk}/change/")
    methods.click()
    page.keyboard.type("More. ")
    expect(page.locator("#id_methods")).to_have_value(re.compile("More"))
    assert tools.in_words(tools.axe(page)["violations"]) == []
    assert _leave(page, "Studies") == ["beforeunload"]


def test_axe_finds_nothing_on_the_index_and_the_lists(page, editor):
    """AX-01: stock screens in our colours."""
    make_article(by=editor)
    make_study(by=editor)
    for address in ("/admin/", "/admin/articles/article/", "/admin/studies/study/"):
        page.goto(address)
        assert tools.in_words(tools.axe(page)["violations"]) == [], address
