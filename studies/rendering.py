"""A study's content and what is joined to it, as templates want it."""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from html import escape

from django.db.models import Q
from django.utils import timezone
from django.utils.safestring import SafeString, mark_safe

from stemsite.publishing.content import Citation
from stemsite.publishing.models import Page
from stemsite.publishing.reading import local_day

from . import evidence
from .asking import Asked, asked_about
from .citations import day_in_words, doi_url
from .content import StudyContent, study_content
from .icon_array import icon_array
from .integrity import WORST_FIRST
from .models import IntegrityEvent

_LABEL = {
    IntegrityEvent.Kind.RETRACTED: ("Retracted", "alarm"),
    IntegrityEvent.Kind.PARTLY_RETRACTED: ("Partly retracted", "alarm"),
    IntegrityEvent.Kind.CONCERN: ("Expression of concern", "alarm"),
    IntegrityEvent.Kind.CORRECTED: ("Corrected", "notice"),
    IntegrityEvent.Kind.NEWER: ("Newer version published", "notice"),
}
_SENTENCE = {
    IntegrityEvent.Kind.RETRACTED: "The journal withdrew this paper{on}. Do not rely on its results.",
    IntegrityEvent.Kind.PARTLY_RETRACTED: "The journal withdrew part of this paper{on}.",
    IntegrityEvent.Kind.CONCERN: "The journal has warned{since} that this paper may have problems.",
    IntegrityEvent.Kind.CORRECTED: (
        "The journal corrected this paper{on}. We are checking if our summary must change."
    ),
    IntegrityEvent.Kind.NEWER: "A newer version of this review has been published.",
}


