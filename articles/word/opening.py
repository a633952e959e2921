"""A Word file from a stranger's machine, reduced to the parts we read; everything else never reaches the reader.

Nothing is trusted: sizes are counted while reading and not believed, XML is parsed with everything dangerous
switched off and written anew, and macros, old formats and books are refused in plain words.
"""

from __future__ import annotations

import io
import re
import zipfile
from dataclasses import dataclass

from lxml import etree

from studies.sources.base import FileRefused
from studies.sources.safe_xml import parse

MAX_BYTES = 10 * 1024 * 1024
MAX_PARTS = 2_000
MAX_XML = 12 * 1024 * 1024
MAX_MEDIA = 10 * 1024 * 1024
MAX_TOTAL = 60 * 1024 * 1024
MAX_ELEMENTS = 300_000
MAX_PAGES = 100
WORDS_A_PAGE = 400

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_MAIN = "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"
_READ = re.compile(r"(?:\[Content_Types\]|_rels/\.rels|word/[\w.-]+|word/_rels/[\w.-]+)(?:\.xml|\.rels)?$")
_MEDIA = re.compile(r"word/media/[\w.-]+$")
_MACROS = re.compile(r"(?i)vbaproject|vbadata|/activex/")
_EMBEDDED = re.compile(r"(?i)word/embeddings/")


@dataclass(frozen=True, slots=True, kw_only=True)
class Opened:
    data: bytes
    """The same document as a Word file of our own making, with nothing in it but what we read."""
    embedded: int = 0
    """Other files inside it, such as spreadsheets, which were left out."""


def open_word(data: bytes) -> Opened:
    if len(data) > MAX_BYTES:
        raise FileRefused("This file is larger than 10 MB. Make its pictures smaller, or bring it in in parts.")
    if data.startswith(b"\xd0\xcf\x11\xe0"):
        raise FileRefused("This is an old Word file, or one with a password. Save it as .docx without a password.")
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            return _reduced(archive)
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, EOFError, ValueError, OSError) as error:
        raise FileRefused("This is no Word file, or a damaged one. Save it anew as .docx.") from error
    except Exception as error:
        if type(error).__module__ == "zlib":
            raise FileRefused("This Word file is damaged. Save it anew as .docx.") from error
        raise


def _reduced(archive: zipfile.ZipFile) -> Opened:
    infos = archive.infolist()
    names = [info.filename for info in infos]
    if len(infos) > MAX_PARTS or len(set(names)) != len(names):
        raise FileRefused("This file is built in a way no Word file is. Save it anew as .docx.")
    if any(map(_MACROS.search, names)):
        raise FileRefused("This file holds macros, which are programs. Save it as .docx without macros.")
    if "word/document.xml" not in names or "[Content_Types].xml" not in names:
        raise FileRefused("This is no Word file. Save it as .docx.")
    out, total = io.BytesIO(), 0
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as clean:
        for info in infos:
            is_media = bool(_MEDIA.match(info.filename))
            if info.is_dir() or not (is_media or _READ.match(info.filename)):
                continue
            part = _read(archive, info, MAX_MEDIA if is_media else MAX_XML)
            total += len(part)
            if total > MAX_TOTAL:
                raise FileRefused("Unpacked, this file is far larger than a page can be. Bring it in in parts.")
            clean.writestr(info.filename, part if is_media else _safe_xml(info.filename, part))
    return Opened(data=out.getvalue(), embedded=sum(bool(_EMBEDDED.match(name)) for name in names))


def _read(archive: zipfile.ZipFile, info: zipfile.ZipInfo, most: int) -> bytes:
    with archive.open(info) as part:
        data = part.read(most + 1)
    if len(data) > most:
        raise FileRefused("Unpacked, this file is far larger than a page can be. Bring it in in parts.")
    return data


def _safe_xml(name: str, data: bytes) -> bytes:
    root = parse(data)
    if root.getroottree().docinfo.internalDTD is not None:
        raise FileRefused("This file declares a document type, as no Word file does. Save it anew as .docx.")
    if sum(1 for _ in root.iter()) > MAX_ELEMENTS:
        raise FileRefused(TOO_LONG)
    if name == "[Content_Types].xml":
        _require_plain_document(root)
    if name == "word/document.xml" and pages_of(root) > MAX_PAGES:
        raise FileRefused(TOO_LONG)
    return bytes(etree.tostring(root, encoding="utf-8", xml_declaration=True))


TOO_LONG = f"This file is longer than {MAX_PAGES} pages. Nobody reads such a page: bring it in in parts."


def _require_plain_document(root: etree._Element) -> None:
    kinds = [str(child.get("ContentType", "")) for child in root]
    if any("macroenabled" in kind.lower() for kind in kinds):
        raise FileRefused("This file holds macros, which are programs. Save it as .docx without macros.")
    if _MAIN not in kinds:
        raise FileRefused("This is no Word document but a template or another Office file. Save it as .docx.")


def pages_of(root: etree._Element) -> int:
    """About how many pages it prints: as Word counted them, or as its words would fill them."""
    counted = sum(1 for _ in root.iter(f"{W}lastRenderedPageBreak"))
    broken = sum(1 for one in root.iter(f"{W}br") if one.get(f"{W}type") == "page")
    broken += sum(1 for _ in root.iter(f"{W}pageBreakBefore"))
    words = sum(len((one.text or "").split()) for one in root.iter(f"{W}t"))
    return max(counted, broken, words // WORDS_A_PAGE) + 1
