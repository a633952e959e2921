"""From an empty form to a page readers get, through staff addresses alone, under both review policies (PUB-146)."""

import pytest
from django.test import Client

from articles.models import Article
from stemsite.access import PRESETS, Role
from stemsite.clinic.models import Clinic
from stemsite.mail.models import Delivery
from stemsite.publishing.models import Page
from tests.factories import (
    make_condition,
    make_intervention,
    make_person,
    make_reference,
    make_reviewer,
    make_user,
)
from tests.factories.pages import GUIDE_ROLES
from tests.staff_forms import change_url, form_of, opened, save, signed_in, step

pytestmark = pytest.mark.django_db


@pytest.fixture(params=[2, 5], ids=["two people", "five people"])
def staff(request, clinic):
    """Who does what, with two accounts and with five."""
    if request.param == 2:
        editor = make_user(*PRESETS["Editor"], first_name="Eda", last_name="Editor")
        clinician = make_reviewer().user
        return {"author": editor, "reviewer": clinician, "publisher": editor}
    make_user(Role.COORDINATOR)
    make_user(Role.OWNER)
    return {
        "author": make_user(Role.AUTHOR),
        "reviewer": make_reviewer().user,
        "publisher": make_user(Role.PUBLISHER),
    }


def write_guide(author) -> Article:
    """A whole guide typed into the empty form and saved."""
    client = signed_in(author)
    reference = make_reference().pk
    empty = form_of(client.get("/admin/articles/article/add/"), id="article_form")
    typed = {
        "title": "What is ALS?",
        "slug": "als",
        "summary": "ALS harms the nerve cells that move muscles.",
        "kind": "guide",
        "subject": "condition",
        "offers_subject": "no",
        "conditions": [make_condition().pk],
        "interventions": [make_intervention().pk],
        "authors": [make_person().pk],
        "articles_textsection_set-TOTAL_FORMS": len(GUIDE_ROLES),
    }
    for index, role in enumerate(GUIDE_ROLES):
        cite = f'<cite data-ref="{reference}"></cite>' if role == "research" else ""
        row = {"region": "main", "ordering": (index + 1) * 10, "role": role, "heading": role.capitalize()}
        row |= {"id": "", "parent": "", "html": f"<p>About {role}.{cite}</p>"}
        typed |= {f"articles_textsection_set-{index}-{name}": value for name, value in row.items()}
    response = client.post("/admin/articles/article/add/", {**empty, **typed, "_continue": "Save version"})
    assert response.status_code == 302, response.context["errors"]
    return Article.objects.get()


def state(page) -> str:
    return Page.objects.get(pk=page.pk).state_in_words


def test_a_guide_goes_from_an_empty_form_to_readers_and_its_next_draft_too(staff):
    author, reviewer, publisher = (signed_in(staff[role]) for role in ("author", "reviewer", "publisher"))
    reader = Client()
    guide = write_guide(staff["author"])
    assert state(guide) == "draft"
    assert reader.get("/conditions/als/").status_code == 404

    assert step(author, guide, "submit", note="Please look at the research part.").status_code == 303
    assert state(guide) == "in review"
    screen = reviewer.get(f"/admin/pages/{guide.pk}/").content.decode()
    assert "Please look at the research part." in screen
    assert "About research." in screen, "the reviewer reads the whole text where they sign"
    assert step(reviewer, guide, "request-changes", reason="Say what ALS stands for.").status_code == 303
    assert state(guide) == "changes requested"
    form = author.get(change_url(guide)).content.decode()
    assert "Say what ALS stands for." in form, "the reason is pinned above the form (PUB-47)"

    held = opened(author, guide)
    first = "articles_textsection_set-0-html"
    submitting = author.post(
        change_url(guide), {**held, first: "<p>ALS is amyotrophic lateral sclerosis.</p>", "_continue": "submit"}
    )
    assert submitting.status_code == 303
    assert state(guide) == "in review"
    screen = reviewer.get(f"/admin/pages/{guide.pk}/").content.decode()
    assert "since the submission before" in screen
    assert "amyotrophic" in screen
    assert step(reviewer, guide, "sign").status_code == 303
    assert state(guide) == "approved"
    assert reader.get("/conditions/als/").status_code == 404
    assert step(publisher, guide, "publish").status_code == 303
    assert state(guide) == "live"
    live = reader.get("/conditions/als/")
    assert live.status_code == 200

    assert save(author, guide, opened(author, guide), summary="A clearer summary of ALS.").status_code == 302
    assert state(guide) == "live, changes in draft"
    assert reader.get("/conditions/als/").content == live.content
    assert step(author, guide, "submit", minor="on").status_code == 303
    assert state(guide) == "live, changes in review"
    assert step(reviewer, guide, "confirm").status_code == 303
    assert step(publisher, guide, "publish", change="minor").status_code == 303
    assert state(guide) == "live"
    assert b"A clearer summary of ALS." in reader.get("/conditions/als/").content
    assert Delivery.objects.filter(kind="review_wanted").exists()


