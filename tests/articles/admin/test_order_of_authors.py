"""The byline names authors in the order in which they were chosen, on every path there and back (PAGE-50)."""

from __future__ import annotations

import pytest

from stemsite.access import Role
from stemsite.publishing import workflow
from stemsite.publishing.choosing import choose, chosen
from stemsite.publishing.families import content_of
from tests.factories import make_article, make_person, make_study, make_user, save_draft
from tests.staff_forms import change_url, opened, save, signed_in

pytestmark = [pytest.mark.django_db, pytest.mark.database]


@pytest.fixture
def editor(clinic):
    return make_user(Role.AUTHOR, Role.PUBLISHER)


@pytest.fixture
def people():
    return [make_person(name=f"Sample {name}") for name in ("Ann", "Ben", "Cem")]


def named(page, version):
    return [author.name.removeprefix("Sample ") for author in content_of(page, version).authors]


@pytest.mark.parametrize("make", [make_article, make_study])
def test_the_form_stores_the_order_and_shows_it_again(editor, people, make):
    page = make(by=editor)
    ann, ben, cem = people
    client = signed_in(editor)
    assert save(client, page, opened(client, page), authors=[cem.pk, ann.pk, ben.pk]).status_code == 302
    page.refresh_from_db()
    assert named(page, page.latest_version) == ["Cem", "Ann", "Ben"]
    assert opened(client, page)["authors"] == [str(cem.pk), str(ann.pk), str(ben.pk)]

    held = opened(client, page)
    assert save(client, page, held).status_code == 302
    page.refresh_from_db()
    assert page.lock_version == int(held["lock_version"]), "the same again changes nothing"
    assert save(client, page, opened(client, page), authors=[ben.pk, cem.pk]).status_code == 302
    page.refresh_from_db()
    assert named(page, page.latest_version) == ["Ben", "Cem"]


def test_another_order_is_a_change_that_nobody_overwrites_unseen(editor, people):
    """PUB-67"""
    article = make_article(by=editor)
    ann, ben, _ = people
    choose(article, "authors", [ann, ben])
    save_draft(article)
    mine, theirs = signed_in(editor), signed_in(make_user(Role.PUBLISHER))
    held = opened(mine, article)
    assert save(theirs, article, opened(theirs, article), authors=[ben.pk, ann.pk]).status_code == 302
    assert save(mine, article, held, title="Mine").status_code == 409


def test_the_preview_of_what_is_typed_has_the_order_too(editor, people):
    article = make_article(by=editor)
    save_draft(article)
    ann, ben, _ = people
    client = signed_in(editor)
    typed = {**opened(client, article), "authors": [ben.pk, ann.pk]}
    preview = client.post(change_url(article).replace("/change/", "/preview/"), typed).content.decode()
    assert preview.index("Sample Ben") < preview.index("Sample Ann")


def test_going_back_brings_the_order_back(editor, people):
    article = make_article(by=editor)
    ann, ben, cem = people
    choose(article, "authors", [cem, ann])
    first = save_draft(article)
    choose(article, "authors", [ann, ben, cem])
    save_draft(article)
    workflow.revert(article, by=editor, to=first)
    assert [person.pk for person in chosen(article, "authors")] == [cem.pk, ann.pk]


@pytest.mark.parametrize("typed", [["x"], ["999999999999999999999"], ["1", "1"], ["-1"]])
def test_odd_choices_are_mistakes_in_the_form(editor, typed):
    article = make_article(by=editor)
    save_draft(article)
    client = signed_in(editor)
    assert save(client, article, opened(client, article), authors=typed).status_code in {200, 302}
