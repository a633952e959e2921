"""The sizes and formats of a picture, made in a task; until they exist readers get the safe original."""

from __future__ import annotations

import hashlib
import io
from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import transaction
from django.tasks import task
from django.utils.crypto import get_random_string
from PIL import Image

from .intake import SafePicture
from .models import Picture, PictureFile, Rendition

WIDTHS = (320, 480, 640, 960, 1280, 1920)
ENCODING = {
    Rendition.Format.AVIF: {"quality": 60, "speed": 8},
    Rendition.Format.WEBP: {"quality": 80, "method": 4},
    Rendition.Format.JPEG: {"quality": 82, "optimize": True, "progressive": True},
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    type: str
    srcset: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PictureSources:
    """What a template needs to show a picture; ``url`` always works."""

    url: str
    width: int
    height: int
    sources: tuple[Source, ...]
    srcset: str
    focal: tuple[float, float]


@transaction.atomic
def add_file(picture: Picture, safe: SafePicture, *, focal: tuple[float, float] = (0.5, 0.5)) -> PictureFile:
    """Store ``safe`` as the current file of ``picture`` and have its renditions made."""
    path = default_storage.save(f"pictures/{get_random_string(24).lower()}.{safe.extension}", ContentFile(safe.data))
    file = PictureFile.objects.create(
        picture=picture,
        path=path,
        sha256=safe.sha256,
        width=safe.width,
        height=safe.height,
        focal_x=focal[0],
        focal_y=focal[1],
    )
    picture.current = file
    picture.save(update_fields=["current"])
    make_renditions.enqueue(file.pk)
    return file


_listeners: list[Callable[[int], None]] = []


def when_made(tell: Callable[[int], None]) -> None:
    """Call ``tell`` with a file's id whenever renditions of it were made, from ``ready()``."""
    if tell not in _listeners:
        _listeners.append(tell)


@task(queue_name="long")
def make_renditions(file_id: int) -> int:
    """Make what is missing of a file's renditions; safe to repeat. Returns how many were made."""
    file = PictureFile.objects.filter(pk=file_id).first()
    if file is None:
        return 0
    with default_storage.open(file.path) as stored:
        original = Image.open(io.BytesIO(stored.read()))
        original.load()
    made = 0
    for width in [*(width for width in WIDTHS if width < file.width), file.width][:7]:
        smaller = original.resize((width, max(1, round(file.height * width / file.width))), Image.Resampling.LANCZOS)
        for kind in Rendition.Format:
            made += _make(file, kind, width, smaller)
    if made:
        for tell in _listeners:
            tell(file_id)
    return made


def _make(file: PictureFile, kind: Rendition.Format, width: int, image: Image.Image) -> int:
    if file.renditions.filter(format=kind, width=width).exists():
        return 0
    out = io.BytesIO()
    flat = _on_white(image) if kind == Rendition.Format.JPEG else image
    flat.save(out, kind.upper(), **ENCODING[kind])
    data = out.getvalue()
    extension = "jpg" if kind == Rendition.Format.JPEG else kind
    name = f"pictures/{hashlib.sha256(data).hexdigest()[:24]}-{file.pk}-{width}.{extension}"
    path = name if default_storage.exists(name) else default_storage.save(name, ContentFile(data))
    _, made = Rendition.objects.get_or_create(file=file, format=kind, width=width, defaults={"path": path})
    return int(made)


def _on_white(image: Image.Image) -> Image.Image:
    if image.mode != "RGBA":
        return image
    canvas = Image.new("RGB", image.size, "white")
    canvas.paste(image, mask=image.getchannel("A"))
    return canvas


def sources_for(file_ids: Iterable[int]) -> dict[int, PictureSources]:
    """What to show for each of ``file_ids``: two queries for any number of them."""
    files = PictureFile.objects.in_bulk(list(file_ids))
    made: dict[int, list[Rendition]] = defaultdict(list)
    for rendition in Rendition.objects.filter(file_id__in=files).order_by("width"):
        made[rendition.file_id].append(rendition)
    return {pk: _sources(file, made[pk]) for pk, file in files.items()}


def _sources(file: PictureFile, renditions: list[Rendition]) -> PictureSources:
    by_format: dict[str, list[str]] = defaultdict(list)
    for rendition in renditions:
        by_format[rendition.format].append(f"{default_storage.url(rendition.path)} {rendition.width}w")
    return PictureSources(
        url=default_storage.url(file.path),
        width=file.width,
        height=file.height,
        sources=tuple(
            Source(type=f"image/{kind}", srcset=", ".join(by_format[kind]))
            for kind in ("avif", "webp")
            if by_format[kind]
        ),
        srcset=", ".join(by_format["jpeg"]),
        focal=(file.focal_x, file.focal_y),
    )