def test_a_team_keeps_author_and_publisher_apart(staff):
    """PUB-146: with a separate publisher it is no dead end; alone, the one who wrote it is told who has to act."""
    Clinic.objects.update(review_policy=Clinic.ReviewPolicy.TEAM)
    author, reviewer, publisher = (signed_in(staff[role]) for role in ("author", "reviewer", "publisher"))
    guide = write_guide(staff["author"])
    step(author, guide, "submit")
    step(reviewer, guide, "sign")
    if staff["author"] == staff["publisher"]:
        screen = publisher.get(f"/admin/pages/{guide.pk}/").content.decode()
        assert "a colleague with the publisher role has to publish it" in screen
        publisher = signed_in(make_user(Role.PUBLISHER))
    assert step(publisher, guide, "publish").status_code == 303
    assert state(guide) == "live"


def test_what_the_reviewer_edited_is_countersigned_by_the_author(clinic):
    """PUB-146"""
    editor = make_user(*PRESETS["Editor"])
    clinician = make_reviewer(make_user(Role.REVIEWER, Role.AUTHOR)).user
    guide = write_guide(editor)
    Page.objects.filter(pk=guide.pk).update(deputy=clinician)
    author, reviewer = signed_in(editor), signed_in(clinician)
    step(author, guide, "submit")
    assert save(reviewer, guide, opened(reviewer, guide), summary="The reviewer's own words.").status_code == 302
    assert state(guide) == "in review"
    assert step(reviewer, guide, "sign").status_code == 303
    refused = author.get(f"/admin/pages/{guide.pk}/").content.decode()
    assert "presses Countersign" in refused
    assert step(author, guide, "countersign").status_code == 303
    assert step(author, guide, "publish").status_code == 303
    assert state(guide) == "live"


def test_a_plain_page_is_published_by_the_publisher_alone(clinic):
    """PUB-142"""
    publisher = make_user(Role.PUBLISHER)
    client = signed_in(publisher)
    empty = form_of(client.get("/admin/articles/article/add/"), id="article_form")
    typed = {
        "title": "Privacy",
        "summary": "What we keep, and for how long.",
        "kind": "plain",
        "articles_textsection_set-TOTAL_FORMS": 1,
        "articles_textsection_set-0-id": "",
        "articles_textsection_set-0-parent": "",
        "articles_textsection_set-0-region": "main",
        "articles_textsection_set-0-ordering": 10,
        "articles_textsection_set-0-heading": "What we keep",
        "articles_textsection_set-0-html": "<p>Little.</p>",
    }
    assert client.post("/admin/articles/article/add/", {**empty, **typed, "_continue": "steps"}).status_code == 303
    page = Article.objects.get()
    assert step(client, page, "publish").status_code == 303
    assert Client().get("/privacy/").status_code == 200


def test_withdrawing_and_putting_back(clinic):
    from tests.factories import make_article, sign_and_publish

    article = make_article()
    sign_and_publish(article)
    client, reader = signed_in(make_user(Role.PUBLISHER)), Client()
    assert step(client, article, "withdraw", kind="error", reason="It named the wrong trial.").status_code == 303
    assert reader.get(article.live_path).status_code == 410
    assert step(client, article, "restore").status_code == 303
    assert reader.get(article.live_path).status_code == 200


def test_reviewed_without_a_change_moves_the_review_dates_only(clinic):
    """PUB-122"""
    from tests.factories import make_article, sign_and_publish

    article = make_article()
    reviewer = make_reviewer().user
    sign_and_publish(article, reviewer=reviewer)
    updated, due = article.updated_at, article.review_due_on
    later = due.replace(year=due.year + 1)
    assert step(signed_in(reviewer), article, "review", review_due_on=later.isoformat()).status_code == 303
    article.refresh_from_db()
    assert (article.updated_at, article.review_due_on) == (updated, later)
