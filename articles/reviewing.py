"""Whether a clinician must sign an article, and why: derived from what it says, never ticked (PUB-142)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from html import unescape

from stemsite.checks.words import medical_words, watched_phrases

from .content import AnySection, ArticleContent, Checklist, Faq, Figure, Points
from .freezing import texts_of

_BLOCKS = re.compile(r"</?(?:p|ul|ol|li|h[1-6]|table|thead|tbody|tr|td|th|br|blockquote)\b[^>]*>")
_TAG = re.compile(r"<[^>]+>")
_NAMED = 3


def reasons_for_review(found: ArticleContent) -> tuple[str, ...]:
    """Why a clinician must sign this page; empty for a plain page that says nothing medical.

    A service page says what the clinic does, so it is signed as long as indirect claims are found by nobody else.
    """
    reasons = (
        ("it is not a plain page", found.kind != "plain"),
        ("it names a condition", bool(found.conditions)),
        ("it names a treatment", bool(found.interventions)),
        ("it cites a source", bool(found.citations)),
        ("it shows a study", bool(found.studies)),
    )
    plain = tuple(words for words, holds in reasons if holds)
    return plain if found.kind != "plain" else (*plain, *_said(found))


def _said(found: ArticleContent) -> Iterator[str]:
    pieces = tuple(all_texts(found))
    for what, words in (("medical words", medical_words(pieces)), ("claims to look at", watched_phrases(pieces))):
        if words:
            shown = ", ".join(f"“{word}”" for word in words[:_NAMED])
            yield f"it has {what}: {shown}{' and more' if len(words) > _NAMED else ''}"


def all_texts(found: ArticleContent) -> Iterator[str]:
    """Every text that ``found`` gives to readers and machines, block by block, without marks."""
    yield from filter(None, (found.title, found.summary))
    for section in found.sections:
        yield from filter(None, (piece.strip() for text in _texts(section) for piece in _blocks(text)))


def _texts(section: AnySection) -> Iterator[str]:
    yield section.heading
    match section:
        case Points() | Checklist():
            yield section.intro
        case Figure():
            yield section.alt
            yield section.caption
            yield section.drawing
        case Faq():
            yield from (question.question for question in section.questions)
    yield from texts_of([section])


def _blocks(text: str) -> Iterator[str]:
    """Cut where a reader's eye stops; a mark inside a word hides nothing."""
    for block in _BLOCKS.split(text):
        yield unescape(_TAG.sub("", block))
