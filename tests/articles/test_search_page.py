"""The page of results: people beside pages, parts of twenty, and no query that breaks it (PAGE-41)."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from articles import search_view
from stemsite.publishing.paging import PER_PAGE
from tests.factories import make_article, make_guide, make_person, sign_and_publish
from tests.markup import links, tree, words

pytestmark = [pytest.mark.django_db, pytest.mark.database]


def found(client, query):
    answer = client.get("/search/", query)
    assert answer.status_code == 200, query
    return tree(answer)


def test_page_41_people_are_found_by_name_and_specialty_once_something_of_theirs_is_live(client, clinic):
    person = make_person(name="Ada Lindqvist", slug="ada-lindqvist", is_author=True, specialty="Rheumatology")
    assert person.get_absolute_url() not in dict(links(found(client, {"q": "lindqvist"}))).values()
    article = make_article(title="About gait")
    article.authors.set([person])
    sign_and_publish(article)
    for query in ("Lindqvist", "ada lind", "rheumatology"):
        root = found(client, {"q": query})
        assert (str(person), person.get_absolute_url()) in links(root), query
    only = found(client, {"q": "lindqvist", "kind": "People"})
    assert (str(person), person.get_absolute_url()) in links(only)


def test_page_41_a_name_that_somebody_has_is_not_read_as_another_word(client, clinic):
    person = make_person(name="Maria Reyes", slug="maria-reyes", is_author=True)
    article = make_article(title="What to ask about your eyes")
    article.authors.set([person])
    sign_and_publish(article)
    root = found(client, {"q": "reyes"})
    assert (str(person), person.get_absolute_url()) in links(root)
    assert "“eyes”" not in words(root) and "What to ask about your eyes" not in dict(links(root))
    assert "“eyes”" in words(found(client, {"q": "ryes"}))


def test_page_41_results_come_in_parts_whose_addresses_keep_the_query(client, clinic, monkeypatch):
    monkeypatch.setattr(search_view, "PER_PAGE", 2)
    for number in range(3):
        sign_and_publish(make_article(title=f"Walking, part {number}"))
    first, second = (found(client, {"q": "walking", "page": str(page)}) for page in (1, 2))
    titles = [{title for title, url in links(root) if title.startswith("Walking")} for root in (first, second)]
    assert titles[0] | titles[1] == {f"Walking, part {number}" for number in range(3)}
    assert not titles[0] & titles[1]
    assert PER_PAGE == 20
    assert "3 results for “walking”." in words(second)
    assert ("Next page", "/search/?page=2&q=walking") in links(first)
    for page in ("3", "x", "-1", "99999999999"):
        assert client.get("/search/", {"q": "walking", "page": page}).status_code == 404


@pytest.mark.parametrize("kind", ["Article", "People", "nothing", "'", "x" * 300])
@pytest.mark.parametrize("query", ["", '"', "(", "a" * 10_000, "NEAR(", "* OR *", "' --", "100%", "x:y", "-als"])
def test_page_41_no_query_and_no_kind_breaks_the_page(client, clinic, query, kind):
    found(client, {"q": query, "kind": kind})


def test_page_41_nothing_found_offers_guides_and_ways_on(client, clinic):
    sign_and_publish(guide := make_guide())
    root = found(client, {"q": "xylophones"})
    assert "Nothing found for “xylophones”." in words(root)
    assert guide.live_path in dict(links(root)).values()
    assert "/contact/" in dict(links(root)).values()


def test_page_41_the_number_of_queries_does_not_grow_with_the_results(client, clinic):
    def asked():
        with CaptureQueriesContext(connection) as queries:
            found(client, {"q": "walking"})
        return len(queries)

    sign_and_publish(make_article(title="Walking"))
    make_person()
    few = asked()
    for number in range(4):
        make_person()
        sign_and_publish(make_article(title=f"Walking, part {number}"))
    assert asked() == few
