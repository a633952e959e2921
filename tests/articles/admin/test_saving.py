"""The change form of an article: Save is "Save version", and nobody's work is lost."""

import datetime

import pytest
from django.utils import timezone

from articles.models import Article, TextSection
from stemsite.access import Role
from stemsite.publishing import scheduling, workflow
from stemsite.publishing.models import Page, Version
from studies.integrity import record_event
from tests.factories import make_article, make_guide, make_reference, make_user, save_draft, sign_and_publish
from tests.staff_forms import change_url, opened, save, signed_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def editor(clinic):
    return make_user(Role.AUTHOR, Role.PUBLISHER, first_name="Ada", last_name="Editor")


def add_form(client):
    from tests.staff_forms import form_of

    return form_of(client.get("/admin/articles/article/add/"), id="article_form")


def test_a_draft_saves_with_only_a_title(editor):
    """PUB-05, PUB-20: the slug is made from the title, the maker keeps it, and there is a first Version."""
    client = signed_in(editor)
    response = client.post(
        "/admin/articles/article/add/", {**add_form(client), "title": "How trials work", "_continue": "Save version"}
    )
    assert response.status_code == 302
    article = Article.objects.get()
    assert (article.slug, article.created_by, article.keeper) == ("how-trials-work", editor, editor)
    assert [version.number for version in article.versions.all()] == [1]


def test_saving_makes_a_version_and_saving_the_same_again_makes_none(editor):
    """PUB-20"""
    article = make_article(by=editor)
    client = signed_in(editor)
    assert save(client, article, opened(client, article), title="A new title").status_code == 302
    assert save(client, article, opened(client, article)).status_code == 302
    versions = list(Version.objects.filter(page_id=article.pk))
    assert [version.title for version in versions] == ["A new title"]
    assert versions[0].created_by == editor


def test_an_empty_save_causes_nobody_a_conflict(editor):
    """PUB-71"""
    article = make_article(by=editor)
    save_draft(article)
    mine, theirs = signed_in(editor), signed_in(make_user(Role.PUBLISHER))
    held = opened(mine, article)
    assert save(theirs, article, opened(theirs, article)).status_code == 302
    assert save(mine, article, held, title="Changed by me").status_code == 302
    article.refresh_from_db()
    assert article.title == "Changed by me"


def test_the_second_saver_gets_409_with_everything_they_typed(editor):
    """PUB-67: who saved and when, every value typed, and the saved version beside it."""
    article = make_guide(by=editor)
    save_draft(article)
    mine = signed_in(editor)
    other = make_user(Role.PUBLISHER, first_name="Bea", last_name="Colleague")
    theirs = signed_in(other)
    held = opened(mine, article)
    assert save(theirs, article, opened(theirs, article), summary="Bea's summary of the page.").status_code == 302
    reference = next(iter(TextSection.objects.filter(role="research"))).html.split('"')[1]
    typed = {
        "title": "My own long title",
        "articles_textsection_set-0-heading": "My own heading",
        "articles_textsection_set-1-html": f'<p>My own words.<cite data-ref="{reference}"></cite></p>',
    }
    response = save(mine, article, held, **typed)
    assert response.status_code == 409
    page = response.content.decode()
    assert "Bea Colleague" in page
    article.refresh_from_db()
    assert timezone.localtime(article.saved_at).strftime("%Y-%m-%d") in page
    assert "Bea's summary of the page." in page.replace("&#x27;", "'")
    from tests.staff_forms import form_of

    shown = form_of(response, id="article_form")
    assert {name: shown[name].strip() for name in typed} == typed
    assert article.title == "What is ALS?"
    assert not Version.objects.filter(content__title="My own long title").exists()


def test_after_a_conflict_the_second_saver_can_save_knowingly(editor):
    """PUB-67: plain Save stays refused; the button that says so saves, and the other text stays in the history."""
    from tests.staff_forms import form_of

    article = make_article(by=editor)
    save_draft(article)
    mine, theirs = signed_in(editor), signed_in(make_user(Role.PUBLISHER))
    held = opened(mine, article)
    save(theirs, article, opened(theirs, article), title="Theirs")
    refused = save(mine, article, held, title="Mine")
    shown = form_of(refused, id="article_form")
    assert save(mine, article, shown).status_code == 409
    assert mine.post(change_url(article), {**shown, "_continue": "overwrite"}).status_code == 302
    article.refresh_from_db()
    assert article.title == "Mine"
    assert [version.title for version in article.versions.order_by("number")][-2:] == ["Theirs", "Mine"]


def test_two_windows_of_one_person_are_two_editors(editor):
    """PUB-70"""
    article = make_article(by=editor)
    client = signed_in(editor)
    first, second = opened(client, article), opened(client, article)
    assert save(client, article, first, title="From the first window").status_code == 302
    response = save(client, article, second, title="From the second window")
    assert response.status_code == 409
    assert "You saved it yourself in another window" in response.content.decode()


