"""A paste in a real browser becomes what the server would make of it (PUB-94, PUB-95)."""

from __future__ import annotations

import random

import pytest
from playwright.sync_api import expect

from articles.models import TextSection
from stemsite.access import Role
from stemsite.publishing.pasting import normalise
from stemsite.publishing.prose import clean_prose
from tests.factories import make_article, make_clinic, make_user
from tests.pastes import CORPUS, PIECES, TWICE

from .test_section_editor import BOX, open_form, save

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.django_db(transaction=True)]

NORMALISE = "async texts => { const { normalise } = await import('stemsite/pasting'); return texts.map(normalise) }"
PASTE = """(box, html) => {
    const data = new DataTransfer();
    data.setData("text/html", html);
    box.dispatchEvent(new ClipboardEvent("paste", { clipboardData: data, bubbles: true, cancelable: true }));
}"""
SHUFFLED = 1000


@pytest.fixture
def page(context):
    """Chromium tells of every inline style and handler that it refuses in what is pasted; that is as it should be."""
    return context.new_page()


@pytest.fixture
def article(log_in):
    make_clinic()
    return make_article(by=log_in(make_user(Role.AUTHOR, Role.PUBLISHER)), html="")


def test_pub_95_browser_and_server_agree_on_the_corpus_and_on_any_shuffle_of_it(page, article):
    shuffle = random.Random(95)  # noqa: S311 - a repeatable shuffle
    mixed = ["".join(shuffle.choices(PIECES, k=shuffle.randint(1, 16))) for _ in range(SHUFFLED)]
    pasted = [*(html for html, _ in CORPUS.values()), *TWICE, *mixed]
    open_form(page, article)
    differing = [
        (html, browser, server)
        for html, browser, server in zip(pasted, page.evaluate(NORMALISE, pasted), map(normalise, pasted), strict=True)
        if browser != server
    ]
    assert differing == []


@pytest.mark.parametrize("name", CORPUS)
def test_pub_94_what_is_pasted_is_what_is_stored(page, article, name):
    pasted, expected = CORPUS[name]
    open_form(page, article)
    page.locator(BOX).first.focus()
    page.locator(BOX).first.evaluate(PASTE, pasted)
    text = page.locator("textarea[name$='_set-0-html']").first
    expect(text).not_to_have_value("")
    made = text.input_value()
    assert normalise(made) == expected
    assert clean_prose(made) == made
    save(page)
    assert TextSection.objects.get().html == made


def test_what_is_copied_within_the_editor_stays_as_it_is(page, article):
    """A small heading is not raised, and a citation stays one."""
    open_form(page, article)
    page.locator(BOX).first.focus()
    page.locator(BOX).first.evaluate(PASTE, '<h4 data-pm-slice="0 0 []">Small</h4><p>Words</p>')
    expect(page.locator("textarea[name$='_set-0-html']").first).to_have_value("<h4>Small</h4><p>Words</p>")
