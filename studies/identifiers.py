"""DOI, PMID, PMCID and trial numbers: found in any text, brought to one stored form, linked (pure)."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from html import unescape
from typing import Literal
from urllib.parse import quote, unquote

Kind = Literal["doi", "pmid", "pmcid", "trial"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Identifier:
    """``value`` is the stored form; ``start`` and ``end`` are where it stands in the text it was found in."""

    kind: Kind
    value: str
    start: int = 0
    end: int = 0
    registry: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class BoxLine:
    """One line typed into an identifier box, and what it names; nothing when it was not understood."""

    text: str
    identifiers: tuple[Identifier, ...]


_DOI = re.compile(r"10(?:\.|%2e)\d{4,9}(?:\.\d+)*(?:/|\\/|%2f)[^\s\x00-\x20\x7f\"”»|]+", re.IGNORECASE)
_ADDRESS_BEFORE = re.compile(r"https?://[^\s\"'<>]*$", re.IGNORECASE)
_TAG = re.compile(r"<(?:/|(?:a|b|br|div|em|i|li|p|span|strong|style|su[bp]|td|tr|u)\b)", re.IGNORECASE)
_NEXT_IDENTIFIER = re.compile(r"[.;,]*(?:pmid|pmcid|epub)\s*:.*$", re.IGNORECASE | re.DOTALL)
_QUERY = re.compile(r"[?#].*$|&(?!(?:amp;)*(?:lt|gt|amp|quot|#\d+|#x[0-9a-f]+);).*$", re.IGNORECASE | re.DOTALL)
_PAGE_OF_PUBLISHER = re.compile(
    r"(?:/(?:full(?:text)?|pdf|epdf|abstract|abs|html|meta|summary|references|tables|figures)(?:/.*)?"
    r"|\.(?:full|abstract)(?:\.(?:pdf|html))?|\.pdf)$",
    re.IGNORECASE,
)
_PREPRINT_PAGE = re.compile(r"^(10\.1101/.*\d)v\d+(?:\.\w[\w.+-]*)?$", re.IGNORECASE)
_PAIRS = {")": "(", "]": "[", "}": "{", ">": "<"}

_PMID = re.compile(
    r"(?<![a-z])pmid\b[\s:=#{\"-]*0*(\d{1,8})(?!\d)"
    r"|ncbi\.nlm\.nih\.gov/(?:m/)?(?:pubmed/)?(?:\?term=)?0*(\d{1,8})(?![\d\w])"
    r"|europepmc\.org/(?:article|abstract)/med/0*(\d{1,8})(?!\d)"
    r"|(?<![\d\w.-])0*(\d{1,8})\s*\[(?:pmid|uid)\]",
    re.IGNORECASE | re.ASCII,
)
_PMCID = re.compile(
    r"(?<![a-z0-9])pmc\s?(?:id:?\s*pmc)?0*([1-9]\d{0,8})(?:\.\d{1,2})?(?![\w])", re.IGNORECASE | re.ASCII
)
_TRIALS: tuple[tuple[str, re.Pattern[str]], ...] = (
    ("ClinicalTrials.gov", re.compile(r"(?<![a-z0-9])nct[\s-]?0*?(\d{8})(?!\d)", re.IGNORECASE | re.ASCII)),
    ("ISRCTN", re.compile(r"(?<![a-z0-9])isrctn[\s-]?(\d{8})(?!\d)", re.IGNORECASE | re.ASCII)),
    ("ANZCTR", re.compile(r"(?<![a-z0-9])actrn[\s-]?(\d{14})(?!\d)", re.IGNORECASE | re.ASCII)),
    ("jRCT", re.compile(r"(?<![a-z0-9])jrct([a-z]?\d{8,10})(?!\d)", re.IGNORECASE | re.ASCII)),
    ("DRKS", re.compile(r"(?<![a-z0-9])drks(\d{8})(?!\d)", re.IGNORECASE | re.ASCII)),
    ("ChiCTR", re.compile(r"(?<![a-z0-9])chictr-?((?:[a-z]{2,6}-)?\d{8,10})(?!\d)", re.IGNORECASE | re.ASCII)),
    ("EudraCT", re.compile(r"(?<![\d-])(20\d\d-\d{6}-\d\d)(?![\d-])", re.ASCII)),
)
_PREFIX = {"ClinicalTrials.gov": "NCT", "ISRCTN": "ISRCTN", "ANZCTR": "ACTRN", "jRCT": "jRCT", "DRKS": "DRKS"}
_PREFIX |= {"ChiCTR": "ChiCTR", "EudraCT": ""}


def find(text: str) -> list[Identifier]:
    """Every identifier of ``text`` with its kind and place, in order; none lies inside another (EVD-01)."""
    found = sorted(_candidates(text), key=lambda one: (one.start, one.kind != "doi", -one.end))
    kept: list[Identifier] = []
    for identifier in found:
        if not kept or identifier.start >= kept[-1].end:
            kept.append(identifier)
    return kept


def normalise(kind: Kind, text: str) -> str | None:
    """The stored form of one identifier typed into a field; nothing when it is none of this kind."""
    typed = text.strip()
    if kind == "pmid" and re.fullmatch(r"\d{1,12}", typed, re.ASCII):
        return _number(typed)
    if kind == "pmcid" and re.fullmatch(r"\d{4,9}", typed, re.ASCII):
        return f"PMC{int(typed)}" if int(typed) else None
    return next((one.value for one in find(typed) if one.kind == kind), None)


def registry_of(number: str) -> str:
    """The registry a trial number belongs to, or nothing."""
    return next((one.registry for one in find(number) if one.kind == "trial"), "")


def read_box(text: str) -> list[BoxLine]:
    """The lines of an identifier box: here, and only here, bare digits are a PMID (EVD-10)."""
    lines = []
    for line in filter(None, (line.strip() for line in text.splitlines())):
        pmid = _number(line) if re.fullmatch(r"\d{1,8}", line, re.ASCII) else None
        found = (Identifier(kind="pmid", value=pmid, end=len(line)),) if pmid else tuple(find(line))
        lines.append(BoxLine(text=line, identifiers=found))
    return lines


def link(kind: Kind, value: str) -> str:
    """The public address of an identifier, every reserved character encoded (EVD-03)."""
    encoded = quote(value, safe="/" if kind == "doi" else "")
    if kind == "trial":
        registry = registry_of(value)
        return _REGISTRY_PAGES[registry].format(encoded) if registry in _REGISTRY_PAGES else ""
    return _PAGES[kind].format(encoded)


_PAGES: dict[str, str] = {
    "doi": "https://doi.org/{}",
    "pmid": "https://pubmed.ncbi.nlm.nih.gov/{}/",
    "pmcid": "https://pmc.ncbi.nlm.nih.gov/articles/{}/",
}
_REGISTRY_PAGES = {
    "ClinicalTrials.gov": "https://clinicaltrials.gov/study/{}",
    "ISRCTN": "https://www.isrctn.com/{}",
    "ANZCTR": "https://www.anzctr.org.au/TrialSearch.aspx?searchTxt={}",
    "jRCT": "https://jrct.mhlw.go.jp/en-latest-detail/{}",
    "DRKS": "https://drks.de/search/en/trial/{}",
    "EudraCT": "https://www.clinicaltrialsregister.eu/ctr-search/search?query={}",
}


def _candidates(text: str) -> Iterator[Identifier]:
    for match in _DOI.finditer(text):
        value, length = _doi(
            match.group(), in_address=bool(_ADDRESS_BEFORE.search(text, max(0, match.start() - 400), match.start()))
        )
        if value:
            yield Identifier(kind="doi", value=value, start=match.start(), end=match.start() + length)
    for match in _PMID.finditer(text):
        if value := _number(next(filter(None, match.groups()))):
            yield Identifier(kind="pmid", value=value, start=match.start(), end=match.end())
    for match in _PMCID.finditer(text):
        yield Identifier(kind="pmcid", value=f"PMC{match[1]}", start=match.start(), end=match.end())
    for registry, pattern in _TRIALS:
        for match in pattern.finditer(text):
            body = match[1].lower() if registry == "jRCT" else match[1].upper()
            value = f"{_PREFIX[registry]}{body}"
            yield Identifier(kind="trial", value=value, start=match.start(), end=match.end(), registry=registry)


def _number(digits: str) -> str | None:
    """A PMID without leading zeros; 0 means none."""
    bare = digits.lstrip("0")
    return bare if 0 < len(bare) <= 8 else None


def _doi(raw: str, *, in_address: bool) -> tuple[str | None, int]:
    """The stored form of a DOI, and how much of ``raw`` it took."""
    if tag := _TAG.search(raw):
        raw = raw[: tag.start()]
    raw = _NEXT_IDENTIFIER.sub("", raw)
    encoded = bool(re.match(r"10(?:%2e|\.)[\d.]+%2f", raw, re.IGNORECASE)) or raw[:6].lower().startswith("10%2e")
    if in_address or encoded:
        raw = _QUERY.sub("", raw)
    value = unquote(raw) if in_address or encoded else raw
    value = _settled(value.replace("\\", ""))
    if in_address and not encoded:
        value = _PREPRINT_PAGE.sub(r"\1", _trimmed(_PAGE_OF_PUBLISHER.sub("", value)))
    value = _trimmed(value)
    prefix, _, suffix = value.partition("/")
    if (
        not suffix
        or not re.fullmatch(r"10\.\d{4,9}(?:\.\d+)*", prefix, re.ASCII)
        or re.search(r"[\s\x00-\x20]", suffix)
    ):
        return None, 0
    return value, len(_trimmed(raw)) or len(raw)


def _settled(value: str) -> str:
    """Entities decoded, lower case, NFC; again until nothing changes, so that the form is one."""
    for _ in range(5):
        once = unicodedata.normalize("NFC", unescape(value).lower())
        if once == value:
            break
        value = once
    return value


def _trimmed(value: str) -> str:
    """Without what a sentence puts after a DOI; a closing bracket goes only if it was never opened."""
    while value:
        last = value[-1]
        closes = last in _PAIRS and value.count(last) > value.count(_PAIRS[last])
        if not closes and last not in ".,;:'’…\"":
            break
        value = value[:-1]
    return value
