"""How a page looks in a search engine's list, and what staff are told of it (PUB-37)."""

import pytest

from stemsite.access import Role
from stemsite.clinic.frame import frame
from stemsite.publishing import workflow
from stemsite.publishing.elsewhere import cut, elsewhere
from stemsite.publishing.families import content_of
from tests.factories import make_article, make_user, save_draft, sign_and_publish

pytestmark = pytest.mark.django_db


@pytest.fixture
def editor(clinic):
    return make_user(Role.AUTHOR, Role.PUBLISHER)


def shown(page):
    version = save_draft(page)
    return elsewhere(page, version, content_of(page, version), frame())


def test_a_draft_is_shown_as_it_would_be_listed(editor):
    found = shown(make_article(by=editor, title="Living with ALS", slug="living", summary="What helps day by day."))
    assert found.title == f"Living with ALS | {frame().name}"
    assert found.crumbs == ("blog", "living")
    assert (found.title_shown, found.description_shown) == (found.title, "What helps day by day.")
    assert found.social.title == "Living with ALS"


@pytest.mark.parametrize(
    ("title", "told"),
    [
        ("Living with ALS day by day", False),
        ("Living with ALS day by day, and what helps when", True),
        ("Living with ALS day by day, and what helps when the hands grow weak", True),
        ("ALS", True),
    ],
)
def test_titles_that_are_cut_or_say_little_are_told(editor, title, told):
    remarks = [one for one in shown(make_article(by=editor, title=title)).remarks if "title" in one.lower()]
    assert bool(remarks) is told


@pytest.mark.parametrize(
    ("summary", "words"),
    [
        ("", "no summary"),
        ("What helps.", "there is room"),
        ("What helps people with weak hands day by day, with sources for each of the claims.", ""),
        (f"{'What helps people with weak hands day by day. ' * 3}And more.", "On phones"),
    ],
)
def test_summaries_are_measured(editor, summary, words):
    article = make_article(by=editor, title="Living with weak hands")
    article.summary = summary
    article.save()
    remarks = [one for one in shown(article).remarks if "summary" in one]
    assert [words in one for one in remarks] == ([True] if words else [])


def test_a_withdrawn_page_says_that_it_is_not_listed(editor):
    article = make_article(by=editor)
    sign_and_publish(article, by=editor)
    workflow.withdraw(article, by=editor, kind="outdated", reason="Newer studies say otherwise.")
    article.refresh_from_db()
    found = elsewhere(article, article.live_version, content_of(article, article.live_version), frame())
    assert found.remarks[0].startswith("The page is withdrawn")


def test_words_are_cut_between_and_never_without_end():
    assert cut("one two three", 20) == "one two three"
    assert cut("one two, three", 9) == "one two …"
    assert cut("x" * 30, 10) == f"{'x' * 10} …"
