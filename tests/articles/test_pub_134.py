"""PUB-134, the whole statement; and the pages that the clinic puts first for certain words."""

from __future__ import annotations

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from articles import search_view
from articles.models import Suggestion, Topic
from stemsite.access import Role
from stemsite.audit.models import AuditEvent
from stemsite.counts.keeping import forget_what_is_old_or_rare
from stemsite.counts.kinds import Kind
from stemsite.counts.models import Count
from stemsite.counts.tally import Tally
from stemsite.publishing import workflow
from stemsite.publishing.models import Page
from tests.factories import make_article, make_guide, make_user, sign_and_publish
from tests.markup import headings, tree, with_class, words
from tests.staff import signed_in

pytestmark = [pytest.mark.django_db, pytest.mark.database]

FOUND = ("ALS", "als", "MND", "Lou Gehrig", "lou gehrig’s disease", "what is als", "amyotrofic", "ALS disase")
PRIVATE = ("ada@example.org", "614 555 0142 als", "my neighbour john doe has had trouble walking since last winter")


def found(client, **query):
    answer = client.get("/search/", query)
    assert answer.status_code == 200, query
    return tree(answer)


def titles(root):
    return [words(link) for entry in with_class(root, "entry") for link in entry.iter("a")]


@pytest.fixture
def counted(monkeypatch):
    """Searches are counted as in a web process, without its thread."""
    tally = Tally()
    tally.is_on = True
    monkeypatch.setattr(search_view, "tally", tally)
    return tally


def test_pub_134_search_tolerates_typos_knows_synonyms_filters_by_topic_and_counts_misses_of_nobody(
    client, clinic, counted
):
    topic = Topic.objects.create(name="Daily life", slug="daily-life")
    guide = make_guide(title="ALS, a guide", summary="A disease of nerve cells.")
    article = make_article(title="Stairs and ALS disease")
    article.topics.add(topic)
    for page in (guide, article):
        sign_and_publish(page)

    for query in FOUND:
        assert "ALS, a guide" in titles(found(client, q=query)), query
    assert titles(found(client, q="als", topic="daily-life")) == ["Stairs and ALS disease"]

    counted.counted.clear()
    for _ in range(6):
        found(client, q="Xylophone  LESSONS")
        for query in PRIVATE:
            found(client, q=query)
    found(client, q="zither lessons")
    counted.flush()
    missed = Count.objects.filter(kind=Kind.MISSED)
    named = dict(missed.exclude(name="").values_list("name", "number"))
    assert named == {"xylophone lessons": 6, "als": 6}, "of a number and a word, the word"
    assert missed.filter(name="").count() == 1, "what one person looked for has no name"
    forget_what_is_old_or_rare()
    kept = " ".join(Count.objects.values_list("name", flat=True))
    assert not any(word in kept for word in ("ada", "example", "0142", "john", "neighbour", "zither"))


def test_pub_134_withdrawn_pages_leave_search_and_explain_themselves(client, clinic):
    owner = make_user(Role.OWNER)
    old, wrong = make_article(title="Walking, outdated"), make_article(title="Walking, mistaken")
    for page in (old, wrong):
        sign_and_publish(page)
    assert len(titles(found(client, q="walking"))) == 2
    workflow.withdraw(old, by=owner, kind=Page.Withdrawal.OUTDATED, reason="Newer studies say otherwise.")
    workflow.withdraw(wrong, by=owner, kind=Page.Withdrawal.ERROR, reason="A number in it was wrong.")
    root = found(client, q="walking")
    assert "Nothing found for “walking”" in words(root)
    banner, gone = client.get(old.live_path), client.get(wrong.live_path)
    assert (banner.status_code, gone.status_code) == (200, 410)
    assert "Newer studies say otherwise." in words(tree(banner))
    assert "A number in it was wrong." in words(tree(gone))


def test_page_41_what_the_clinic_suggests_stands_first_and_is_named_so(client, clinic):
    chosen, other = make_article(title="Before you travel"), make_article(title="Stem cells abroad, stem cells abroad")
    for page in (chosen, other):
        sign_and_publish(page)
    Suggestion.objects.create(words="stem cells abroad\nmedical tourism", page=chosen)
    for query in ("stem cells abroad", "Stem cell ABROAD?", "is medical tourism safe"):
        root = found(client, q=query)
        assert titles(root)[0] == "Before you travel", query
        assert (2, "Suggested by the clinic") in headings(root)
    for query in ("stem cells", "abroad", "tourism", ""):
        assert "Suggested by the clinic" not in words(found(client, q=query)), query
    kind = found(client, q="stem cells abroad", kind="Article")
    assert "Suggested by the clinic" not in words(kind)


def test_page_41_a_suggested_page_is_not_listed_twice_and_only_while_it_is_live(client, clinic):
    article = make_article(title="Walking aids")
    suggestion = Suggestion.objects.create(words="walking", page=article)
    assert "Suggested" not in words(found(client, q="walking"))
    sign_and_publish(article)
    assert titles(found(client, q="walking")) == ["Walking aids"]
    workflow.withdraw(article, by=make_user(Role.OWNER), kind=Page.Withdrawal.OUTDATED, reason="It is too old.")
    assert "Suggested" not in words(found(client, q="walking"))
    suggestion.delete()


def test_page_41_a_suggestion_has_words_one_page_and_is_on_record(client, clinic):
    article = make_article()
    sign_and_publish(article)
    keeper = signed_in(Role.PUBLISHER)
    url = "/admin/articles/suggestion/add/"
    refused = keeper.post(url, {"words": "walking\n?!", "page": article.pk})
    assert refused.status_code == 200
    assert "Write letters or digits in every line." in refused.content.decode()
    answer = keeper.post(url, {"words": "  walking \r\n\r\nstairs ", "page": article.pk})
    assert answer.status_code == 302
    suggestion = Suggestion.objects.get()
    assert suggestion.words == "walking\nstairs"
    assert AuditEvent.objects.filter(verb="added", object_id=str(suggestion.pk)).exists()
    with pytest.raises(IntegrityError), transaction.atomic():
        Suggestion.objects.create(words="x", page=article)
    with pytest.raises(ValidationError):
        Suggestion(words="...", page=article).full_clean()
    assert signed_in(Role.AUTHOR).get(url).status_code == 403


@pytest.mark.parametrize("query", ["'", '"', "( * OR", "x" * 10_000, "🙂", "%", "-- ;"])
def test_page_41_no_query_breaks_suggestions(client, clinic, query):
    Suggestion.objects.create(words="walking", page=make_article())
    found(client, q=query)
