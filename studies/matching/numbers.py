"""Year, volume and first page out of what stands around a title (pure)."""

from __future__ import annotations

import re
from dataclasses import dataclass

from .folding import squash

_MONTH = r"(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*\.?"
_LATER = re.compile(
    r"[\s.;,(\[]*\b(?:accessed|cited|retrieved|available (?:from|at)|e-?pub|ecollection|published online|updated)\b.*$",
    re.IGNORECASE | re.DOTALL,
)
_ADDRESS = re.compile(r"(?:https?://|www\.)\S+|\bdoi\b\s*[:=]?\s*\S*|\b(?:pmid|pmcid)\b\s*:?\s*\S*", re.IGNORECASE)
_STRONG_YEARS = (
    re.compile(r"\(\s*(?:c|©)?(\d{4})[a-z]?\s*(?:,[^)]{0,30})?\)"),
    re.compile(
        rf"(?<![\d-])(\d{{4}})[a-z]?(?:[\s,]+{_MONTH}(?:[-/\s]+{_MONTH})?(?:\s+\d{{1,2}})?)?\s*;", re.IGNORECASE
    ),
    re.compile(rf"\b{_MONTH}(?:\s+\d{{1,2}},?)?\s+(\d{{4}})(?!\d)", re.IGNORECASE),
    re.compile(r"(?<![\d:(–-])(?<!\d[:(–-])\b(\d{4})[\s.,]*$"),
)
_ANY_YEAR = re.compile(r"(?<![\d:/.–-])(?<!vol\. )(?<!vol )(\d{4})(?![\d/–-]|\(|\s*[:(])")
_VOLUME_PAGES = re.compile(
    r"(?<![\w.-])(?:vol(?:ume)?\.?\s*)?(?P<volume>[a-z]{0,2}\d{1,4}[a-z]?(?:\s?suppl(?:\.|ement)?\s?\d*)?)"
    r"\s*(?:[,;]?\s*\((?P<issue>[^()]{1,40})\)|,?\s*(?:no\.?|issue|nr\.?)\s*(?P<issue_in_words>[\w-]{1,8}))?"
    r"\s*[:,;][\s,;]*(?:pp?\.?|pages?|art(?:icle)?\.?(?:\s*(?:no\.?|id))?)?\s*"
    r"(?P<pages>[a-z]{0,3}\d[\w.]*(?:\s*[-–—‐‑−]\s*[a-z]{0,3}\d\w*)?)",
    re.IGNORECASE,
)
_VOLUME = re.compile(r"(?:;\s*|\bvol(?:ume)?\.?\s*)(\d{1,4}[a-z]?)\s*(?=[(.,;:]|$)", re.IGNORECASE)
_PAGES = re.compile(
    r"(?:\bpp?\.\s*|\):\s*|;\s*\([^)]*\)\s*:\s*)([a-z]{0,3}\d[\w.]*(?:\s*[-–—]\s*[a-z]{0,3}\d\w*)?)", re.IGNORECASE
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Numbers:
    """What a reference states; empty where it states nothing. ``begins`` is where the numbers begin after the title."""

    years: tuple[int, ...] = ()
    volume: str = ""
    pages: str = ""
    begins: int = 0


def read_numbers(before: str, after: str) -> Numbers:
    """Numbers around a title; those inside it, in addresses and of access days do not count."""
    tail = _blank(_LATER, _blank(_ADDRESS, after))
    head = _blank(_ADDRESS, before)
    found = _years(tail, _STRONG_YEARS) or ([] if _years(head, _STRONG_YEARS) else _years(tail, (_ANY_YEAR,)))
    others = found or _years(head, _STRONG_YEARS) or _years(head, (_ANY_YEAR,))
    years = tuple(dict.fromkeys(year for year, _, _ in others))
    places = [start for _, start, _ in found]
    rest = tail
    for _, start, end in found[:1]:
        rest = rest[:start] + " " * (end - start) + rest[end:]
    match = _VOLUME_PAGES.search(rest)
    volume, pages = (match["volume"], match["pages"]) if match else ("", "")
    if not match:
        alone = _VOLUME.search(tail)
        volume = alone[1] if alone and not (alone[1].isdigit() and int(alone[1]) in years) else ""
        paged = _PAGES.search(tail)
        pages = paged[1] if paged else ""
        places += [one.start() for one in (alone, paged) if one]
    else:
        places.append(match.start())
    ends = [one.start() for pattern in (_LATER, _ADDRESS) if (one := pattern.search(after))]
    return Numbers(
        years=years, volume=volume.strip(), pages=pages.strip(" ."), begins=min([*places, *ends], default=len(after))
    )


def _years(text: str, patterns: tuple[re.Pattern[str], ...]) -> list[tuple[int, int, int]]:
    """Years with their places, in order."""
    found = [
        (int(match[1]), match.start(), _date_end(match)) for pattern in patterns for match in pattern.finditer(text)
    ]
    return sorted((one for one in found if 1700 <= one[0] <= 2100), key=lambda one: one[1])


def _date_end(match: re.Match[str]) -> int:
    return match.end() - 1 if match[0].endswith(";") else match.end()


def _blank(pattern: re.Pattern[str], text: str) -> str:
    """Matches replaced by as many blanks, so that places stay."""
    return pattern.sub(lambda match: " " * len(match[0]), text)


def same_volume(printed: str, recorded: str) -> bool:
    """Equal, or equal in the number where one side adds a supplement or part."""
    if squash(printed) == squash(recorded):
        return True
    had, has = re.findall(r"\d+", printed), re.findall(r"\d+", recorded)
    return (
        bool(had and has)
        and had[0].lstrip("0") == has[0].lstrip("0")
        and (squash(printed).isdigit() or squash(recorded).isdigit())
    )


def same_first_page(printed: str, *recorded: str) -> bool:
    """``e29285`` is 29285, 526-8 is 526-528; a letter before the number may be left out, but not changed."""
    return any(_page(printed) == _page(one) or _alike(_page(printed), _page(one)) for one in recorded if one)


def _page(pages: str) -> tuple[str, str]:
    first = squash(re.split(r"[-–—‐‑−]", pages.strip(), maxsplit=1)[0])
    match = re.fullmatch(r"([a-z]*)0*(\w*)", first)
    return (match[1], match[2]) if match else ("", first)


def _alike(had: tuple[str, str], has: tuple[str, str]) -> bool:
    return bool(had[1]) and had[1] == has[1] and (not had[0] or not has[0])
