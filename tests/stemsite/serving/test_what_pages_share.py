"""What many pages show alike is read once for each state of the site, and never shown after a change of it."""

import pytest
from django.db import connection
from django.http import HttpResponse
from django.test import RequestFactory
from django.test.utils import CaptureQueriesContext

from articles import frame
from articles.models import MenuItem
from stemsite.serving import store
from stemsite.serving.lasting import lasting, rendering
from stemsite.serving.memory import Memory
from stemsite.serving.middleware import PageStoreMiddleware, depends_on
from tests.factories import make_live_article

pytestmark = [pytest.mark.django_db, pytest.mark.database]


@pytest.fixture
def word():
    """A word that pages show, its reader, and how often it was read."""

    class Word:
        now, read = "old", 0

    @lasting
    def shown(again: str = "") -> str:
        Word.read += 1
        return Word.now + again

    Word.shown = staticmethod(shown)
    return Word


def test_it_is_read_once_for_each_state_and_argument(word):
    with rendering(7):
        assert [word.shown(), word.shown(), word.shown("!"), word.shown(again="!")] == ["old", "old", "old!", "old!"]
    assert word.read == 3
    word.now = "new"
    with rendering(7):
        assert word.shown() == "old"
    with rendering(8):
        assert [word.shown(), word.shown("!")] == ["new", "new!"]


def test_nothing_is_kept_where_no_public_page_is_made(word):
    assert word.shown() == "old"
    word.now = "new"
    assert word.shown() == "new"
    with rendering(1):
        assert word.shown() == "new"
    word.now = "newer"
    assert word.shown() == "newer"


def test_a_change_while_a_page_is_made_is_on_that_page_and_on_the_next(word):
    def view(request):
        text = word.shown()
        if word.now == "old":
            word.now = "new"
            store.forget("site")
        return depends_on(HttpResponse(text), "site")

    site = PageStoreMiddleware(view, Memory())
    assert [site(RequestFactory().get(path)).content for path in ("/one/", "/two/")] == [b"new", b"new"]


def test_the_second_page_asks_nothing_that_the_first_has_asked(client, clinic, settings):
    settings.PAGE_STORE = False
    asked = []
    for page in [make_live_article(title=title) for title in ("First", "Second")]:
        with CaptureQueriesContext(connection) as queries:
            client.get(page.live_path)
        asked.append({table: sum(table in query["sql"] for query in queries) for table in AROUND})
    assert asked == [{table: 2 if table == "clinic_clinic" else 1 for table in AROUND}, dict.fromkeys(AROUND, 0)]


AROUND = ("clinic_clinic", "articles_menuitem", "articles_footerlink", "articles_definition")


def test_a_new_menu_is_on_every_page_at_once_although_none_is_stored(client, clinic, settings):
    settings.PAGE_STORE = False
    pages = [make_live_article(title=title) for title in ("First", "Second")]
    assert all("Prices" not in client.get(page.live_path).content.decode() for page in pages)
    frame.save_link(MenuItem(label="Prices", path="/contact/", ordering=1))
    assert all("Prices" in client.get(page.live_path).content.decode() for page in pages)