MOST_MARKS = 400
"""More people than these are told in words alone: as many marks would weigh more than the page."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Integrity:
    """The worst known standing of a paper: never frozen, shown at once (PUB-14)."""

    label: str
    tone: str
    sentence: str
    url: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PeopleGroup:
    """People with the same outcome, drawn as that many marks (none where nobody had it)."""

    label: str
    people: int
    svg: SafeString


@dataclass(frozen=True, slots=True, kw_only=True)
class IconArray:
    groups: tuple[PeopleGroup, ...]
    of: int
    sentence: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ReferenceView:
    number: int
    html: SafeString
    label: str
    label_tone: str
    label_url: str
    links: tuple[tuple[str, str], ...]
    checked: str
    """When the paper was last looked up for notices, and where."""
    holds_until: datetime.datetime | None
    backlinks: tuple[tuple[str, str], ...]
    """Each place with its number as text: a template would ask of each number how this language writes numbers."""
    anchor: str
    text: str
    identified: str
    """The shortest of its printed words that say which work it is."""
    pk: int
    study_line: str


@dataclass(frozen=True, slots=True, kw_only=True)
class StudyCard:
    pk: int
    slug: str
    url: str
    title: str
    year: int | None
    heading: str
    venue: str
    cells: str
    summary: str
    people_words: str
    chips: tuple[evidence.Chip, ...]
    compared_with: str
    happened: str
    array: IconArray | None
    harms: str
    harms_array: IconArray | None
    product_status: str
    limit: str
    limits: tuple[str, ...]
    integrity: Integrity | None
    number: int | None
    anchor: str
    withdrawn: str
    certainty_words: str
    short_line: str


def integrity_of(references: Iterable[int], *, at: datetime.datetime | None = None) -> dict[int, Integrity]:
    """The worst event of each paper that is open now, or that was known and open ``at`` a moment: one query.

    Where nothing worse is known, a withdrawal that was taken back is said too (EVD-54).
    """
    moment = at or timezone.now()
    events = IntegrityEvent.objects.filter(reference_id__in=list(references))
    if at is not None:
        events = events.filter(first_seen_at__lte=at)
    is_open = Q(ended_at=None) | Q(ended_at__gt=moment)
    found: dict[int, Integrity] = {}
    for event in sorted(
        events.filter(is_open | Q(taken_back_on__isnull=False)), key=lambda event: _rank(event, moment)
    ):
        taken_back = event.ended_at is not None and event.ended_at <= moment
        found.setdefault(event.reference_id, _taken_back(event) if taken_back else _integrity(event))
    return found


def _rank(event: IntegrityEvent, moment: datetime.datetime) -> tuple[int, datetime.date]:
    """The worst first; what was taken back after all that is open but information, the latest of them first."""
    if event.ended_at is not None and event.ended_at <= moment and event.taken_back_on:
        return len(WORST_FIRST), event.taken_back_on
    return WORST_FIRST.index(IntegrityEvent.Kind(event.kind)), event.notice_on or datetime.date.max


def _taken_back(event: IntegrityEvent) -> Integrity:
    day = in_words(event.taken_back_on)
    sentence = f"An earlier withdrawal of this paper was taken back on {day}."
    return Integrity(label=f"Withdrawal taken back {day}", tone="notice", sentence=sentence, url="")


def _integrity(event: IntegrityEvent) -> Integrity:
    label, tone = _LABEL[IntegrityEvent.Kind(event.kind)]
    day = in_words(event.notice_on)
    words = {"on": f" on {day}" if day else "", "since": f" since {day}" if day else ""}
    return Integrity(
        label=f"{label} {day}".strip(),
        tone=tone,
        sentence=_SENTENCE[IntegrityEvent.Kind(event.kind)].format(**words),
        url=event.notice_url if event.notice_url.startswith(("https://", "http://")) else "",
    )


def in_words(day: datetime.date | None) -> str:
    return day_in_words(day.year, day.month, day.day) if day else ""


def references_in(
    citations: Sequence[tuple[int, Citation, Sequence[str]]],
    standing: dict[int, Integrity],
    lines: Mapping[int, str] | None = None,
    *,
    at: datetime.datetime | None = None,
) -> tuple[ReferenceView, ...]:
    """The numbered list: number, frozen citation and the places it is cited from; one query.

    ``lines`` says in a few words what kind of study a reference reports, by reference id.
    """
    cited = [citation.reference for _, citation, _ in citations]
    asked = asked_about(cited, noticed=standing, at=at)
    said = lines or {}
    return tuple(
        _reference(
            number,
            citation,
            places,
            standing.get(citation.reference),
            asked.get(citation.reference, Asked()),
            said.get(citation.reference, ""),
        )
        for number, citation, places in citations
    )


def study_line(study: StudyContent, standing: Integrity | None) -> str:
    """What a reader should know of a cited study at once: how early and small it is, how sure it lets us be."""
    words = "" if standing and standing.tone == "alarm" else evidence.certainty(study).words
    return " ".join(filter(None, (evidence.short_line(study), f"{words}." if words else "")))


def _reference(
    number: int,
    citation: Citation,
    places: Sequence[str],
    standing: Integrity | None,
    asked: Asked,
    study_line: str,
) -> ReferenceView:
    preprint = "Preprint, not peer reviewed" if citation.kind == "preprint" else ""
    return ReferenceView(
        number=number,
        html=mark_safe(linked(citation)),
        text=citation.text,
        identified=_link_of(citation)[1] or citation.text,
        label=standing.label if standing else preprint,
        label_tone=standing.tone if standing else ("notice" if preprint else ""),
        label_url=standing.url if standing else "",
        links=links_of(citation),
        checked=asked.words,
        holds_until=asked.holds_until,
        backlinks=tuple((str(number), place) for number, place in enumerate(dict.fromkeys(places), start=1)),
        anchor=f"ref-{number}",
        pk=citation.reference,
        study_line=study_line,
    )


def linked(citation: Citation) -> str:
    """The printed reference with its DOI, or else its address, as the link it names."""
    target, words = _link_of(citation)
    if not words:
        return citation.html
    shown = escape(words)
    return citation.html.replace(shown, f'<a href="{escape(target)}">{shown}</a>', 1)


def _link_of(citation: Citation) -> tuple[str, str]:
    """Where a printed reference leads, and the words of it that say so; both empty where it prints no address."""
    target, words = (doi_url(citation.doi), f"doi:{citation.doi}") if citation.doi else (citation.url, citation.url)
    return (target, words) if words in citation.text and target.startswith(("https://", "http://")) else ("", "")


def links_of(citation: Citation) -> tuple[tuple[str, str], ...]:
    """Links after the reference; each says by its number where it leads, so that no two sound alike."""
    pmid, pmcid, number = citation.pmid, citation.pmcid, citation.registry_id
    found = (
        (f"PubMed {pmid}", f"https://pubmed.ncbi.nlm.nih.gov/{pmid}/" if pmid else ""),
        (f"Free full text {pmcid}", f"https://pmc.ncbi.nlm.nih.gov/articles/{pmcid}/" if pmcid else ""),
        (f"Registry {number}", f"https://clinicaltrials.gov/study/{number}" if number.startswith("NCT") else ""),
    )
    printed = linked(citation)
    return tuple((label, url) for label, url in found if url and f'href="{url}"' not in printed)


def certainty_of(study: StudyContent, integrity: Integrity | None) -> evidence.Certainty:
    """No word of certainty for a paper that was withdrawn or may have problems (EVD-72)."""
    if integrity is not None and integrity.tone == "alarm":
        return evidence.Certainty(level="", steps=(integrity.sentence,))
    return evidence.certainty(study)


def outcome_array(study: StudyContent) -> IconArray | None:
    if not study.outcome_groups or sum(group.people for group in study.outcome_groups) > MOST_MARKS:
        return None
    groups = tuple((group.label, group.people, group.direction) for group in study.outcome_groups)
    of = study.outcome_of or sum(people for _, people, _ in groups)
    return _array(groups, of, evidence.outcome_sentence(study))


def harms_array(study: StudyContent) -> IconArray | None:
    """Deaths, as large as outcomes; only where both count and denominator are known."""
    deaths = study.deaths
    if deaths.known != "stated" or not deaths.people or not deaths.of or deaths.of > MOST_MARKS:
        return None
    groups = (("died", deaths.people, "death"), ("alive or not counted", deaths.of - deaths.people, "same"))
    return _array(groups, deaths.of, evidence.count_words(deaths, "how many people died"))


def _array(groups: tuple[tuple[str, int, str], ...], of: int, sentence: str) -> IconArray:
    drawn = tuple(
        PeopleGroup(
            label=label, people=people, svg=mark_safe(icon_array(people, direction)) if people else SafeString()
        )
        for label, people, direction in groups
    )
    return IconArray(groups=drawn, of=of, sentence=sentence)


def study_card(page: Page, *, standing: dict[int, Integrity], number: int | None = None, anchor: str = "") -> StudyCard:
    """The card of a study's live version; a withdrawn study is a dated notice where it stood (PUB-12)."""
    study = study_content(page.live_version.content) if page.live_version else None
    if study is None:
        raise ValueError(f"{page} was never published and cannot be shown.")
    integrity = standing.get(study.primary.reference) if study.primary else None
    sentences = evidence.limits(study)
    return StudyCard(
        pk=page.pk,
        slug=study.slug,
        url=page.live_path or "",
        title=study.title,
        year=study.year,
        heading=study.heading,
        venue=study.venue,
        cells=study.cells,
        summary=study.summary,
        people_words=evidence.people_words(study),
        chips=evidence.chips(study),
        compared_with=evidence.fact_words(study.comparator, "what it was compared with"),
        happened=evidence.outcome_sentence(study),
        array=outcome_array(study),
        harms=evidence.harms_sentence(study),
        harms_array=harms_array(study),
        product_status=study.product_status,
        limit=evidence.short_line(study),
        limits=(*((integrity.sentence,) if integrity else ()), *sentences),
        integrity=integrity,
        number=number,
        anchor=anchor,
        withdrawn=withdrawal_words(page),
        certainty_words=certainty_of(study, integrity).words,
        short_line=evidence.short_line(study),
    )


def withdrawal_words(page: Page) -> str:
    if page.public_state != Page.PublicState.WITHDRAWN:
        return ""
    since = in_words(local_day(page.withdrawn_at))
    return f"Our summary of this study was withdrawn on {since}. {page.withdrawn_because}"
