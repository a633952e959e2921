"""The picture library: uploading, replacing, focusing, deleting."""

from __future__ import annotations

import io
import re

import pytest
from django.core.exceptions import ValidationError
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from PIL import Image

from articles.models import FigureSection
from stemsite.access import Role
from stemsite.audit.models import AuditEvent
from stemsite.images.intake import take_in
from stemsite.images.models import Picture, PictureFile, Rendition
from stemsite.images.renditions import add_file, make_renditions, sources_for
from stemsite.publishing import workflow
from stemsite.publishing.gate import Refused
from stemsite.tasks.models import Job
from tests.factories import make_guide, make_person, save_draft, sign_and_publish
from tests.staff import form_data, save, signed_in
from tests.stored import keep, read, stored

from .hostile import NAMES, image, refused, with_exif

pytestmark = pytest.mark.django_db

ADD = "admin:images_picture_add"
OURS = re.compile(r"pictures/[a-z0-9]{24}\.(jpg|png)")


def form(picture: Picture) -> str:
    return reverse("admin:images_picture_change", args=[picture.pk])


def upload(data: bytes, name: str = "photo.jpg") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, data)


def make_picture(**fields) -> Picture:
    picture = Picture.objects.create(**{"name": "A neuron", **fields})
    add_file(picture, take_in(image("PNG", (800, 600)), "a.png"))
    return picture


def show(picture: Picture, *, alt: str = "A nerve cell and its long fiber", decorative: bool = False):
    """A guide with the picture in a figure, still a draft."""
    guide = make_guide()
    FigureSection.objects.create(
        parent=guide, region="main", ordering=45, picture=picture, alt=alt, decorative=decorative
    )
    return guide


@pytest.fixture
def staff():
    return signed_in(Role.PUBLISHER)


# -- taking in ------------------------------------------------------------------------------


def test_an_upload_is_stored_upright_without_metadata_and_its_sizes_are_queued(staff):
    """PUB-99, PUB-101: the bytes that were sent are nowhere."""
    sent = with_exif()
    answer = save(staff, reverse(ADD), name="A neuron", upload=upload(sent))
    assert answer.status_code == 302
    picture = Picture.objects.get()
    assert picture.created_by == staff.user
    assert OURS.fullmatch(picture.current.path)
    with default_storage.open(picture.current.path) as file:
        data = file.read()
    assert b"SECRET" not in data
    assert (picture.current.width, picture.current.height) == (20, 40)
    assert [job.args for job in Job.objects.all()] == [[picture.current.pk]]
    everything = [default_storage.open(f"pictures/{name}").read() for name in default_storage.listdir("pictures")[1]]
    assert everything == [data]


@pytest.mark.parametrize(("name", "data"), [case for n, case in enumerate(refused()) if n % 4 == 0])
def test_a_refused_file_leaves_the_form_with_a_sentence_and_nothing_stored(staff, name, data):
    """PUB-103, SEC-14: at the address itself, never a 500."""
    answer = save(staff, reverse(ADD), name="A neuron", upload=upload(data, name))
    assert answer.status_code == 200
    found = answer.context["adminform"].form
    assert found.errors["upload"]
    assert found["name"].value() == "A neuron"
    assert not PictureFile.objects.exists()


@pytest.mark.parametrize("name", NAMES)
def test_a_hostile_name_is_replaced_by_one_of_ours(staff, name):
    answer = save(staff, reverse(ADD), name="A neuron", upload=upload(image("PNG"), name))
    if answer.status_code == 302:
        assert OURS.fullmatch(PictureFile.objects.get().path)
    else:
        assert not PictureFile.objects.exists()


def test_stored_pictures_are_handed_out_as_inert_files(client, staff):
    save(staff, reverse(ADD), name="A neuron", upload=upload(image("PNG"), "a.png"))
    answer = client.get(f"/media/{PictureFile.objects.get().path}")
    assert answer.status_code == 200
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert "default-src 'none'" in answer["Content-Security-Policy"]
    for name in ("../stemsite.sqlite3", "pictures/../../x.png", "pictures/x.svg", "pictures/none.png"):
        assert client.get(f"/media/{name}").status_code == 404


