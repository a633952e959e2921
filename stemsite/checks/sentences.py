"""Where sentences begin and end, in text that was normalised and in text that was not. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator

_BREAK = re.compile(
    r"(?:\r\n?|\n)[ \t]*(?:\r\n?|\n)\s*|[\u2028\u2029\v\f]+|(?:\r\n?|\n)(?=[ \t]*(?:[-*•·‣–]|\d{1,2}[.)])[ \t])"
)
"""An empty line, or a new line that begins with a bullet or a number: what stands in a block of its own."""

_END = re.compile(r"[.!?]+[\"')\]]*(?= |$)|(?<=[a-z]{2})[.!?](?=[A-Z])")
_SHORT = re.compile(
    r"(?:^|[\s(\"'])(?:(?P<never>Dr|Mr|Mrs|Ms|Prof|St|vs|e\.g|i\.e|cf|approx|Mt|Rev|Gen|Sen)"
    r"|(?P<number>No|Nos|Fig|Figs|Vol|pp?|Sec|Ch)"
    r"|(?P<seldom>U\.S|U\.K|a\.m|p\.m|et al|Inc|Ltd|Co|Corp|Ph\.D|M\.D|D\.O|R\.N|Jr|Sr|etc|[A-Z]))$",
    re.IGNORECASE,
)
_OPENER = re.compile(
    r" ?[\"'(]?(?:The|This|That|These|Those|Our|We|It|Its|They|Their|You|Your|He|She|His|Her|I|My|A|An|In|On|At|But|And"
    r"|So|If|When|No|Not|All|Some|Many|Most|Ask|Call|Stem|Cells?|Patients?|People|Studies|There|Here|For|With)\b"
)


def pieces(text: str) -> Iterator[tuple[int, int]]:
    """The blocks of plain ``text`` that the eye reads apart."""
    start = 0
    for gap in _BREAK.finditer(text):
        yield start, gap.start()
        start = gap.end()
    yield start, len(text)


def sentences(text: str) -> Iterator[tuple[int, int]]:
    """The sentences of normalised ``text``, the mark at the end included."""
    start = 0
    for end in _END.finditer(text):
        if end.start() < start or not _ends(text, start, end):
            continue
        yield start, end.end()
        start = end.end() + (text[end.end() : end.end() + 1] == " ")
    if start < len(text):
        yield start, len(text)


def _ends(text: str, start: int, end: re.Match[str]) -> bool:
    """Whether this mark ends a sentence; the dot of an abbreviation does not."""
    if end[0][0] != "." or end.end() == len(text):
        return True
    short = _SHORT.search(text[max(start, end.start() - 12) : end.start()])
    if short is None:
        return True
    if short["never"]:
        return False
    after = text[end.end() : end.end() + 16]
    if short["number"]:
        return not after.lstrip(" ")[:1].isdigit()
    return bool(_OPENER.match(after))


def windows(size: int, *, longest: int, overlap: int = 200) -> Iterator[tuple[int, int]]:
    """Where to look in a sentence of ``size`` letters, so that nothing hides in a long one."""
    start = 0
    while size - start > longest:
        yield start, start + longest
        start += longest - overlap
    yield start, size
