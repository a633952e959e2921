"""PUB-118: one box finds any phrase of any draft or live section, studies by number, commands; and nobody's secrets."""

from __future__ import annotations

import pytest
from django.urls import reverse

from articles.models import TextSection
from stemsite.access import Role
from stemsite.everywhere import commands
from stemsite.publishing import trash, words, workflow
from stemsite.publishing.families import specific
from stemsite.publishing.models import Page, VersionWords
from tests.factories import (
    make_article,
    make_condition,
    make_contact,
    make_enquiry,
    make_guide,
    make_reference,
    make_study,
    make_user,
    save_draft,
    sign_and_publish,
)
from tests.staff import signed_in

pytestmark = [pytest.mark.django_db, pytest.mark.database]

ADDRESS = "/admin/find/"
ROUGH = "<p>The wandering <strong>heron</strong>&nbsp;waits for B&amp;B, “quietly”.</p>"


@pytest.fixture
def draft(clinic):
    """A page never published, with a phrase that markup cuts in pieces."""
    author = make_user(Role.AUTHOR)
    page = make_article(by=author, title="A quiet draft")
    TextSection.objects.create(parent=page, region="main", ordering=90, heading="Out on the marsh", html=ROUGH)
    save_draft(page, by=author)
    return page


def found(client, text, group=None):
    answer = client.post(ADDRESS, {"words": text})
    assert answer.status_code == 200
    return [hit for one in answer.context["groups"] if group in {None, one.title} for hit in one.hits]


def names(client, text, group=None):
    return [hit.name for hit in found(client, text, group)]


@pytest.mark.parametrize(
    "text", ["wandering heron waits", "WANDERING HERON", "heron waits for b&b", 'b&b, "quietly"', "heron marsh", "wand"]
)
def test_pub_118_any_phrase_of_a_draft_is_found_however_it_is_marked_up_or_typed(draft, text):
    (hit,) = found(signed_in(Role.PUBLISHER), text, "Pages")
    assert hit.name == "A quiet draft"
    assert "draft" in hit.about and "live" not in hit.about
    assert "".join(piece for piece, _ in hit.sentence)


def test_pub_118_a_hit_names_its_section_shows_the_sentence_and_leads_to_the_place(draft):
    client = signed_in(Role.PUBLISHER)
    (hit,) = found(client, "wandering heron", "Pages")
    assert hit.about == "in Out on the marsh, draft"
    assert ("wandering heron", True) in hit.sentence
    address, _, place = hit.url.partition("#")
    assert place.startswith("articles_textsection_set-")
    assert f'id="{place}"' in client.get(address).content.decode()


def test_pub_118_text_that_is_live_is_told_from_what_only_the_draft_says(clinic):
    guide = make_guide(title="A guide to herons")
    section = TextSection.objects.filter(parent=guide, role="what it is").get()
    TextSection.objects.filter(pk=section.pk).update(html="<p>Herons of the old text.</p>")
    sign_and_publish(guide)
    page = specific(guide)
    TextSection.objects.filter(pk=section.pk).update(html="<p>Herons of the new text.</p>")
    save_draft(page, by=page.created_by)
    client = signed_in(Role.PUBLISHER)
    (new,) = found(client, "new text", "Pages")
    (old,) = found(client, "old text", "Pages")
    (both,) = found(client, "guide to herons", "Pages")
    assert new.about.endswith("draft") and new.url.startswith("/admin/")
    assert old.about.endswith("live") and old.url == page.live_path
    assert both.about.endswith("draft and live")


def test_pub_118_nobody_finds_in_a_draft_what_they_may_not_open(draft):
    answers = {role: names(signed_in(role), "wandering heron") for role in Role}
    assert answers == {
        Role.AUTHOR: [],
        Role.REVIEWER: ["A quiet draft"],  # Two people are the team: a reviewer sees every text.
        Role.PUBLISHER: ["A quiet draft"],
        Role.COORDINATOR: [],
        Role.OWNER: ["A quiet draft"],
    }
    assert names(signed_in(user=draft.created_by), "wandering heron") == ["A quiet draft"]


def test_pub_118_what_lies_in_the_trash_is_not_found(draft):
    trash.discard(draft, by=make_user(Role.PUBLISHER))
    assert names(signed_in(Role.PUBLISHER), "wandering heron") == []


def test_pub_118_a_study_is_found_by_part_of_its_doi_and_by_its_registration(clinic):
    reference = make_reference(doi="10.1002/brb3.9876")
    study = make_study(title="Cells in nine people", primary=reference)
    save_draft(study, by=study.created_by)
    client = signed_in(Role.PUBLISHER)
    assert names(client, "brb3.9876", "Studies") == ["Cells in nine people"]
    assert names(client, "10.1002/BRB3", "Studies") == ["Cells in nine people"]
    assert [hit.about for hit in found(client, "brb3.9876", "Library")] == ["Reference"]
    assert names(client, "brb3.1111", "Studies") == []


def test_pub_118_records_of_the_library_are_found_by_name(clinic):
    make_condition(name="Heronitis", short_name="HER")
    assert [hit.name for hit in found(signed_in(Role.AUTHOR), "heronit", "Library")] == ["Heronitis"]
    assert names(signed_in(Role.COORDINATOR), "heronit", "Library") == []


