"""Lists find the live pages of a kind by an index; what the draft says of its kind is no matter."""

from __future__ import annotations

import importlib

import pytest
from django.apps import apps

from articles.listing import live_articles
from articles.models import Article
from stemsite.publishing import workflow
from stemsite.publishing.models import Page
from tests.factories import make_article, make_guide, make_plain_page, make_study, publish, save_draft, sign_and_publish

pytestmark = pytest.mark.django_db
database = pytest.mark.database


@pytest.fixture
def pages(clinic):
    guide, article, study, plain = make_guide(), make_article(), make_study(), make_plain_page()
    for page in (guide, article, study):
        sign_and_publish(page)
    publish(plain)
    return guide, article, study, plain


@database
def test_each_kind_finds_its_own_and_a_draft_of_another_kind_changes_nothing(pages, publisher):
    guide, article, study, plain = pages
    assert [list(live_articles(kind)) for kind in ("guide", "article", "plain")] == [[guide], [article], [plain]]
    assert Page.objects.get(pk=study.pk).live_kind == ""
    Article.objects.filter(pk=plain.pk).update(kind="service", offers_subject="no")
    save_draft(plain)
    assert list(live_articles("plain")) == [plain]
    workflow.withdraw(plain, by=publisher, kind="outdated", reason="It is old.")
    assert list(live_articles("plain")) == []
    workflow.restore(plain, by=publisher)
    assert list(live_articles("plain")) == [plain]


@database
def test_nothing_but_a_publication_writes_it(pages):
    article = Article.objects.get(pk=pages[1].pk)
    article.live_kind = "guide"
    article.save()
    assert Page.objects.get(pk=article.pk).live_kind == "article"
    with pytest.raises(TypeError, match="live_kind"):
        article.save(update_fields=["live_kind"])


@database
def test_pages_that_were_live_before_it_existed_get_it_from_their_live_version(pages):
    Page.objects.update(live_kind="")
    migration = importlib.import_module("stemsite.publishing.migrations.0006_kind_of_what_is_live")
    migration.fill(apps, None)
    kinds = [Page.objects.get(pk=page.pk).live_kind for page in pages]
    assert kinds == ["guide", "article", "", "plain"]


def test_the_index_answers(pages):
    """Asked of SQLite alone: for a handful of rows PostgreSQL reads the table."""
    plan = Page.objects.filter(public_state="live", live_kind="guide").order_by("-updated_at").explain()
    assert "page_newest_live_of_kind" in plan
