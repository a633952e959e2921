"""The picture that goes with a link: made in the background, with every word in its alternative text (PAGE-69)."""

from __future__ import annotations

import datetime
import io

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db.models import F
from PIL import Image

from stemsite.audit.models import AuditEvent
from stemsite.clinic.models import Clinic
from stemsite.images.leaving import GRACE
from stemsite.images.models import LeftPicture
from stemsite.images.social import HEIGHT, WIDTH, Social, draw, make
from stemsite.publishing import workflow
from stemsite.publishing.link_picture import delete_old, draw_all, draw_newest
from stemsite.publishing.models import Page
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


DELETED = "deleted pictures for sharing that no page names"


def drawn():
    return {name for name in default_storage.listdir("pictures")[1] if name.startswith("social-")}


def pass_days(days):
    LeftPicture.objects.update(since=F("since") - days)


def rename_clinic(clinic, name):
    Clinic.objects.filter(pk=clinic.pk).update(name=name)
    draw_all()


def test_page_69_a_picture_goes_only_after_no_page_has_named_it_for_the_whole_grace(client, clinic):
    sign_and_publish(guide := make_guide(title="What ALS is"))
    draw_all()
    old = drawn()
    assert delete_old() == 0, "a live page names it"
    assert not LeftPicture.objects.exists()
    rename_clinic(clinic, "Another name")
    new = drawn() - old
    pass_days(GRACE)
    assert delete_old() == 0, "the grace begins when that is first seen"
    pass_days(GRACE - datetime.timedelta(hours=1))
    assert delete_old() == 0
    assert drawn() == old | new
    pass_days(datetime.timedelta(hours=2))
    assert delete_old() == 1
    assert drawn() == new
    assert tags(client, guide)["og:image"].rpartition("/")[2] in new
    assert [event.detail["pictures"] for event in AuditEvent.objects.filter(verb=DELETED)] == [1]
    assert (delete_old(), LeftPicture.objects.count()) == (0, 0), "a second run has nothing to do or to tell"
    assert AuditEvent.objects.filter(verb=DELETED).count() == 1


def test_page_69_a_picture_that_is_named_again_is_kept_and_its_grace_begins_anew(client, clinic):
    sign_and_publish(make_guide(title="What ALS is"))
    draw_all()
    old, name = drawn(), clinic.name
    rename_clinic(clinic, "Another name")
    delete_old()
    pass_days(2 * GRACE)
    rename_clinic(clinic, name)
    assert delete_old() == 0
    rename_clinic(clinic, "Another name")
    assert delete_old() == 0
    assert old < drawn()


def test_page_69_pages_shown_with_a_picture_that_went_are_rendered_anew_and_drawn_again(client, clinic, publisher):
    sign_and_publish(guide := make_guide(title="What ALS is"))
    draw_all()
    workflow.withdraw(guide, by=publisher, kind=Page.Withdrawal.OUTDATED, reason="It is too old.")
    delete_old()
    pass_days(2 * GRACE)
    assert delete_old() == 1
    workflow.restore(guide, by=publisher)
    assert tags(client, guide) == {}
    assert draw_all() == 1
    assert tags(client, guide)["og:image"]


def test_pictures_of_staff_and_other_files_are_none_of_the_tidy_up(clinic):
    for name in ("photo.png", "social-plan.png", "social-0123456789abcdef01234567.png.bak"):
        default_storage.save(f"pictures/{name}", ContentFile(b"x"))
    delete_old()
    assert not LeftPicture.objects.exists()


def test_a_site_without_any_picture_has_nothing_to_tidy_up(clinic):
    assert delete_old() == 0
