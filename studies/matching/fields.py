"""Each field a reference states, held against its record: agrees, differs, near or unstated (pure)."""

from __future__ import annotations

import re
from typing import Literal

from studies.sources.base import StudyRecord

from . import journals, names
from .folding import squash
from .numbers import Numbers, same_first_page, same_volume

State = Literal["agrees", "differs", "near", "unstated"]


def author(before: str, between: str, record: StudyRecord) -> tuple[State, str]:
    printed = (
        before
        if names.states_author(before)
        else between
        if names.states_author(between) and len(between.split()) < 40
        else ""
    )
    if not printed:
        return "unstated", ""
    said = names.printed_first(printed)
    if not record.authors:
        is_journal = journals.same(said, journals.forms((record.journal, *record.journal_abbr, record.publisher)))
        return ("unstated" if is_journal or printed is between else "differs"), said
    if names.first_author_agrees(printed, record.authors):
        return "agrees", said
    if printed is between and not names.looks_like_names(between):
        return ("agrees" if names.mentions_author(between, record.authors) else "unstated"), said
    return "differs", said


def year(numbers: Numbers, record: StudyRecord, *, exact: bool) -> tuple[State, str]:
    if not numbers.years or not record.years:
        return "unstated", ""
    said = ", ".join(map(str, numbers.years))
    if any(year in record.years for year in numbers.years):
        return "agrees", said
    one_off = min(abs(year - recorded) for year in numbers.years for recorded in record.years) == 1
    return ("near" if one_off and not exact else "differs"), said


def journal(after: str, numbers: Numbers, record: StudyRecord) -> tuple[State, str, str]:
    """The state of the journal, what is printed, and what stands between the title and the journal."""
    known = journals.forms((record.journal, *record.journal_abbr))
    printed = after[: numbers.begins]
    bare = re.sub(
        r"(?i)\b(?:pubmed|link|read (?:study|summary)|full text|in press|vol(?:ume)?|issue|pp?)\b\.?|\[[^\]]*\]",
        " ",
        printed,
    )
    bare = bare.strip(" .,;:?!()\"“”'’*_-–—")
    if len(squash(bare)) < 2:
        return "unstated", "", ""
    if not known:
        return "unstated", bare, ""
    if journals.starts_with(after, known) or journals.same(bare, known):
        return "agrees", bare, ""
    for match in re.finditer(r"[.:?!,]\s+(?:in:?\s+)?", bare, re.IGNORECASE):
        rest = bare[match.end() :]
        if journals.same(rest, known) or journals.starts_with(
            after[after.find(rest) :] if rest in after else rest, known
        ):
            return "agrees", rest, bare[: match.start()]
    if record.type in ("book", "preprint") and journals.same(bare, journals.forms((record.publisher,))):
        return "agrees", bare, ""
    if record.type == "book":
        return "unstated", bare, ""
    parts = re.split(r"(?<=[^\W\d_]{4})[.?!]\s+", bare)
    return "differs", parts[-1], ". ".join(parts[:-1])


def volume(numbers: Numbers, record: StudyRecord) -> tuple[State, str]:
    if not numbers.volume or not record.volume:
        return "unstated", numbers.volume
    return ("agrees" if same_volume(numbers.volume, record.volume) else "differs"), numbers.volume


def first_page(numbers: Numbers, record: StudyRecord) -> tuple[State, str]:
    if not numbers.pages or not (record.pages or record.article_number):
        return "unstated", numbers.pages
    agrees = same_first_page(numbers.pages, record.pages, record.article_number)
    return ("agrees" if agrees else "differs"), numbers.pages
