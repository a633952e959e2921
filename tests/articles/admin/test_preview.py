"""Preview: the unsaved form as readers would get it, and nothing is written (PUB-31, PUB-32)."""

import re

import pytest
from django.apps import apps
from django.conf import settings
from django.test import Client
from django.utils import timezone

from articles.models import TextSection
from stemsite.access import Role
from stemsite.publishing import workflow
from tests.factories import (
    make_article,
    make_guide,
    make_reference,
    make_reviewer,
    make_user,
    save_draft,
    sign_and_publish,
)
from tests.staff_forms import change_url, form_of, opened, signed_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def editor(clinic):
    return make_user(Role.AUTHOR, Role.PUBLISHER)


def preview(client, page, data, **typed):
    return client.post(f"/admin/articles/article/{page.pk}/preview/", {**data, **typed})


def rows_and_files():
    """How many rows each table holds and what they say, sessions apart, and which files there are."""
    told = {
        model._meta.label: sorted(map(str, model._base_manager.values_list()))
        for model in apps.get_models(include_auto_created=True)
        if model._meta.label != "sessions.Session"
    }
    media = sorted(path for path in settings.MEDIA_ROOT.rglob("*")) if settings.MEDIA_ROOT.exists() else []
    return told, media


def test_preview_shows_what_is_typed_and_writes_nothing(editor):
    """PUB-31: a new section, a deleted one, another order and renumbered citations."""
    article = make_guide(by=editor)
    save_draft(article)
    client = signed_in(editor)
    held = opened(client, article)
    first, second = make_reference(title="Typed first"), make_reference(title="Typed second")
    before = rows_and_files()
    response = preview(
        client,
        article,
        held,
        **{
            "title": "A title nobody saved",
            "articles_textsection_set-0-html": f'<p>One.<cite data-ref="{second.pk}"></cite></p>',
            "articles_textsection_set-1-DELETE": "on",
            "articles_textsection_set-2-ordering": "75",
            "articles_textsection_set-TOTAL_FORMS": "9",
            "articles_textsection_set-8-id": "",
            "articles_textsection_set-8-parent": str(article.pk),
            "articles_textsection_set-8-region": "main",
            "articles_textsection_set-8-ordering": "90",
            "articles_textsection_set-8-heading": "A new section",
            "articles_textsection_set-8-html": f'<p>Two.<cite data-ref="{first.pk}"></cite></p>',
        },
    )
    assert response.status_code == 200
    page = response.content.decode()
    assert rows_and_files() == before
    assert "A title nobody saved" in page
    assert "A new section" in page
    assert "About what it is." not in page
    assert page.index("About harms.") < page.index("About symptoms.") < page.index("About next steps.")
    assert page.index("Typed second") < page.index("Typed first"), "references follow the text as it was typed"
    assert "noindex" in page
    assert "Preview" in page


def test_a_page_that_was_never_saved_can_be_previewed(editor):
    client = signed_in(editor)
    empty = form_of(client.get("/admin/articles/article/add/"), id="article_form")
    before = rows_and_files()
    response = client.post("/admin/articles/article/add/preview/", {**empty, "title": "Only a title"})
    assert response.status_code == 200
    assert "Only a title" in response.content.decode()
    assert rows_and_files() == before
    assert client.get("/admin/articles/article/add/preview/").status_code == 404


def test_invalid_input_does_not_hide_the_valid_rest(editor):
    article = make_article(by=editor)
    client = signed_in(editor)
    response = preview(
        client, article, opened(client, article), kind="guide", subject="", searched_on="no day", title="Still shown"
    )
    assert response.status_code == 200
    assert "Still shown" in response.content.decode()


def without_marks(body: bytes) -> bytes:
    """A preview without its banner and ``noindex``."""
    text = re.sub(r'<div class="banner">.*?</div>', "", body.decode(), flags=re.DOTALL)
    text = re.sub(r'<meta name="robots"[^>]*>\n', "", text)
    return re.sub(r"\s+", " ", text).encode()


@pytest.fixture
def still(monkeypatch):
    """A clock that stands, so that two renderings are of one moment."""
    now = timezone.now()
    monkeypatch.setattr(timezone, "now", lambda: now)


@pytest.mark.parametrize("before_that", ["never published", "live"])
def test_previewing_an_approved_version_equals_publishing_it(editor, still, before_that):
    """PUB-32: byte for byte apart from banner and ``noindex``."""
    article = make_guide(by=editor)
    reviewer = make_reviewer().user
    change, note = "major", ""
    if before_that == "live":
        sign_and_publish(article, reviewer=reviewer, by=editor)
        TextSection.objects.filter(parent=article, role="harms").update(html="<p>Harms are better known now.</p>")
        save_draft(article)
        note = "We say more about harms."
    version = workflow.submit(article, by=editor)
    workflow.sign(article, by=reviewer, version_id=version.pk)
    client = signed_in(editor)
    previewed = client.get(f"/admin/versions/{version.pk}/", {"change": change, "note": note})
    workflow.publish(article, by=editor, change=change, note=note)
    article.refresh_from_db()
    published = Client().get(article.live_path)
    assert published.status_code == 200
    assert without_marks(previewed.content) == without_marks(published.content)


def test_previewing_the_form_of_an_approved_page_shows_its_signature(editor, still):
    """PUB-32: text that is exactly the signed one keeps the byline; one more word and it says so."""
    article = make_article(by=editor)
    reviewer = make_reviewer()
    version = workflow.submit(article, by=editor)
    unsigned = signed_in(editor).get(f"/admin/versions/{version.pk}/").content.decode()
    assert reviewer.name not in unsigned
    assert "not yet reviewed" in unsigned.lower()
    workflow.sign(article, by=reviewer.user, version_id=version.pk)
    client = signed_in(editor)
    held = opened(client, article)
    assert reviewer.name in preview(client, article, held).content.decode()
    assert reviewer.name not in preview(client, article, held, title="One more word").content.decode()


def test_only_our_own_pages_may_frame_a_preview(editor):
    article = make_article(by=editor)
    version = save_draft(article)
    client = signed_in(editor)
    response = client.get(f"/admin/versions/{version.pk}/")
    assert "frame-ancestors 'self'" in response["Content-Security-Policy"]
    assert response["X-Frame-Options"] == "SAMEORIGIN"
    assert "no-store" in response["Cache-Control"]
    form = client.get(change_url(article))
    assert "frame-ancestors 'none'" in form["Content-Security-Policy"]
    assert form["X-Frame-Options"] == "DENY"


def test_a_preview_is_never_stored_as_a_public_page(editor):
    article = make_article(by=editor)
    version = save_draft(article)
    signed_in(editor).get(f"/admin/versions/{version.pk}/")
    assert Client().get(f"/blog/{article.slug}/").status_code == 404


def test_pub_34_the_panel_gets_the_valid_rest_and_a_list_of_what_is_wrong(editor):
    article = make_article(by=editor)
    client = signed_in(editor)
    typed = {
        **opened(client, article),
        "title": "Still shown",
        "searched_on": "no day",
        "articles_textsection_set-0-ordering": "x",
    }
    answer = client.post(
        f"/admin/articles/article/{article.pk}/preview/", typed, headers={"accept": "application/json"}
    ).json()
    assert "Still shown" in answer["html"] and "noindex" in answer["html"]
    assert answer["problems"] == [
        {"place": "id_searched_on", "words": "Evidence last searched: Enter a valid date."},
        {
            "place": "id_articles_textsection_set-0-ordering",
            "words": "Text: First steps: Ordering: Enter a whole number.",
        },
    ]
