"""Bytes to text: the encodings that reference files come in, and a refusal of what is no text."""

from __future__ import annotations

import codecs
import re

from .base import FileRefused

_PACKED = (b"PK\x03\x04", b"PK\x05\x06", b"\x1f\x8b", b"BZh", b"\xfd7zXZ", b"7z\xbc\xaf", b"Rar!")
_DECLARED = re.compile(rb"^\s*(?:\xef\xbb\xbf)?<\?xml[^>]{0,200}?encoding\s*=\s*[\"']([A-Za-z0-9._-]{1,40})[\"']")
_KNOWN = {"utf-8", "ascii", "iso8859-1", "cp1252", "iso8859-2", "iso8859-15", "cp1250"}


def decode(data: bytes) -> str:
    """The text of a file; packed files and unknown encodings are refused, wrong bytes are marked as lost."""
    if data.startswith(_PACKED):
        raise FileRefused("This file is compressed. Please unpack it first and choose the file inside.")
    for mark, encoding in (
        (codecs.BOM_UTF8, "utf-8-sig"),
        (codecs.BOM_UTF16_LE, "utf-16"),
        (codecs.BOM_UTF16_BE, "utf-16"),
    ):
        if data.startswith(mark):
            return data.decode(encoding, "replace").replace("\x00", "")
    if data.count(b"\x00", 0, 4096) > 8:
        raise FileRefused("This is not a text file. Please export the references as text or XML.")
    declared = _DECLARED.match(data)
    if declared:
        return _decode_declared(data, declared[1].decode())
    try:
        return data.decode("utf-8").replace("\x00", "")
    except UnicodeDecodeError:
        encoding = "utf-8" if _mostly_utf8(data) else "cp1252"
        return data.decode(encoding, "replace").replace("\x00", "")


def _decode_declared(data: bytes, name: str) -> str:
    try:
        known = codecs.lookup(name).name
    except LookupError:
        known = ""
    if known not in _KNOWN:
        raise FileRefused(f"This XML says it is written in “{name[:40]}”. Please save it as UTF-8.")
    return data.decode(known, "replace").replace("\x00", "")


def _mostly_utf8(data: bytes) -> bool:
    """Whether a few bytes are damaged in a UTF-8 file, rather than the whole being an older encoding."""
    text = data[:200_000].decode("utf-8", "replace")
    lost = text.count("\ufffd")
    foreign = sum(1 for letter in text if ord(letter) > 127) - lost
    return foreign > lost
