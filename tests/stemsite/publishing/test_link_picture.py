"""The picture that goes with a link: made in the background, with every word in its alternative text (PAGE-69)."""

from __future__ import annotations

import io

import pytest
from django.core.files.storage import default_storage
from PIL import Image

from stemsite.images.social import HEIGHT, WIDTH, Social, draw, make
from stemsite.publishing.link_picture import draw_all, draw_newest
from tests.factories import make_guide, make_study, sign_and_publish
from tests.markup import tree
from tests.stored import keep, stored

pytestmark = pytest.mark.django_db


def tags(client, page):
    root = tree(client.get(page.live_path))
    found = {tag.get("property"): tag.get("content") for tag in root.iter("meta") if tag.get("property")}
    return {name: value for name, value in found.items() if name.startswith("og:image")}


def test_page_69_a_page_is_whole_while_its_picture_is_missing_and_renewed_once_it_is_made(client, clinic):
    sign_and_publish(guide := make_guide(title="What ALS is"))
    sign_and_publish(study := make_study())
    keep(guide.live_path, study.live_path)
    assert tags(client, guide) == tags(client, study) == {}
    assert draw_newest() == 2
    assert stored().isdisjoint({guide.live_path, study.live_path})
    for page in (guide, study):
        told = tags(client, page)
        assert (told["og:image:width"], told["og:image:height"]) == ("1200", "630")
        name = told["og:image"].partition("/media/")[2]
        with default_storage.open(name) as file, Image.open(file) as picture:
            assert (picture.format, picture.size) == ("PNG", (WIDTH, HEIGHT))
        assert client.get(f"/media/{name}")["Content-Type"] == "image/png"
    assert draw_newest() == draw_all() == 0


def test_page_69_the_words_are_title_notice_review_and_clinic(client, clinic):
    sign_and_publish(guide := make_guide(title="What ALS is"))
    draw_all()
    alt = tags(client, guide)["og:image:alt"]
    assert alt.startswith("What ALS is. Not approved by the FDA. Medically reviewed ")
    assert alt.endswith(clinic.name)


def test_other_words_are_another_picture_and_long_ones_fit(settings):
    one = Social(title="ALS", clinic="Clinic")
    assert one.name != Social(title="ALS", clinic="Clinic", notice="Not approved by the FDA").name
    for title in ("A", "word " * 60, "x" * 160):
        picture = Image.open(io.BytesIO(draw(Social(title=title, clinic="Clinic", reviewed="Medically reviewed"))))
        assert picture.size == (WIDTH, HEIGHT)


def test_words_that_our_letters_cannot_write_get_no_picture(settings):
    assert make(Social(title="漢字", clinic="Clinic")) is False
    assert Social(title="漢字", clinic="Clinic").url == ""
    assert make(Social(title="Naïve: “q” – é", clinic="Clinic")) is True
