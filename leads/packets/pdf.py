"""From a document to the printed booklet: tagged PDF (PDF/UA-1), the same bytes for the same words and day."""

from __future__ import annotations

import contextlib
import ctypes
import datetime
import logging
import threading
from functools import cache
from pathlib import Path

import msgspec
import typst

from .document import IMPERSONAL, Document, breakable, printable_name, salutation
from .settable import settable

logger = logging.getLogger(__name__)

HERE = Path(__file__).resolve().parent
KEPT_FOR = 10
"""The engine keeps what it worked out for one booklet until so many more are made: 10 MB each, and no two are alike."""

_lock = threading.Lock()


@cache
def _compiler() -> typst.Compiler:
    """One for each process, with our fonts alone: those of the library would cost it 20 MB."""
    fonts = typst.Fonts(include_system_fonts=False, include_embedded_fonts=False, font_paths=[HERE / "fonts"])
    return typst.Compiler(root=HERE, font_paths=fonts, ignore_system_fonts=True)


def booklet(document: Document, *, name: str = "", made_on: datetime.date) -> bytes:
    """The booklet for whoever is called ``name``; impersonal where the fonts cannot show that name (LEAD-90)."""
    shown = printable_name(name)
    if shown:
        try:
            return _set(document, breakable(shown), salutation(shown), made_on)
        except typst.TypstError:
            logger.warning("A name could not be set; the packet is made without it.")
    return _set(document, "", IMPERSONAL, made_on)


def _give_back() -> None:
    """Let go of what a booklet needed for a moment: a worker lives long (LEAD-132).

    The engine forgets by age, and blank pages age it at half a millisecond each; the C library is then asked as well.
    """
    for _ in range(KEPT_FOR + 1):
        _compiler().compile(HERE / "blank.typ", format="svg", sys_inputs=None)
    with contextlib.suppress(AttributeError, OSError):  # Only glibc has it.
        ctypes.CDLL(None).malloc_trim(0)


def _set(document: Document, name: str, greeting: str, made_on: datetime.date) -> bytes:
    """Words go in as data, so that nothing in them is read as markup or code."""
    inputs = {"data": settable(msgspec.json.encode(document).decode()), "name": name, "salutation": breakable(greeting)}
    stamp = datetime.datetime.combine(made_on, datetime.time.min, tzinfo=datetime.UTC)
    with _lock:
        made = _compiler().compile(
            HERE / "packet.typ", format="pdf", sys_inputs=inputs, pdf_standards="ua-1", timestamp=int(stamp.timestamp())
        )
        _give_back()
    if not isinstance(made, bytes):
        raise TypeError("The booklet is one file.")
    return made
