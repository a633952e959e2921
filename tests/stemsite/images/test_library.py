"""PUB-105: grid and list, how often a picture is used, what is used nowhere, and the same picture twice."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from articles.models import FigureSection
from stemsite.access import Role
from stemsite.images.intake import take_in
from stemsite.images.library import twins_of, use_counts
from stemsite.images.models import Picture
from stemsite.images.renditions import add_file
from tests.factories import make_article, make_guide, make_person, save_draft, sign_and_publish
from tests.staff import form_data, signed_in

from .hostile import image
from .test_picture_admin import upload

pytestmark = [pytest.mark.django_db, pytest.mark.database]

LIBRARY = "/admin/images/picture/"


def make_picture(name: str, size: tuple[int, int]) -> Picture:
    picture = Picture.objects.create(name=name)
    add_file(picture, take_in(image("PNG", size), "a.png"))
    return picture


def show(picture, page):
    FigureSection.objects.create(parent=page, region="main", ordering=95, picture=picture, alt="A long nerve cell")


@pytest.fixture
def library(clinic):
    """Four pictures: on a live page and its draft, on two drafts, on a profile, and nowhere."""
    live, drafted = make_picture("Live", (60, 40)), make_picture("Drafted", (61, 40))
    profile, unused = make_picture("Profile", (62, 40)), make_picture("Unused", (63, 40))
    guide = make_guide()
    show(live, guide)
    sign_and_publish(guide)
    for _ in range(2):
        page = make_article()
        show(drafted, page)
        save_draft(page)
    make_person(photo=profile)
    return {"live": live, "drafted": drafted, "profile": profile, "unused": unused}


def listed(client, **query):
    return {picture.name for picture in client.get(LIBRARY, query).context["cl"].result_list}


def test_pub_105_each_place_that_uses_a_picture_counts_once(library):
    counts = use_counts()
    assert {name: counts.get(picture.pk, 0) for name, picture in library.items()} == {
        "live": 1,
        "drafted": 2,
        "profile": 1,
        "unused": 0,
    }


def test_pub_105_the_count_agrees_with_what_keeps_a_picture_from_deletion(library):
    counts = use_counts()
    for picture in Picture.objects.all():
        assert bool(counts.get(picture.pk)) is bool(picture.uses()), picture.name


def test_pub_105_a_draft_that_nobody_saved_yet_counts_too_and_so_does_an_old_file(clinic):
    picture = make_picture("Replaced", (60, 40))
    show(picture, make_article())
    assert use_counts() == {picture.pk: 1}
    add_file(picture, take_in(image("PNG", (70, 40)), "b.png"))
    assert use_counts() == {picture.pk: 1}


def test_pub_105_what_is_used_nowhere_can_be_listed(library):
    client = signed_in(Role.PUBLISHER)
    assert listed(client, use="unused") == {"Unused"}
    assert listed(client, use="used") == {"Live", "Drafted", "Profile"}
    assert listed(client) == {"Live", "Drafted", "Profile", "Unused"}


def test_pub_105_the_grid_shows_the_same_pictures_as_the_list(library):
    client = signed_in(Role.PUBLISHER)
    table, grid = client.get(LIBRARY), client.get(LIBRARY, {"as": "grid"})
    assert "cards" not in table.context_data
    assert {card["name"] for card in grid.context_data["cards"]} == {"Live", "Drafted", "Profile", "Unused"}
    said = {card["name"]: card["uses"] for card in grid.context_data["cards"]}
    assert said == {"Live": "1 place", "Drafted": "2 places", "Profile": "1 place", "Unused": "nothing"}
    assert "picture-grid" in grid.content.decode() and "picture-grid" not in table.content.decode()
    assert {card["name"] for card in client.get(LIBRARY, {"as": "grid", "use": "unused"}).context_data["cards"]} == {
        "Unused"
    }
    assert "No picture fits" in client.get(LIBRARY, {"as": "grid", "q": "zebra"}).content.decode()
    assert client.get(LIBRARY, {"as": "nonsense"}).status_code in {200, 302}


def test_pub_105_the_same_picture_twice_is_said_at_once_and_can_be_listed(library):
    client = signed_in(Role.PUBLISHER)
    address = reverse("admin:images_picture_add")
    filled = form_data(client.get(address), name="Once more", upload=upload(image("PNG", (63, 40)), "b.png"))
    answer = client.post(address, filled, follow=True)
    new = Picture.objects.get(name="Once more")
    assert "The library has this twice now" in answer.content.decode()
    assert listed(client, use="twice") == {"Unused", "Once more"}
    assert twins_of([new]) == {new.pk: [library["unused"]]}
    assert "the same picture as" in client.get(LIBRARY).content.decode()


def test_pub_105_another_picture_is_no_twin(library):
    client = signed_in(Role.PUBLISHER)
    address = reverse("admin:images_picture_add")
    filled = form_data(client.get(address), name="Other", upload=upload(image("PNG", (90, 40)), "c.png"))
    assert "twice now" not in client.post(address, filled, follow=True).content.decode()
    assert listed(client, use="twice") == set()


def test_pub_105_many_pictures_ask_no_more_questions_than_few(library):
    client = signed_in(Role.PUBLISHER)

    def queries() -> int:
        with CaptureQueriesContext(connection) as caught:
            client.get(LIBRARY, {"as": "grid"})
        return len(caught)

    queries()
    few = queries()
    for number in range(8):
        make_picture(f"More {number}", (100 + number, 40))
    assert queries() == few
