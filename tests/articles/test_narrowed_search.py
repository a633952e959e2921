"""PAGE-41, PUB-134: results narrowed by condition, topic and year, by plain links and a form without script."""

from __future__ import annotations

import datetime

import pytest
from crispy_forms.utils import render_crispy_form
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from articles.forms import NarrowedSearchForm, drawn
from articles.models import Topic
from stemsite.access import Role
from stemsite.publishing import workflow
from stemsite.publishing.models import Page
from stemsite.search import index
from tests.factories import make_article, make_condition, make_guide, make_study, make_user, sign_and_publish
from tests.markup import links, tree, with_class, words

pytestmark = [pytest.mark.django_db, pytest.mark.database]


@pytest.fixture
def topic():
    return Topic.objects.create(name="Reading studies", slug="reading-studies")


def found(client, **query):
    answer = client.get("/search/", query)
    assert answer.status_code == 200, query
    return tree(answer)


def titles(root):
    return {words(link) for entry in with_class(root, "entry") for link in entry.iter("a")}


def test_pub_134_results_are_narrowed_to_a_topic_of_what_is_live(client, clinic, topic):
    inside, outside = make_article(title="Walking and trials"), make_article(title="Walking and shoes")
    inside.topics.add(topic)
    for article in (inside, outside):
        sign_and_publish(article)
    assert titles(found(client, q="walking")) == {"Walking and trials", "Walking and shoes"}
    assert titles(found(client, q="walking", topic="reading-studies")) == {"Walking and trials"}
    outside.topics.add(topic)
    assert titles(found(client, q="walking", topic="reading-studies")) == {"Walking and trials"}, "a draft says nothing"


def test_page_41_results_are_narrowed_to_a_condition(client, clinic):
    guide = make_guide(title="Walking with ALS")
    guide.conditions.set([condition := make_condition(slug="als-one", name="One condition", short_name="")])
    article = make_article(title="Walking in general")
    for page in (guide, article):
        sign_and_publish(page)
    assert titles(found(client, q="walking", condition=condition.slug)) == {"Walking with ALS"}


def test_page_41_a_year_means_when_a_study_was_published_and_another_page_updated(client, clinic):
    study = make_study(title="Walking, a study", study_year=2019)
    article = make_article(title="Walking, an article")
    for page in (study, article):
        sign_and_publish(page)
    edge = timezone.make_aware(datetime.datetime(2021, 12, 31, 23, 59))
    Page.objects.filter(pk=article.pk).update(updated_at=edge)
    index.refresh(article.pk)
    assert titles(found(client, q="walking", year="2019")) == {"Walking, a study"}
    assert titles(found(client, q="walking", year="2021")) == {"Walking, an article"}
    assert titles(found(client, q="walking", year="2022")) & {"Walking, a study", "Walking, an article"} == set()


def test_page_41_only_choices_that_lead_somewhere_are_offered(client, clinic, topic):
    Topic.objects.create(name="Empty", slug="empty")
    article = make_article(title="Walking")
    article.topics.add(topic)
    sign_and_publish(article)
    root = found(client, q="walking")
    options = {
        select.get("name"): [option.get("value") for option in select.iter("option")] for select in root.iter("select")
    }
    assert options["topic"] == ["", "reading-studies"]
    assert options["year"] == ["", str(timezone.localdate().year)]
    workflow.withdraw(article, by=make_user(Role.OWNER), kind=Page.Withdrawal.OUTDATED, reason="It is too old.")
    assert "topic" not in {select.get("name") for select in found(client, q="walking").iter("select")}