def test_a_picture_needs_a_file(staff):
    answer = save(staff, reverse(ADD), name="A neuron")
    assert answer.context["adminform"].form.errors["upload"]


# -- sizes for readers ------------------------------------------------------------------------


def test_sizes_are_made_once_in_three_formats_and_listed_in_srcset():
    """PUB-101"""
    file = make_picture().current
    made = make_renditions.call(file.pk)
    assert made == make_renditions.call(file.pk) + made == 12
    found = sources_for([file.pk])[file.pk]
    assert [source.type for source in found.sources] == ["image/avif", "image/webp"]
    assert [part.split()[1] for part in found.srcset.split(", ")] == ["320w", "480w", "640w", "800w"]
    for rendition in Rendition.objects.all():
        with default_storage.open(rendition.path) as stored_file:
            assert Image.open(stored_file).size == (rendition.width, round(600 * rendition.width / 800))
    assert (found.width, found.height, found.focal) == (800, 600, (0.5, 0.5))


def test_the_same_picture_uploaded_twice_gets_its_sizes_twice():
    first, second = make_picture(), make_picture()
    assert make_renditions.call(first.current.pk) == make_renditions.call(second.current.pk) == 12


def test_a_page_works_while_sizes_are_missing_and_gets_them_as_soon_as_they_are_made(clinic):
    """PUB-101, PUB-03: a page that was stored meanwhile is rendered anew; others keep their bytes."""
    picture = make_picture()
    guide, other = show(picture), make_guide(slug="other")
    sign_and_publish(guide)
    sign_and_publish(other)
    before = keep(guide.live_path, other.live_path)[guide.live_path].decode()
    assert default_storage.url(picture.current.path) in before
    assert "320w" not in before
    make_renditions.call(picture.current.pk)
    assert stored() == {other.live_path}
    after = read(guide.live_path).decode()
    assert "320w" in after
    assert 'width="800"' in after
    assert 'height="600"' in after


def test_a_transparent_picture_is_put_on_white_for_jpeg():
    picture = Picture.objects.create(name="A diagram")
    out = io.BytesIO()
    Image.new("RGBA", (40, 40), (0, 0, 0, 0)).save(out, "PNG")
    file = add_file(picture, take_in(out.getvalue(), "a.png"))
    make_renditions.call(file.pk)
    jpeg = file.renditions.get(format="jpeg")
    with default_storage.open(jpeg.path) as stored_file:
        assert Image.open(stored_file).getpixel((5, 5)) == (255, 255, 255)


# -- alternative text belongs to the use -------------------------------------------------------


@pytest.mark.parametrize(
    ("alt", "decorative", "words"),
    [
        ("", False, "needs alternative text"),
        (" . ", False, "needs alternative text"),
        ("IMG_2041.jpg", False, "is a file name"),
        ("DSC00012", False, "is a file name"),
        ("x" * 299, True, "decorative picture has no alternative text"),
    ],
)
def test_a_page_whose_picture_says_nothing_is_not_submitted(clinic, author, alt, decorative, words):
    """PUB-100: the finding leads to the section."""
    guide = show(make_picture(), alt=alt, decorative=decorative)
    guide.created_by = author
    guide.save()
    save_draft(guide)
    with pytest.raises(Refused, match=words) as refusal:
        workflow.submit(guide, by=author)
    section = FigureSection.objects.get()
    assert [finding.field for finding in refusal.value.findings] == [str(section.key)]


@pytest.mark.parametrize(("alt", "decorative"), [("A nerve cell", False), ("", True)])
def test_words_or_the_mark_decorative_are_enough(clinic, alt, decorative):
    guide = show(make_picture(), alt=alt, decorative=decorative)
    sign_and_publish(guide)
    assert guide.is_live


# -- replacing and focusing ---------------------------------------------------------------------


