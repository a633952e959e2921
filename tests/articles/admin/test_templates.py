"""PUB-16, its first half: a page begins with the sections it needs, in their order, empty and explained."""

from __future__ import annotations

import pytest

from articles.checks import REQUIRED_ROLES
from articles.content import GUIDE_ORDER
from articles.models import SECTION_MODELS, Article, SectionBase
from articles.templating import HELP, TEMPLATES
from stemsite.access import Role
from stemsite.publishing.models import Page
from stemsite.publishing.offering import what_is_missing
from tests.factories import make_article
from tests.staff import form_data, signed_in

pytestmark = [pytest.mark.django_db, pytest.mark.database]

ADDRESS = "/admin/articles/article/template/"


@pytest.fixture
def writer(clinic):
    return signed_in(Role.AUTHOR)


def sections(article):
    rows = [row for model in SECTION_MODELS for row in model.objects.filter(parent=article)]
    return sorted(rows, key=lambda row: row.ordering)


def test_pub_16_every_role_has_its_help():
    assert set(HELP) == set(GUIDE_ORDER) == set(SectionBase.Role.values)


@pytest.mark.parametrize("template", TEMPLATES, ids=lambda template: template.slug)
def test_pub_16_a_template_gives_the_required_sections_in_their_order_and_empty(writer, template):
    answer = writer.post(ADDRESS, {"template": template.slug, "title": "What is ALS?", "slug": ""})
    assert answer.status_code == 303
    page = Article.objects.get()
    assert answer["Location"] == f"/admin/articles/article/{page.pk}/change/"
    assert (page.kind, page.subject, page.slug) == (template.kind, template.subject, "what-is-als")
    assert (page.created_by, page.keeper, page.state_in_words) == (writer.user, writer.user, "draft")
    roles = [section.role for section in sections(page)]
    assert set(REQUIRED_ROLES.get(template.subject, ())) <= set(roles)
    assert roles == [role for role in GUIDE_ORDER if role in roles]
    assert not any(section.html for section in sections(page)) and all(section.heading for section in sections(page))
    assert page.latest_version.content["sections"][0]["role"] == roles[0]


@pytest.mark.parametrize("template", TEMPLATES, ids=lambda template: template.slug)
def test_pub_16_nothing_but_the_words_is_missing_of_the_sections_then(writer, template):
    """The gate asks for no other section, and finds each of these empty."""
    writer.post(ADDRESS, {"template": template.slug, "title": "What is ALS?"})
    page = Article.objects.get()
    rules = {finding.rule for finding in what_is_missing(page)}
    assert not rules & {"PL-08", "PAGE-21", "PAGE-22"}
    keys = {finding.field for finding in what_is_missing(page)}
    assert {str(section.key) for section in sections(page)} <= keys


def test_pub_16_the_form_says_what_belongs_into_each_section(writer):
    writer.post(ADDRESS, {"template": "condition-guide", "title": "What is ALS?"})
    form = writer.get(f"/admin/articles/article/{Article.objects.get().pk}/change/")
    assert [help for _, help, _ in form.context["role_help"]] == [HELP[role] for role in GUIDE_ORDER]
    assert all(is_empty for *_, is_empty in form.context["role_help"])
    assert HELP["unknowns"] in form.content.decode()
    other = writer.get(f"/admin/articles/article/{make_article(by=writer.user).pk}/change/")
    assert "What belongs into each section" not in other.content.decode()


def test_pub_16_the_begun_page_is_saved_by_its_form_as_any_other(writer):
    writer.post(ADDRESS, {"template": "service-page", "title": "Cell treatment"})
    page = Article.objects.get()
    address = f"/admin/articles/article/{page.pk}/change/"
    opened = writer.get(address)
    assert opened.status_code == 200 and form_data(opened)["title"] == "Cell treatment"


@pytest.mark.parametrize(
    "posted",
    [
        {},
        {"template": "other", "title": "x"},
        {"template": "condition-guide", "title": ""},
        {"template": "condition-guide", "title": "日本"},
        {"template": "condition-guide", "title": "x", "slug": "not a slug"},
        {"template": "condition-guide", "title": "x" * 300},
        {"template": "condition-guide", "title": "x", "slug": "y" * 200},
    ],
)
def test_pub_16_a_mistake_writes_nothing(writer, posted):
    assert writer.post(ADDRESS, posted).status_code == 422
    assert not Page.objects.exists()


def test_pub_16_it_is_for_those_who_write_and_reading_makes_nothing(clinic):
    answers = {role: signed_in(role).get(ADDRESS).status_code for role in Role}
    assert answers == {
        Role.AUTHOR: 200,
        Role.REVIEWER: 403,
        Role.PUBLISHER: 200,
        Role.COORDINATOR: 403,
        Role.OWNER: 200,
    }
    assert not Page.objects.exists()
    assert "From a Word file" in signed_in(Role.AUTHOR).get("/admin/articles/article/").content.decode()
    assert "From a Word file" not in signed_in(Role.REVIEWER).get("/admin/articles/article/").content.decode()
