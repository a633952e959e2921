"""SEC-14, PUB-99, PUB-103: what is uploaded is inert, upright, and holds nothing but pixels."""

from __future__ import annotations

import io

import pytest
from django.core.exceptions import ValidationError
from PIL import Image, ImageCms

from stemsite.images.intake import take_in

from .hostile import NAMES, commented, frames, image, refused, with_exif

HOSTILE = list(refused())


def test_there_are_at_least_64_hostile_files():
    assert len(HOSTILE) + len(NAMES) >= 64


@pytest.mark.parametrize(("name", "data"), HOSTILE, ids=[f"{n}-{name[:24]!r}" for n, (name, _) in enumerate(HOSTILE)])
def test_a_hostile_file_is_refused_in_plain_words(name, data):
    with pytest.raises(ValidationError) as refusal:
        take_in(data, name)
    [sentence] = refusal.value.messages
    assert sentence.endswith(".")
    assert not any(word in sentence for word in ("Error", "Exception", "Traceback", "PIL", "None", "decoder"))


@pytest.mark.parametrize(
    ("name", "data", "code"),
    [
        ("a.svg", b"<svg/>", "extension"),
        ("a.png", b"", "empty"),
        ("a.png", image("JPEG"), "damaged"),
        ("a.png", image("PNG") + b"<script>", "polyglot"),
        ("a.png", image("PNG", (12_001, 1)), "pixels"),
        ("a.gif", frames("GIF", 101), "frames"),
        ("a.png", bytes(10 * 1024 * 1024 + 1), "too_large"),
    ],
)
def test_each_refusal_names_its_reason(name, data, code):
    with pytest.raises(ValidationError) as refusal:
        take_in(data, name)
    assert refusal.value.code == code


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "AVIF"])
@pytest.mark.parametrize("orientation", range(1, 9))
def test_a_photo_is_stored_upright_and_without_any_metadata(kind, orientation):
    """PUB-99: the red half lies where somebody who looks at the photo sees it."""
    sent = with_exif(kind, orientation)
    assert b"SECRET" in sent
    safe = take_in(sent, f"photo.{kind.lower()}")
    assert b"SECRET" not in safe.data
    stored = Image.open(io.BytesIO(safe.data))
    assert not stored.getexif()
    assert set(stored.info) <= {"jfif", "jfif_version", "jfif_unit", "jfif_density", "progressive", "progression"}
    assert stored.size == ((20, 40) if orientation >= 5 else (40, 20)) == (safe.width, safe.height)
    red = {1: (2, 10), 2: (37, 10), 3: (37, 10), 4: (2, 10), 5: (10, 2), 6: (10, 2), 7: (10, 37), 8: (10, 37)}
    r, g, b = stored.convert("RGB").getpixel(red[orientation])
    assert (r > 200, g < 60, b < 80) == (True, True, True)


def test_harmless_comments_are_taken_and_dropped():
    for kind in ("JPEG", "PNG", "GIF"):
        safe = take_in(commented(kind, b"SECRET words of the photographer"), f"a.{kind.lower()}")
        assert b"SECRET" not in safe.data


def test_a_colour_profile_is_converted_and_left_behind():
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("LAB")).tobytes()
    for icc in (ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes(), profile, b"not a profile"):
        safe = take_in(image("JPEG", icc_profile=icc), "a.jpg")
        assert "icc_profile" not in Image.open(io.BytesIO(safe.data)).info


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGB", "RGBA", "I;16"])
def test_every_kind_of_png_is_taken(mode):
    """Scans and diagrams come in grey, in sixteen bits and with palettes."""
    out = io.BytesIO()
    if mode == "I;16":
        Image.new(mode, (24, 16), 40_000).save(out, "PNG")
    else:
        Image.linear_gradient("L").resize((24, 16)).convert(mode).save(out, "PNG")
    safe = take_in(out.getvalue(), "a.png")
    stored = Image.open(io.BytesIO(safe.data))
    assert stored.size == (24, 16)
    if mode == "I;16":
        assert 150 < stored.convert("L").getpixel((3, 3)) < 162


def test_a_printers_jpeg_in_four_inks_is_taken():
    assert take_in(image("JPEG", mode="CMYK"), "a.jpg").extension == "jpg"


def test_what_is_transparent_stays_so():
    out = io.BytesIO()
    Image.new("RGBA", (8, 8), (255, 0, 0, 0)).save(out, "WEBP")
    safe = take_in(out.getvalue(), "a.webp")
    assert safe.extension == "png"
    assert Image.open(io.BytesIO(safe.data)).convert("RGBA").getpixel((1, 1))[3] == 0


def test_an_animation_becomes_its_first_frame():
    safe = take_in(frames("GIF", 5), "a.gif")
    assert getattr(Image.open(io.BytesIO(safe.data)), "n_frames", 1) == 1


def test_taking_in_what_was_taken_in_changes_nothing_but_encoding():
    safe = take_in(image("PNG"), "a.png")
    again = take_in(safe.data, f"a.{safe.extension}")
    assert (again.width, again.height, again.extension) == (safe.width, safe.height, safe.extension)
