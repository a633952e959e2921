"""Pictures for links that people share: title, clinic, reviewed date and the notice, drawn and never photographed.

A picture's name is the hash of its words, so that one with older words can never stand for newer ones.
"""

from __future__ import annotations

import hashlib
import io
import json
from dataclasses import asdict, dataclass
from functools import cache
from pathlib import Path

from django.conf import settings
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from PIL import Image, ImageDraw, ImageFont

WIDTH, HEIGHT = 1200, 630
FORM = 1
"""Counts changes of the drawing itself: every picture is made anew."""

_FONTS = Path(settings.BASE_DIR) / "stemsite" / "fonts"
_PAPER, _INK, _MUTED, _ACCENT, _NOTICE = "#fbfaf6", "#12282b", "#4a5c5e", "#0b5a60", "#7a4b00"
_EDGE = 80
_SIZES = (76, 66, 56, 48, 40)
_MOST_LINES = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class Social:
    """The words of one picture."""

    title: str
    clinic: str
    reviewed: str = ""
    """``Medically reviewed November 2, 2026``; empty where nobody signed."""
    notice: str = ""
    """``Not approved by the FDA``, where it is due (NT-04)."""

    @property
    def name(self) -> str:
        words = json.dumps([FORM, asdict(self)], ensure_ascii=True, sort_keys=True)
        return f"pictures/social-{hashlib.sha256(words.encode()).hexdigest()[:24]}.png"

    @property
    def alt(self) -> str:
        """All that the picture says."""
        return ". ".join(filter(None, (self.title.rstrip("."), self.notice, self.reviewed, self.clinic)))

    @property
    def url(self) -> str:
        """Where it stands; empty while it is not made."""
        return default_storage.url(self.name) if default_storage.exists(self.name) else ""


def make(social: Social) -> bool:
    """Draw and keep the picture unless it is there; false too where our letters cannot write its words."""
    if not _writable(social) or default_storage.exists(social.name):
        return False
    default_storage.save(social.name, ContentFile(draw(social)))
    return True


def draw(social: Social) -> bytes:
    image = Image.new("RGB", (WIDTH, HEIGHT), _PAPER)
    pen = ImageDraw.Draw(image)
    pen.rectangle((0, 0, WIDTH, 14), fill=_ACCENT)
    pen.text((_EDGE, 64), social.clinic, font=_font("Regular", 34), fill=_ACCENT)
    size, lines = _set(social.title)
    pen.multiline_text((_EDGE, 140), "\n".join(lines), font=_font("Bold", size), fill=_INK, spacing=size // 5)
    foot = HEIGHT - 76
    if social.reviewed:
        pen.text((_EDGE, foot), social.reviewed, font=_font("Regular", 32), fill=_MUTED)
        foot -= 64
    if social.notice:
        pen.rectangle((_EDGE, foot - 4, _EDGE + 8, foot + 44), fill=_NOTICE)
        pen.text((_EDGE + 28, foot), social.notice, font=_font("Bold", 36), fill=_NOTICE)
    out = io.BytesIO()
    image.quantize(64).save(out, "PNG", optimize=True)
    return out.getvalue()


def _set(title: str) -> tuple[int, list[str]]:
    """The largest letters in which the title fits; one that never does ends with three dots."""
    for size in _SIZES:
        lines = _lines(title, size)
        if len(lines) * size * 1.4 <= 320 and len(lines) <= _MOST_LINES:
            return size, lines
    kept = lines[:_MOST_LINES]
    return size, [*kept[:-1], f"{kept[-1].rstrip('.,;: ')} ..."]


def _lines(text: str, size: int) -> list[str]:
    font, lines = _font("Bold", size), [""]
    for word in text.split():
        longer = f"{lines[-1]} {word}".strip()
        if font.getlength(longer) > WIDTH - 2 * _EDGE - 40 and lines[-1]:
            lines.append(word)
        else:
            lines[-1] = longer
    return lines


@cache
def _font(cut: str, size: int) -> ImageFont.FreeTypeFont:
    return ImageFont.truetype(str(_FONTS / f"StemsiteText-{cut}.ttf"), size)


@cache
def _drawn(letter: str) -> bytes:
    return bytes(_font("Bold", 40).getmask(letter))


def _writable(social: Social) -> bool:
    """Whether our letters have all of its signs; for one they lack they draw an empty box."""
    return all(letter.isspace() or _drawn(letter) != _drawn("\U0010ffff") for letter in social.alt)