def test_replacing_a_file_changes_drafts_and_leaves_what_is_live(clinic, staff):
    """PUB-102"""
    picture = make_picture()
    guide = show(picture)
    sign_and_publish(guide)
    before = keep(guide.live_path)
    old = picture.current
    answer = staff.post(
        form(picture), {**form_data(staff.get(form(picture))), "upload": upload(image("JPEG", (400, 300)))}, follow=True
    )
    assert "keeps the old picture until" in answer.content.decode()
    picture.refresh_from_db()
    assert picture.current != old
    assert stored() == set(before)
    assert keep(*before) == before
    assert default_storage.exists(old.path)
    assert {use.mark for use in picture.uses()} == {"live", "draft"}

    sign_and_publish(guide, note="A clearer picture.")
    after = read(guide.live_path).decode()
    assert picture.current.path in after
    assert old.path not in after
    assert {use.mark for use in picture.uses()} == {"live", "draft", "old version 1"}


def test_the_focal_point_of_a_published_file_stays_and_its_successor_gets_the_new_one(clinic, staff):
    """PUB-01: the public page does not move by a change in the library."""
    picture = make_picture()
    save(staff, form(picture), focal_left=30)
    picture.current.refresh_from_db()
    assert (picture.current.focal_x, picture.current.focal_y) == (0.3, 0.5)
    guide = show(picture)
    sign_and_publish(guide)
    before = keep(guide.live_path)
    old = picture.current.pk
    save(staff, form(picture), focal_left=80, focal_top=10)
    picture.refresh_from_db()
    assert picture.current.pk != old
    assert (picture.current.focal_x, picture.current.focal_y) == (0.8, 0.1)
    assert PictureFile.objects.get(pk=old).focal_x == 0.3
    assert keep(*before) == before


@pytest.mark.parametrize("value", ["-1", "101", "x", "", "1e3"])
def test_a_focal_point_outside_the_picture_is_refused(staff, value):
    answer = save(staff, form(make_picture()), focal_left=value)
    assert answer.context["adminform"].form.errors["focal_left"]


# -- deleting -------------------------------------------------------------------------------------


@pytest.mark.parametrize("use", ["live", "draft version", "unsaved rows", "photo"])
def test_a_used_picture_is_never_deleted(clinic, staff, use):
    """PUB-23, PUB-102: the list of uses is shown."""
    picture = make_picture()
    label = "Sample Photographed"
    if use == "photo":
        make_person(name=label, photo=picture)
    else:
        guide = show(picture)
        label = guide.title
        {"live": sign_and_publish, "draft version": save_draft}.get(use, lambda page: None)(guide)
    address = reverse("admin:images_picture_delete", args=[picture.pk])
    asked = staff.get(address).content.decode()
    assert "cannot be deleted" in asked
    assert label in asked
    staff.post(address, {"post": "yes"})
    for attempt in (picture.delete, Picture.objects.all().delete, picture.current.delete):
        with pytest.raises(ValidationError, match=label.replace("?", r"\?")):
            attempt()
    assert default_storage.exists(picture.current.path)


def test_an_unused_picture_goes_with_its_files(staff, django_capture_on_commit_callbacks):
    picture = make_picture()
    make_renditions.call(picture.current.pk)
    assert len(default_storage.listdir("pictures")[1]) == 13
    with django_capture_on_commit_callbacks(execute=True):
        staff.post(reverse("admin:images_picture_delete", args=[picture.pk]), {"post": "yes"})
    assert not Picture.objects.exists()
    assert default_storage.listdir("pictures")[1] == []
    assert AuditEvent.objects.get().verb == "deleted"


def test_the_library_shows_small_pictures_with_the_same_number_of_queries_for_many(staff):
    """PUB-113"""

    def queries() -> int:
        with CaptureQueriesContext(connection) as caught:
            page = staff.get(reverse("admin:images_picture_changelist"))
        assert page.content.decode().count('loading="lazy"') == Picture.objects.count()
        return len(caught)

    make_renditions.call(make_picture().current.pk)
    queries()
    few = queries()
    for _ in range(6):
        make_picture()
    assert queries() == few <= 15
