"""Whether a text that cites a retracted paper says so in the very sentence (EV-04, PAGE-56, pure)."""

from __future__ import annotations

import re
from collections.abc import Iterable
from html import unescape

from stemsite.checks.sentences import sentences

_HERE = "\ue000"
_BLOCK_END = re.compile(r"</(?:p|li|h[1-6]|td|th|blockquote|div)>|<br */?>", re.IGNORECASE)
_TAG = re.compile(r"<[^>]*>")
_AFTER_STOP = re.compile(rf"([.!?][\"')\]”’]*)\s*((?:{_HERE}\s*)+)")
"""A citation after the full stop belongs to the sentence before it."""
_SAYS_SO = re.compile(r"\b(?:retracted|retraction|withdrawn|withdrew)\b", re.IGNORECASE)
_DENIES = re.compile(r"\b(?:not|never|n['’]t)\b[^.;]{0,20}\b(?:retracted|withdrawn|withdrew)\b", re.IGNORECASE)


def cites_as_retracted(texts: Iterable[str], reference: int) -> bool:
    """Whether ``texts`` cite the reference, and every sentence that does says that it was retracted."""
    told = [_says_so(sentence) for html in texts for sentence in _citing(html, reference)]
    return bool(told) and all(told)


def _citing(html: str, reference: int) -> list[str]:
    mark = re.compile(rf'<cite data-ref="{int(reference)}"(?: data-loc="[^"]*")?></cite>')
    text = unescape(_TAG.sub("", _BLOCK_END.sub("\n", mark.sub(_HERE, html))))
    found = []
    for block in text.splitlines():
        line = _AFTER_STOP.sub(r"\2\1", " ".join(block.split()))
        found += [line[start:end] for start, end in sentences(line) if _HERE in line[start:end]]
    return found


def _says_so(sentence: str) -> bool:
    return bool(_SAYS_SO.search(sentence)) and not _DENIES.search(sentence)
