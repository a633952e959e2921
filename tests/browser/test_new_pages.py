"""PUB-16, 38, 97 and 105 in a real browser: judged by axe wide and narrow, light and dark, worked by keyboard."""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from articles.models import Article
from articles.word import keeping
from stemsite.access import Role
from stemsite.images.intake import take_in
from stemsite.images.models import Picture
from stemsite.images.renditions import add_file
from stemsite.publishing import commenting
from stemsite.publishing.families import specific
from tests.articles.word import files
from tests.browser import tools
from tests.factories import make_article, make_clinic, make_user, make_wordings, save_draft

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def desk(db) -> dict[str, Any]:
    make_wordings()
    make_clinic()
    eda = make_user(Role.AUTHOR, Role.PUBLISHER, Role.OWNER, first_name="Eda", last_name="Editor")
    page = make_article(by=eda, keeper=eda, title="A quiet draft")
    save_draft(page, by=eda)
    page = specific(page)
    commenting.say(page, by=eda, text="Which reader is this for?", quote="how to read a study", is_blocking=True)
    for name in ("A nerve cell", "The same again"):
        picture = Picture.objects.create(name=name)
        add_file(picture, take_in(files.picture(), "a.png"))
    return {"eda": eda, "page": page, "file": keeping.hand_in(files.example(), "als.docx", by=eda)}


def look(page: Page, name: str) -> None:
    """A picture to look at, written only when it is asked for: PICTURES=some/folder."""
    if folder := os.environ.get("PICTURES"):
        page.screenshot(path=Path(folder) / f"{name}.png", full_page=True)


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1280, 320])
def test_axe_finds_nothing_on_the_new_screens(page, log_in, desk, width, scheme):
    page.set_viewport_size({"width": width, "height": 900})
    page.emulate_media(color_scheme=scheme)
    log_in(desk["eda"])
    screens = {
        "template": "/admin/articles/article/template/",
        "word": "/admin/articles/article/word/",
        "mapping": f"/admin/articles/article/word/{desk['file'].pk}/",
        "comments": f"/admin/pages/{desk['page'].pk}/comments/",
        "pictures": "/admin/images/picture/?as=grid",
    }
    for name, address in screens.items():
        page.goto(address)
        for details in page.locator("details").all():
            details.evaluate("each => { each.open = true; }")
        look(page, f"{name}-{width}-{scheme}")
        assert tools.in_words(tools.axe(page)["violations"]) == [], address
        assert tools.sideways(page) == 0, address


def test_a_word_file_becomes_a_draft_by_keyboard_alone(page, log_in, desk, tmp_path):
    (tmp_path / "als.docx").write_bytes(files.example())
    log_in(desk["eda"])
    page.goto("/admin/articles/article/")
    page.get_by_role("link", name="From a Word file").press("Enter")
    page.get_by_label("Word file").set_input_files(tmp_path / "als.docx")
    page.get_by_role("button", name="Show what would become of it").press("Enter")
    expect(page.get_by_role("heading", name="What becomes of als.docx")).to_be_visible()
    assert Article.objects.count() == 1
    page.get_by_role("button", name="Make the draft").press("Enter")
    expect(page).to_have_url(re.compile(r"/article/\d+/change/$"))
    expect(page.locator("#id_title")).to_have_value("What is ALS?")
    expect(page.locator(".ProseMirror[contenteditable]").first).to_be_visible()


def test_a_comment_is_answered_and_resolved_by_keyboard_alone(page, log_in, desk):
    log_in(desk["eda"])
    page.goto(f"/admin/pages/{desk['page'].pk}/")
    page.get_by_role("link", name="Comments (1 open)").press("Enter")
    page.get_by_label("Reply").fill("For families.")
    page.get_by_role("button", name="Reply to").press("Enter")
    expect(page.get_by_text("For families.")).to_be_visible()
    page.get_by_role("button", name="Resolve").press("Enter")
    expect(page.get_by_text("All are resolved.")).to_be_visible()