def test_page_41_kinds_parts_and_the_way_back_keep_or_drop_the_choice(client, clinic, topic):
    article = make_article(title="Walking, told")
    article.topics.add(topic)
    study = make_study(title="Walking, studied")
    for page in (article, study):
        sign_and_publish(page)
    root = found(client, q="walking", topic="reading-studies")
    assert "1 result for “walking” in Reading studies." in words(root)
    assert ("Search everything", "/search/?q=walking") in links(root)
    (chosen,) = [
        option.get("value")
        for option in root.iter("option")
        if option.get("selected") is not None and option.get("value")
    ]
    assert chosen == "reading-studies"
    year = str(timezone.localdate().year)
    nothing = found(client, q="walking", topic="reading-studies", year="1950")
    assert "Nothing found for “walking” in Reading studies, 1950." in words(nothing)
    both = found(client, q="walking", year="", kind="Article")
    assert ("All (2)", "/search/?q=walking") in links(both)
    other = found(client, q="walking", year=year)
    assert ("Article (1)", f"/search/?kind=Article&q=walking&year={year}") not in links(other), (
        "one kind needs no choice"
    )


def test_page_41_a_choice_that_leaves_nothing_does_not_change_the_words(client, clinic, topic):
    """A word that stands on some page is not read as another because the choice leaves that page out."""
    topical = make_article(title="Talking")
    topical.topics.add(topic)
    for page in (topical, make_article(title="Walking")):
        sign_and_publish(page)
    root = found(client, q="walking", topic="reading-studies")
    assert "Nothing found for “walking”" in words(root)
    assert "“talking”" in words(found(client, q="talkng", topic="reading-studies"))


@pytest.mark.parametrize("name", ["condition", "topic", "year"])
@pytest.mark.parametrize("value", ["'", '"', "x" * 10_000, "-1", "0000", "0001", "9999", "²⁰²⁰", "%", "2020; --"])
def test_page_41_no_choice_breaks_the_page(client, clinic, name, value):
    sign_and_publish(make_article(title="Walking"))
    found(client, q="walking", **{name: value})


def test_page_41_a_narrowed_search_asks_as_much_however_many_there_are_and_nothing_more(client, clinic, topic):
    def asked(**query):
        found(client, q="walking", **query)
        with CaptureQueriesContext(connection) as queries:
            found(client, q="walking", **query)
        return len(queries)

    def publish(number):
        article = make_article(title=f"Walking {number}")
        article.topics.add(topic)
        sign_and_publish(article)

    publish(1)
    plain, narrowed = asked(), asked(topic="reading-studies", year=str(timezone.localdate().year))
    for number in range(2, 9):
        publish(number)
    assert asked() == plain
    assert asked(topic="reading-studies", year=str(timezone.localdate().year)) == narrowed
    assert narrowed <= plain


@pytest.mark.parametrize("query", ["", "walking", "\"'><b>&amp;", "\ue000", "{{ 1 }} %s"])
def test_page_41_the_form_is_the_one_that_its_class_draws_whatever_was_looked_for_before(query):
    """It is drawn once for the same choices; only the query is put in its place."""
    choices = (
        ("condition", (("als", "ALS & more"),)),
        ("topic", ()),
        ("year", (("2024", "2024"), ("2023", "2023"))),
    )
    for chosen in ({}, {"year": "2023"}, {"condition": "als", "year": "2024"}):
        form = NarrowedSearchForm(choices=dict(choices), initial={"q": query, **chosen})
        assert drawn(query, choices=choices, chosen=chosen) == render_crispy_form(form)


def test_page_41_what_narrows_is_folded_until_it_is_used(client, clinic, topic):
    """So that the results stand on a phone's first screen; without script too."""
    article = make_article(title="Walking")
    article.topics.add(topic)
    sign_and_publish(article)
    for query, is_open in (({}, False), ({"topic": "reading-studies"}, True)):
        (folded,) = found(client, q="walking", **query).iter("details")
        assert (folded.get("open") is not None) is is_open
        assert {select.get("name") for select in folded.iter("select")} == {"topic", "year"}
    assert words(next(folded.iter("summary"))) == "Narrow down by topic or year"


def test_page_41_nothing_to_narrow_by_leaves_nothing_folded(client, clinic):
    assert list(found(client, q="walking").iter("details")) == []