def test_a_section_deleted_meanwhile_is_kept_as_a_new_one(editor):
    """PUB-69: the text stays in the form, and saving adds it again."""
    from tests.staff_forms import form_of

    article = make_article(by=editor)
    TextSection.objects.create(parent=article, region="main", ordering=20, heading="Second", html="<p>Second.</p>")
    save_draft(article)
    mine, theirs = signed_in(editor), signed_in(make_user(Role.PUBLISHER))
    held = opened(mine, article)
    theirs_form = opened(theirs, article)
    assert save(theirs, article, theirs_form, **{"articles_textsection_set-0-DELETE": "on"}).status_code == 302
    refused = save(mine, article, held, **{"articles_textsection_set-0-html": "<p>My words in a deleted section.</p>"})
    assert refused.status_code == 409
    shown = form_of(refused, id="article_form")
    assert mine.post(change_url(article), {**shown, "_continue": "overwrite"}).status_code == 302
    texts = set(TextSection.objects.filter(parent=article).values_list("html", flat=True))
    assert texts == {"<p>My words in a deleted section.</p>", "<p>Second.</p>"}


@pytest.mark.parametrize("what", ["submit", "sign", "schedule", "publish", "review date", "integrity"])
def test_steps_taken_while_a_form_is_open_cause_no_conflict(editor, what):
    """PUB-71"""
    article = make_article(by=editor)
    client = signed_in(editor)
    if what == "submit":
        held = opened(client, article)
        workflow.submit(article, by=editor)
    elif what == "sign":
        from tests.factories import make_reviewer

        version = workflow.submit(article, by=editor)
        held = opened(client, article)
        workflow.sign(article, by=make_reviewer().user, version_id=version.pk)
    elif what == "schedule":
        from tests.factories import make_reviewer

        version = workflow.submit(article, by=editor)
        workflow.sign(article, by=make_reviewer().user, version_id=version.pk)
        held = opened(client, article)
        due_at = timezone.now() + datetime.timedelta(hours=1)
        scheduling.schedule_publish(article, by=make_user(Role.PUBLISHER), due_at=due_at, change="major")
    elif what == "publish":
        held = opened(client, article)
        sign_and_publish(article)
    elif what == "integrity":
        reference = make_reference()
        TextSection.objects.filter(parent=article).update(html=f'<p>So.<cite data-ref="{reference.pk}"></cite></p>')
        save_draft(article)
        held = opened(client, article)
        record_event(reference, kind="concern", source="pubmed", by=editor)
    else:
        from tests.factories import make_reviewer

        sign_and_publish(article)
        held = opened(client, article)
        workflow.reviewed_no_change(article, by=make_reviewer().user)
    before = Page.objects.get(pk=article.pk)
    assert save(client, article, held, summary="Another summary.").status_code == 302
    after = Page.objects.get(pk=article.pk)
    assert after.summary == "Another summary."
    assert (after.public_state, after.live_version_id) == (before.public_state, before.live_version_id)


def test_saving_changes_no_public_byte(editor, client):
    """PUB-01"""
    article = make_article(by=editor)
    sign_and_publish(article)
    before = client.get(article.live_path)
    staff = signed_in(editor)
    assert save(staff, article, opened(staff, article), title="Draft only", slug="draft-only").status_code == 302
    after = client.get(article.live_path)
    assert (before.status_code, before.content, before["ETag"]) == (after.status_code, after.content, after["ETag"])


def test_a_post_without_the_counter_is_a_conflict_not_a_blind_write(editor):
    article = make_article(by=editor)
    client = signed_in(editor)
    held = opened(client, article)
    del held["lock_version"]
    assert save(client, article, held, title="Blind").status_code == 409


@pytest.mark.parametrize("sent", ["", "x", "-1", "99999999999999999999", "1.5"])
def test_odd_counters_are_refused_in_words(editor, sent):
    article = make_article(by=editor)
    client = signed_in(editor)
    assert save(client, article, opened(client, article), lock_version=sent, title="Odd").status_code in {200, 409}
    article.refresh_from_db()
    assert article.title != "Odd"


def test_a_guide_of_two_hundred_sections_can_be_saved(editor):
    """Django's own limit of a thousand fields would answer 400, and the text would be gone."""
    article = make_article(by=editor)
    TextSection.objects.bulk_create(
        TextSection(parent=article, region="main", ordering=20 + number, heading=f"Part {number}", html="<p>Words.</p>")
        for number in range(200)
    )
    client = signed_in(editor)
    assert save(client, article, opened(client, article), title="A long one").status_code == 302
    article.refresh_from_db()
    assert article.title == "A long one"
    assert article.articles_textsection_set.count() == 201
