"""History, comparison and going back, through their addresses (PUB-08, PUB-21, PUB-22, PUB-25)."""

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from articles.content import article_content
from articles.models import TextSection
from stemsite.access import Role
from stemsite.publishing import scheduling, workflow
from stemsite.publishing.versions import frozen
from tests.factories import (
    make_article,
    make_guide,
    make_person,
    make_reference,
    make_reviewer,
    make_study,
    make_user,
    save_draft,
    sign_and_publish,
)
from tests.staff_forms import opened, save, signed_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def editor(clinic):
    return make_user(Role.AUTHOR, Role.PUBLISHER, first_name="Eda", last_name="Editor")


@pytest.fixture
def guide(editor):
    """A guide with a live version 1 and a draft version 2 that differs in much."""
    found = make_guide(by=editor)
    sign_and_publish(found, by=editor)
    section = TextSection.objects.get(parent=found, role="research")
    section.html = f'<p>Rewritten.<cite data-ref="{make_reference().pk}" data-loc="p 4"></cite></p>'
    section.save()
    TextSection.objects.get(parent=found, role="symptoms").delete()
    found.title, found.slug = "ALS, rewritten", "als-rewritten"
    found.save()
    found.authors.clear()
    save_draft(found)
    return found


def history(user, page, query=""):
    response = signed_in(user).get(f"/admin/pages/{page.pk}/history/{query}")
    assert response.status_code == 200
    return response


def test_the_history_tells_who_when_what_and_why(guide, editor):
    """PUB-21: badges, change kind and notes."""
    guide.authors.add(make_person())
    save_draft(guide)
    version = workflow.submit(guide, by=editor, note="Please look at research.")
    page = history(editor, guide).content.decode()
    assert "Eda Editor" in page
    assert "Please look at research." in page
    assert "major change" in page
    rows = {row.version.number: row for row in history(editor, guide).context["rows"]}
    assert rows[1].badges == ("live", "signed")
    assert rows[2].badges == ()
    assert rows[3].badges == ("draft",)
    assert [step.verb for step in rows[3].steps] == ["submit"]
    workflow.sign(guide, by=make_reviewer().user, version_id=version.pk)
    assert history(editor, guide).context["rows"][0].badges == ("draft", "signed")


def test_a_scheduled_version_is_marked(guide, editor):
    guide.authors.set([make_reviewer(is_author=True)])
    TextSection.objects.create(
        parent=guide, region="main", ordering=25, role="symptoms", heading="Symptoms", html="<p>About symptoms.</p>"
    )
    save_draft(guide)
    version = workflow.submit(guide, by=editor)
    workflow.sign(guide, by=make_reviewer().user, version_id=version.pk)
    due = timezone.now() + timedelta(days=1)
    scheduling.schedule_publish(guide, by=editor, due_at=due, change="major", note="Rewritten.")
    assert "scheduled" in history(editor, guide).context["rows"][0].badges


@pytest.mark.parametrize(
    ("query", "numbers"),
    [("?only=published", [1]), ("?only=signed", [1]), ("?only=submitted", [1]), ("?only=reverted", []), ("", [2, 1])],
)
def test_the_history_can_be_filtered_and_the_filter_bookmarked(guide, editor, query, numbers):
    rows = history(editor, guide, query).context["rows"]
    assert [row.version.number for row in rows] == numbers


def test_the_history_can_be_filtered_by_person(guide, editor):
    other = make_user(Role.PUBLISHER)
    guide.title = "By another"
    guide.save()
    save_draft(guide, by=other)
    rows = history(editor, guide, f"?by={other.pk}").context["rows"]
    assert [row.version.number for row in rows] == [3]


@pytest.mark.parametrize(
    "query", ["?by=x", "?by=99999999999999999999", "?only=nonsense", "?page=x", "?page=-1", "?page=999"]
)
def test_odd_filters_never_break_the_history(guide, editor, query):
    history(editor, guide, query)


def test_the_number_of_queries_does_not_grow_with_the_history(guide, editor, django_assert_max_num_queries):
    for number in range(12):
        guide.title = f"Title {number}"
        guide.save()
        save_draft(guide)
    client = signed_in(editor)
    with django_assert_max_num_queries(25):
        client.get(f"/admin/pages/{guide.pk}/history/")