def test_pub_118_every_command_that_a_role_is_offered_opens_for_it(clinic):
    for role in Role:
        client = signed_in(role)
        urls = {command.url for command in commands._all(client.get(ADDRESS).wsgi_request)}
        assert len(urls) > 4
        # An account is added by an invitation, to which its form leads on.
        refused = {url for url in urls if client.get(url, follow=True).status_code != 200}
        assert refused == set(), role


def test_pub_118_a_command_stands_first_under_the_words_it_begins_with(clinic):
    client = signed_in(Role.OWNER)
    assert names(client, "new stud", "Go to")[0] == "New study"
    assert "Broken links" in names(client, "link check", "Go to")


def test_pub_118_people_who_asked_are_never_among_the_answers_and_offered_by_role_only(clinic):
    contact = make_contact(name="Wanda Heronson", email="wanda@example.net")
    make_enquiry(contact)
    for role in Role:
        answer = signed_in(role).post(ADDRESS, {"words": "heronson"})
        assert answer.context["groups"] == []
        offered = reverse("admin:leads_contact_search") in answer.content.decode()
        assert offered is (role in {Role.COORDINATOR, Role.OWNER})
        reached = names(signed_in(role), "people who asked", "Go to") + names(signed_in(role), "enquir", "Go to")
        assert bool(reached) is (role in {Role.COORDINATOR, Role.OWNER}), role


def test_pub_118_the_words_go_on_to_the_audited_search_for_people(clinic):
    contact = make_contact(name="Wanda Heronson", email="wanda@example.net")
    make_enquiry(contact)
    client = signed_in(Role.COORDINATOR)
    answer = client.post(reverse("admin:leads_contact_search"), {"text": "heronson"}, follow=True)
    assert "Wanda Heronson" in answer.content.decode()


def test_pub_118_strangers_and_members_without_a_role_get_nothing(client, clinic):
    assert client.post(ADDRESS, {"words": "heron"}).status_code == 302
    assert signed_in().get(ADDRESS).status_code == 403


@pytest.mark.parametrize(
    "text", ["", " ", "x\x00", "%", "_", "\\", "'\"", "a" * 5000, "\ud800", "<script>alert(1)</script>"]
)
def test_pub_118_any_input_is_answered_and_wild_cards_are_only_signs(draft, text):
    answer = signed_in(Role.OWNER).post(ADDRESS, {"words": text.encode("utf-8", "surrogatepass")})
    assert answer.status_code == 200
    assert "<script>alert" not in answer.content.decode()
    assert "A quiet draft" not in answer.content.decode()


def test_pub_118_the_dialog_gets_the_same_answer_without_the_frame(draft):
    answer = signed_in(Role.PUBLISHER).post(ADDRESS, {"words": "wandering heron", "part": "found"})
    assert "<html" not in answer.content.decode() and "A quiet draft" in answer.content.decode()
    assert answer["Cache-Control"].count("no-store") == 1


def test_pub_118_what_came_another_way_is_made_findable_and_mere_history_is_dropped(draft):
    VersionWords.objects.all().delete()
    client = signed_in(Role.PUBLISHER)
    assert names(client, "wandering heron") == []
    assert words.catch_up() == 1
    assert names(client, "wandering heron") == ["A quiet draft"]
    TextSection.objects.filter(parent=draft, heading="Out on the marsh").update(html="<p>Something else.</p>")
    workflow.saved(specific(draft), by=draft.created_by)
    assert names(client, "wandering heron") == []
    assert words.catch_up() == 0
    assert VersionWords.objects.get().version_id == Page.objects.get(pk=draft.pk).latest_version_id


def test_pub_118_a_search_that_fits_many_pages_shows_some_and_asks_a_bounded_number_of_questions(
    clinic, django_assert_max_num_queries
):
    by = make_user(Role.PUBLISHER)
    for _ in range(14):
        page = make_article(by=by)
        TextSection.objects.create(parent=page, region="main", ordering=90, heading="Marsh", html="<p>A heron.</p>")
        save_draft(page, by=by)
    client = signed_in(Role.PUBLISHER)
    with django_assert_max_num_queries(150):
        assert len(found(client, "a heron", "Pages")) == words.MOST_PAGES


def test_pub_118_a_page_of_that_name_comes_before_pages_that_hold_its_letters(clinic):
    """Those with the letters inside of other words were saved later, and would come first."""
    author = make_user(Role.AUTHOR)
    for title in ("What is ALS?", "Halsey walks", "Journals we read", "Animals and trials"):
        save_draft(make_article(by=author, title=title), by=author)
    publisher = signed_in(Role.PUBLISHER)
    assert names(publisher, "als", "Pages")[0] == "What is ALS?"
    (first, *_) = found(publisher, "als", "Pages")
    assert ("ALS", True) in first.sentence


def test_pub_118_the_place_shown_is_where_the_word_stands_alone(clinic):
    author = make_user(Role.AUTHOR)
    page = make_article(by=author, title="A quiet draft", summary="What medical journals say.")
    TextSection.objects.create(
        parent=page, region="main", ordering=90, heading="On the marsh", html="<p>Journals of ALS, and ALS.</p>"
    )
    save_draft(page, by=author)
    (hit,) = found(signed_in(Role.PUBLISHER), "als", "Pages")
    assert hit.sentence[:2] == (("Journals of ", False), ("ALS", True))
