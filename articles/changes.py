"""What changed on a page between the version that readers got on a day and the one they get now (PAGE-82)."""

from __future__ import annotations

import datetime
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from django.utils import timezone

from stemsite.publishing.diffing import SectionChange, compare
from stemsite.publishing.models import Page, Transition
from stemsite.publishing.reading import Change, local_day, signature

from .content import AnySection, ArticleContent, StudyCard, article_content
from .rendering import HEADED

_NOT_TOLD = frozenset({"anchor", "role"})

NAMELESS = {
    "text": "a passage without a heading",
    "list": "a list without a heading",
    "callout": "a call-out",
    "study": "a study",
    "figure": "a picture",
    "faq": "questions and answers",
    "checklist": "a checklist",
    "action": "an invitation",
}
FATES = {
    "added": "New",
    "edited": "Reworded",
    "moved": "Moved",
    "removed": "Taken out",
}
"""How a section fared, in the order it is told."""
HEAD = {
    "title": "the title",
    "summary": "the summary at the top",
    "authors": "who wrote it",
    "notices": "the notices",
    "conditions": "the name of the condition",
    "interventions": "the treatment it is about",
    "searched_on": "the day we last searched for studies",
    "related": "the related pages",
    "topics": "the topics",
}


STATUTES = "the texts that a law asks for"


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    words: str
    anchor: str
    """Where it stands on the page now; empty for what cannot be pointed at."""
    moved: bool
    """Besides having been reworded."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Since:
    """The answer for one day."""

    day: datetime.date
    is_first: bool
    """Whether nothing was public before that day, so that the first publication is what is compared with."""
    changes: tuple[Change, ...]
    sections: tuple[tuple[str, tuple[Section, ...]], ...]
    head: tuple[str, ...]
    sources: bool
    studies: tuple[tuple[str, str, Change], ...]
    """Major changes of studies the page shows: title, address, note."""

    @property
    def is_empty(self) -> bool:
        return not (self.changes or self.sections or self.head or self.sources or self.studies)


def publications(page: Page) -> list[Transition]:
    """Whenever readers got another version of ``page``, oldest first."""
    rows = Transition.objects.filter(page_id=page.pk, verb__in=Transition.PUBLICATIONS).order_by("at", "pk")
    return list(rows.select_related("version__corrects").prefetch_related("version__sign_offs"))


def changes_since(page: Page, steps: Sequence[Transition], day: datetime.date) -> Since:
    """What became of ``page``, which is live, from the beginning of ``day`` on; ``steps`` are its publications.

    The words of older versions are not shown, for a mistake that was taken out must not come back here.
    """
    begin = timezone.make_aware(datetime.datetime.combine(day, datetime.time.min))
    earlier = [step for step in steps if step.at < begin]
    basis = earlier[-1] if earlier else steps[0]
    found = article_content(page.version_for_readers().content)
    before = article_content(basis.version.content) if basis.version else found
    titles = _studies(found)
    difference = compare(before, found)
    is_signed = basis.version is not None and signature(basis.version) is not None
    return Since(
        day=day,
        is_first=not earlier,
        changes=_notes(steps, begin),
        sections=_by_fate(difference.sections, found, titles, is_signed=is_signed),
        head=tuple(_head(before, found)),
        sources=bool(difference.sources),
        studies=_of_studies(titles, begin),
    )


def _notes(steps: Sequence[Transition], begin: datetime.datetime) -> tuple[Change, ...]:
    """What readers were told of each major change, newest first."""
    told = [
        Change(on=local_day(step.at) or begin.date(), note=step.note or ("First published." if first else ""))
        for step in steps
        if step.at >= begin and ((first := step is steps[0]) or step.change == Transition.Change.MAJOR)
    ]
    return tuple(reversed(told))


def _by_fate(
    changes: Sequence[SectionChange], found: ArticleContent, titles: dict[int, Page], *, is_signed: bool
) -> tuple[tuple[str, tuple[Section, ...]], ...]:
    places = {section.key: section for section in found.sections}
    told: dict[str, list[Section]] = {}
    for change in changes:
        is_reworded = any(passage.label not in _NOT_TOLD for passage in change.passages)
        if change.fate == "edited" and not is_reworded and not change.moved:
            continue
        fate = "moved" if change.fate == "edited" and not is_reworded else change.fate
        words, anchor = _named(change, places.get(change.key), titles, is_signed=is_signed)
        told.setdefault(fate, []).append(Section(words=words, anchor=anchor, moved=change.moved and fate == "edited"))
    return tuple((words, tuple(told[fate])) for fate, words in FATES.items() if fate in told)


def _named(
    change: SectionChange, section: AnySection | None, titles: dict[int, Page], *, is_signed: bool
) -> tuple[str, str]:
    """Words and anchor of a section; that of a version nobody signed is not named by its heading."""
    if isinstance(section, StudyCard) and (study := titles.get(section.study)):
        return study.version_for_readers().title, f"study-{study.pk}"
    if section is None:
        return (change.heading if is_signed else "") or NAMELESS[change.type], ""
    pointed = section.anchor if section.heading and change.type in HEADED else ""
    return section.heading or NAMELESS[change.type], pointed


def _head(before: ArticleContent, found: ArticleContent) -> Iterator[str]:
    """What changed outside of sections and references."""
    yield from (words for field, words in HEAD.items() if getattr(before, field) != getattr(found, field))
    if before.laws != found.laws:
        yield STATUTES


def _studies(found: ArticleContent) -> dict[int, Page]:
    """The live studies that the page shows."""
    return {page.pk: page for page in Page.objects.live().filter(pk__in=found.studies)}


def _of_studies(studies: dict[int, Page], begin: datetime.datetime) -> tuple[tuple[str, str, Change], ...]:
    rows = Transition.objects.filter(
        page__in=studies,
        verb__in=Transition.PUBLICATIONS,
        change=Transition.Change.MAJOR,
        from_public=Page.PublicState.LIVE,
        at__gte=begin,
    )
    return tuple(
        (
            studies[pk].version_for_readers().title,
            studies[pk].live_path or "",
            Change(on=local_day(at) or begin.date(), note=note),
        )
        for pk, at, note in rows.order_by("-at", "-pk").values_list("page_id", "at", "note")
    )
