"""From an upload to a safe picture: only what the pixels say survives.

Allowed are JPEG, PNG, WebP, AVIF and GIF (its first frame). The bytes that were sent are never
stored: the picture is turned upright, converted to sRGB, pasted on a fresh canvas and encoded anew,
so that no position, comment or colour profile is left.
"""

from __future__ import annotations

import hashlib
import io
import warnings
from dataclasses import dataclass
from pathlib import PurePath
from typing import NoReturn

from django.core.exceptions import ValidationError
from PIL import Image, ImageCms, ImageOps, UnidentifiedImageError

MAX_BYTES = 10 * 1024 * 1024
MAX_PIXELS = 40_000_000
MAX_SIDE = 12_000
MAX_FRAMES = 100

TOO_LARGE = "The file is larger than 10 MB. Save the picture smaller and try again."

EXTENSIONS = {
    "jpg": "JPEG",
    "jpeg": "JPEG",
    "png": "PNG",
    "webp": "WEBP",
    "avif": "AVIF",
    "gif": "GIF",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class SafePicture:
    """A picture encoded by us; ``extension`` is ``jpg`` or ``png``, the latter where it is transparent."""

    data: bytes
    extension: str
    width: int
    height: int

    @property
    def sha256(self) -> str:
        return hashlib.sha256(self.data).hexdigest()


def take_in(data: bytes, name: str) -> SafePicture:
    """The picture in ``data``; raises ``ValidationError`` with a sentence for whoever uploaded it."""
    if not data:
        _refuse("empty", "The file is empty. Choose a picture.")
    if len(data) > MAX_BYTES:
        _refuse("too_large", TOO_LARGE)
    wanted = EXTENSIONS.get(PurePath(name.replace("\\", "/")).suffix.lower().lstrip("."))
    if wanted is None:
        _refuse("extension", "Use a JPEG, PNG, WebP, AVIF or GIF file. Other kinds, such as SVG or PDF, are not taken.")
    if _is_polyglot(data):
        _refuse(
            "polyglot", "The file holds something besides a picture. Open it in a picture program and save it anew."
        )
    with warnings.catch_warnings():
        warnings.simplefilter("error", Image.DecompressionBombWarning)
        try:
            return _encode(_open(data, wanted))
        except ValidationError:
            raise
        except (Image.DecompressionBombError, Image.DecompressionBombWarning):
            _refuse("pixels", "The picture has too many pixels. Make it at most 12,000 pixels wide or high.")
        except (UnidentifiedImageError, OSError, SyntaxError, ValueError, EOFError, MemoryError, OverflowError):
            _refuse("damaged", "The file cannot be read as the picture its name says. Save it anew and try again.")


def _refuse(code: str, message: str) -> NoReturn:
    raise ValidationError(message, code=code)


_FOREIGN = (b"<script", b"<svg", b"<!doctype", b"<html", b"<?php", b"%PDF-", b"PK\x03\x04", b"MZ\x90\x00")


def _is_polyglot(data: bytes) -> bool:
    """Whether the first or last kilobytes carry the marks of another kind of file."""
    edges = (data[:4096] + b"\n" + data[-4096:]).lower()
    return any(mark.lower() in edges for mark in _FOREIGN)


def _open(data: bytes, wanted: str) -> Image.Image:
    image = Image.open(io.BytesIO(data), formats=[wanted])
    if max(image.size) > MAX_SIDE or image.width * image.height > MAX_PIXELS:
        _refuse("pixels", "The picture has too many pixels. Make it at most 12,000 pixels wide or high.")
    if getattr(image, "n_frames", 1) > MAX_FRAMES:
        _refuse("frames", "The animation has more than 100 frames. Use a still picture.")
    image.seek(0)
    image.load()
    return image


def _encode(image: Image.Image) -> SafePicture:
    upright = ImageOps.exif_transpose(image)
    clear = upright.mode in {"RGBA", "LA", "PA"} or "transparency" in upright.info
    pixels = _as_srgb(upright, "RGBA" if clear else "RGB")
    canvas = Image.new(pixels.mode, pixels.size)
    canvas.paste(pixels)
    out = io.BytesIO()
    if clear:
        canvas.save(out, "PNG", optimize=True)
    else:
        canvas.save(out, "JPEG", quality=90, optimize=True, progressive=True)
    return SafePicture(
        data=out.getvalue(), extension="png" if clear else "jpg", width=canvas.width, height=canvas.height
    )


def _as_srgb(image: Image.Image, mode: str) -> Image.Image:
    """``image`` in sRGB; a colour profile that cannot be read is left out of account."""
    profile = image.info.get("icc_profile")
    if profile and image.mode in {"RGB", "CMYK", "L"} and mode == "RGB":
        try:
            source = ImageCms.ImageCmsProfile(io.BytesIO(profile))
            converted = ImageCms.profileToProfile(image, source, ImageCms.createProfile("sRGB"), outputMode="RGB")
        except (ImageCms.PyCMSError, OSError, ValueError):
            return image.convert(mode)
        return converted if converted is not None else image.convert(mode)
    if image.mode in {"I;16", "I", "F"}:
        return image.point(lambda value: value / 256).convert("L").convert(mode)
    return image.convert(mode)