def test_two_marked_versions_are_compared_the_older_first(guide, editor):
    """PUB-25"""
    first, second = guide.versions.order_by("number")
    client = signed_in(editor)
    response = client.get(f"/admin/pages/{guide.pk}/compare/", {"older": second.pk, "newer": first.pk}, follow=True)
    assert response.redirect_chain[-1][0] == f"/admin/versions/{first.pk}/{second.pk}/"
    page = response.content.decode()
    assert "rewritten" in page
    assert "Removed" in page
    assert "Rewritten." in page
    assert "p 4]" in page


@pytest.mark.parametrize("query", ["", "?older=1", "?older=x&newer=y", "?older=99999999999999999999&newer=1"])
def test_comparing_nothing_leads_back_to_the_history(guide, editor, query):
    response = signed_in(editor).get(f"/admin/pages/{guide.pk}/compare/{query}")
    assert response["Location"] == f"/admin/pages/{guide.pk}/history/"


def test_going_back_restores_everything_into_the_draft_and_nothing_public(guide, editor):
    """PUB-22: title, slug, sections with key, anchor, role and order, citations with locator, authors."""
    first = guide.versions.get(number=1)
    reader = Client()
    before = reader.get("/conditions/als/").content
    response = signed_in(editor).post(f"/admin/versions/{first.pk}/revert/")
    assert response.status_code == 303
    guide.refresh_from_db()
    assert guide.latest_version.number == 3
    assert guide.latest_version.action == "revert"
    assert guide.latest_version.content_hash == first.content_hash
    assert frozen(guide)[1] == first.content_hash
    assert reader.get("/conditions/als/").content == before
    keys = [section.key for section in article_content(first.content).sections]
    assert sorted(map(str, TextSection.objects.filter(parent=guide).values_list("key", flat=True))) == sorted(keys)
    assert signed_in(editor).post(f"/admin/versions/{guide.versions.get(number=2).pk}/revert/").status_code == 303
    guide.refresh_from_db()
    assert guide.latest_version.content_hash == guide.versions.get(number=2).content_hash


def test_a_study_goes_back_too(clinic, editor):
    """PUB-22"""
    study = make_study(by=editor)
    first = save_draft(study)
    study.title = "Rewritten"
    study.save()
    study.facts.filter(kind="deaths").update(known="stated", people=3, of=67)
    study.outcome_groups.all().delete()
    study.registrations.all().delete()
    save_draft(study)
    assert signed_in(editor).post(f"/admin/versions/{first.pk}/revert/").status_code == 303
    study.refresh_from_db()
    assert study.latest_version.content_hash == first.content_hash


def test_a_form_open_while_somebody_goes_back_conflicts(guide, editor):
    client = signed_in(editor)
    held = opened(client, guide)
    signed_in(make_user(Role.PUBLISHER)).post(f"/admin/versions/{guide.versions.get(number=1).pk}/revert/")
    assert save(client, guide, held, title="Typed meanwhile").status_code == 409


def test_discarding_the_draft_brings_back_what_is_live_and_keeps_the_text(guide, editor):
    """PUB-08: even a change that was never saved as a version is frozen first."""
    guide.summary = "Changed past the form."
    guide.save()
    live = guide.live_version
    assert signed_in(editor).post(f"/admin/pages/{guide.pk}/discard/").status_code == 303
    guide.refresh_from_db()
    assert guide.latest_version.content_hash == live.content_hash
    assert frozen(guide)[1] == live.content_hash
    assert guide.versions.filter(content__summary="Changed past the form.").exists()


def test_there_is_nothing_to_discard_before_the_first_publication(clinic, editor):
    guide = make_guide(by=editor)
    save_draft(guide)
    response = signed_in(editor).post(f"/admin/pages/{guide.pk}/discard/", follow=True)
    assert "never published" in response.content.decode()


def test_the_two_newest_versions_are_marked_and_one_alone_is_refused_in_words(clinic):
    article = make_article()
    save_draft(article)
    type(article).objects.filter(pk=article.pk).update(title="A second title")
    article.refresh_from_db()
    save_draft(article)
    client = signed_in(make_user(Role.PUBLISHER))
    address = f"/admin/pages/{article.pk}/"
    shown = client.get(f"{address}history/").content.decode()
    older, newer = article.versions.order_by("number").values_list("pk", flat=True)
    assert f'name="older" value="{older}" checked>' in shown
    assert f'name="newer" value="{newer}" checked>' in shown
    refused = client.get(f"{address}compare/", {"older": newer, "newer": newer}, follow=True)
    assert "Mark two different versions" in refused.content.decode()
