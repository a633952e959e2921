"""Pictures on public pages: their room is kept, their size fits the screen, and nothing far below is fetched early."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from django.conf import settings

from articles.models import FigureSection
from stemsite.images.intake import take_in
from stemsite.images.models import Picture
from stemsite.images.renditions import add_file, make_renditions
from tests.factories import make_article, make_reviewer, sign_and_publish
from tests.stemsite.images.hostile import image

pytestmark = pytest.mark.django_db


def make_picture(name: str, size: tuple[int, int]) -> Picture:
    picture = Picture.objects.create(name=name)
    file = add_file(picture, take_in(image("PNG", size), f"{name}.png"))
    make_renditions.call(file.pk)
    return picture


@pytest.fixture
def pictures(page, clinic):
    """The portrait in the byline, and the figures of an article in their order."""
    reviewer = make_reviewer(photo=make_picture("portrait", (400, 500)))
    article = make_article(slug="seen")
    for ordering, size in ((300, (1000, 500)), (310, (400, 600))):
        FigureSection.objects.create(
            parent=article, region="main", ordering=ordering, picture=make_picture("figure", size), alt="A nerve."
        )
    sign_and_publish(article, reviewer=reviewer.user)
    return page("/blog/seen/").findall(".//picture")


def test_page_04_every_picture_has_its_size_a_set_of_sizes_and_three_formats(pictures):
    assert len(pictures) == 3
    for picture in pictures:
        *sources, shown = picture
        assert int(shown.get("width")) > 0
        assert int(shown.get("height")) > 0
        assert [source.get("type") for source in sources] == ["image/avif", "image/webp"]
        for one in picture:
            assert re.fullmatch(r"(\S+ \d+w, )*\S+ \d+w", one.get("srcset"))
            assert one.get("sizes")


def test_page_04_a_figure_keeps_the_shape_of_its_picture_so_that_nothing_moves(pictures):
    shapes = [(int(shown.get("width")), int(shown.get("height"))) for *_, shown in pictures[1:]]
    assert [width / height for width, height in shapes] == [2, pytest.approx(2 / 3)]


def test_page_04_what_stands_below_the_first_screen_waits_and_what_stands_above_does_not(pictures):
    portrait, *figures = (picture.find("img") for picture in pictures)
    assert portrait.get("loading") is None
    assert [figure.get("loading") for figure in figures] == ["lazy", "lazy"]


def test_page_04_no_template_of_the_public_site_draws_a_picture_of_its_own():
    """The two components hold the rules above; a picture written elsewhere would pass them by."""
    templates = Path(settings.BASE_DIR) / "templates"
    public = ("articles", "components", "drawings", "leads", "studies")
    found = {
        str(path.relative_to(templates))
        for folder in public
        for path in (templates / folder).rglob("*.*")
        if "<img" in path.read_text(encoding="utf-8")
    }
    assert found == {"components/face.html", "components/picture.html"}
