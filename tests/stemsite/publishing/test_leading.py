"""What leads to a page, and what could (PUB-37)."""

import pytest
from django.conf import settings
from django.db import connection
from django.test.utils import CaptureQueriesContext

from articles.models import StudySection
from stemsite.access import Role
from stemsite.publishing.families import content_of, specific
from stemsite.publishing.leading import LONELY, could_lead_here, could_lead_on, lonely, ways_to
from stemsite.publishing.links import collect
from stemsite.publishing.models import Page
from stemsite.publishing.reports import reports
from tests.factories import make_article, make_guide, make_study, make_user, save_draft, sign_and_publish

pytestmark = pytest.mark.django_db


@pytest.fixture
def editor(clinic):
    return make_user(Role.AUTHOR, Role.PUBLISHER)


@pytest.fixture
def guide(editor):
    found = make_guide(by=editor)
    sign_and_publish(found, by=editor)
    return fresh(found)


def fresh(page):
    return specific(Page.objects.get(pk=page.pk))


def an_article(editor, guide=None, *, related=(), **fields):
    """A live article, about what ``guide`` is about."""
    article = make_article(by=editor, **fields)
    article.related.set(related)
    if guide is not None:
        article.conditions.set(guide.conditions.all())
    sign_and_publish(article, by=editor)
    return fresh(article)


def suggested_here(page):
    return could_lead_here(page, content_of(page, page.live_version), ways_to(page))


def suggested_onward(page):
    return could_lead_on(page, content_of(page, page.live_version))


def titles(ways):
    return [way.title for way in ways]


def test_a_page_about_the_same_could_lead_to_the_guide_and_is_told_so_on_its_side(guide, editor):
    article = an_article(editor, guide, title="Living with it")
    an_article(editor, title="About something else")
    (way,) = suggested_here(guide)
    assert (way.page, way.title, way.url, way.words) == (article.pk, "Living with it", article.live_path, "about ALS")
    assert titles(suggested_onward(article)) == ["What is ALS?"]


@pytest.mark.parametrize("site", ["", settings.SITE_URL])
def test_a_link_in_a_text_leads_there_and_is_not_suggested_again(guide, editor, site):
    article = an_article(
        editor, guide, title="Living with it", html=f'<p><a href="{site}/conditions/als/#x">ALS</a></p>'
    )
    collect()
    assert [(way.title, way.words) for way in ways_to(guide)] == [("Living with it", "links to it under “First steps”")]
    assert suggested_here(guide) == ()
    assert suggested_onward(article) == ()


def test_a_related_page_leads_there(guide, editor):
    article = an_article(editor, guide, related=[guide])
    assert [way.words for way in ways_to(guide)] == ["names it as a related page"]
    assert suggested_here(guide) == suggested_onward(article) == ()


def test_a_shown_study_is_led_to(editor):
    study = make_study(by=editor)
    sign_and_publish(study, by=editor)
    article = make_article(by=editor, title="On cells")
    StudySection.objects.create(parent=article, region="main", ordering=20, study=study)
    sign_and_publish(article, by=editor)
    assert [(way.title, way.words) for way in ways_to(study)] == [("On cells", "shows it as a study")]


def test_a_study_is_suggested_to_who_cites_its_paper(guide, editor):
    study = make_study(by=editor)
    sign_and_publish(study, by=editor)
    study = fresh(study)
    article = an_article(editor, html=f'<p>So it is.<cite data-ref="{study.primary_id}"></cite></p>', title="On cells")
    (way,) = [way for way in suggested_here(study) if way.page == article.pk]
    assert way.words == "the same paper"
    assert study.title in titles(suggested_onward(article))
    assert suggested_onward(study) == (), "a study's page leads where its record says"


def test_a_draft_suggests_nothing_and_is_not_suggested(guide, editor):
    draft = make_article(by=editor)
    draft.conditions.set(guide.conditions.all())
    version = save_draft(draft)
    assert suggested_here(guide) == ()
    assert titles(could_lead_on(draft, content_of(draft, version))) == ["What is ALS?"]
    assert could_lead_here(draft, content_of(draft, version), ()) == ()


def test_readers_words_stand_in_the_list_and_not_those_of_a_draft(guide, editor):
    article = an_article(editor, guide, title="Signed words")
    article.title = "Words of a draft"
    article.save()
    save_draft(article)
    assert titles(suggested_here(guide)) == ["Signed words"]


def test_pages_that_nothing_leads_to_are_reported_until_something_does(guide, editor):
    assert [line.label for line in lonely()] == ["What is ALS?"]
    article = an_article(editor, title="Living with it", html='<p><a href="/conditions/als/">ALS</a></p>')
    collect()
    assert [line.label for line in lonely()] == [article.title]
    assert LONELY in reports()


def test_a_link_to_itself_does_not_count(guide, editor):
    an_article(editor, title="Living with it", slug="living", html='<p><a href="/blog/living/">Here</a></p>')
    collect()
    assert "Living with it" in [line.label for line in lonely()]


@pytest.mark.parametrize("site", ["", settings.SITE_URL])
def test_a_link_of_another_page_counts_beside_one_to_itself(guide, editor, site):
    article = an_article(editor, title="Living with it", slug="living", html='<p><a href="/blog/living/">Here</a></p>')
    an_article(editor, title="Another", slug="another", html=f'<p><a href="{site}/blog/living/#x">There</a></p>')
    collect()
    assert article.title not in [line.label for line in lonely()]


def test_lonely_pages_are_found_by_as_many_questions_whatever_there_is(guide, editor, django_assert_num_queries):
    """One question for each page took minutes in a large site."""
    with CaptureQueriesContext(connection) as one:
        assert len(list(lonely())) == 1
    for number in range(4):
        an_article(editor, guide, title=f"Article {number}", slug=f"article-{number}")
    with django_assert_num_queries(len(one)):
        assert len(list(lonely())) == 5


def test_what_stands_in_the_menu_is_not_lonely(editor, monkeypatch):
    from stemsite.clinic import frame

    article = an_article(editor)
    monkeypatch.setattr(frame, "_links", [lambda: ((("Here", article.live_path),), ())])
    assert list(lonely()) == []


def test_the_number_of_queries_is_the_same_for_many_pages(guide, editor, django_assert_num_queries):
    for number in range(4):
        an_article(editor, guide, title=f"Article {number}", slug=f"article-{number}")
    content = content_of(guide, guide.live_version)
    with django_assert_num_queries(5):
        known = ways_to(guide)
        assert len(could_lead_here(guide, content, known)) == 4
