"""A study in draft from a record, and what a person has still to confirm about it (EVD-18)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from html import unescape
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.html import strip_tags
from django.utils.text import slugify

from stemsite.access import Action, can
from stemsite.audit.recording import record as note
from stemsite.publishing import workflow
from stemsite.publishing.gate import Refused

from .content import StudyContent
from .keeping import kept_for, said
from .models import ProposedValue, Reference, Registration, SourceRecord, Study, StudyFact
from .proposing import FACT, REGISTRATION, Proposed, propose, why_no_study
from .sources.base import StudyRecord
from .sources.words import without_tags

LABELS = {
    "official_title": "Official title", "venue": "Journal or sponsor", "design": "Design",
    "phase": "Phase", "masking": "Who was blinded", "cells": "What was given", "has_results": "Results are published",
    "is_preprint": "Preprint", "enrolled_is_planned": "Number of people is planned",
    "stopped_because": "Stopped early because", "methods": "What they did",
}  # fmt: skip
_TRUST = ("PubMed", "pubmed-xml", "nbib", "ClinicalTrials.gov", "ctgov", "Crossref", "crossref")
"""PubMed says most about a paper's design, the registry about a trial's."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    row: SourceRecord
    record: StudyRecord


def sources_of(reference: Reference) -> list[Source]:
    """The reference's own record, then those of the trials it names, as far as they are kept."""
    kept = sorted(
        (row for row in kept_for(reference) if row.source in _TRUST), key=lambda row: _TRUST.index(row.source)
    )
    if not kept:
        return []
    own = Source(row=kept[0], record=said(kept[0]))
    numbers = [f"trial:{number}" for number in own.record.nct if own.record.trial is None]
    rows = SourceRecord.objects.filter(external_id__in=numbers, source__in=_TRUST).order_by("pk").defer("raw")
    newest = {row.external_id: row for row in rows}
    return [own, *(Source(row=row, record=said(row)) for row in newest.values())]


def why_not(reference: Reference) -> str:
    """Why no study can be proposed from this reference, as a sentence; empty where one can."""
    sources = sources_of(reference)
    if not sources:
        return "No registry's record of this source is kept. Import it by its identifier first."
    if instead := why_no_study(sources[0].record):
        return f"This is {instead}, not a study."
    if known := _known(reference, sources):
        return f"“{known.title}” is the study of this source or of its trial. Name the source there."
    return ""


def _known(reference: Reference, sources: Iterable[Source]) -> Study | None:
    """The study that has this paper, or that is registered under one of its numbers: the same trial (EVD-14)."""
    numbers = {number for one in sources for number in (*one.record.nct, *(id_ for _, id_ in one.record.trial_ids))}
    numbers |= {reference.registry_id} if reference.registry_id else set()
    by_paper = Study.objects.filter(Q(primary=reference) | Q(papers__reference=reference)).order_by("pk")
    by_number = Study.objects.filter(registrations__number__in=sorted(numbers))
    by_record = Study.objects.filter(primary__registry_id__in=sorted(numbers))
    return by_paper.first() or by_number.order_by("pk").first() or by_record.order_by("pk").first()


@transaction.atomic
def propose_study(reference: Reference, *, by: Any) -> Study:
    """A draft that holds what the records say, every value marked; it goes nowhere before a person confirms each."""
    if not can(by, Action.CREATE):
        raise Refused("You may not begin a study.")
    Reference.objects.select_for_update().get(pk=reference.pk)
    if why := why_not(reference):
        raise Refused(why)
    sources = sources_of(reference)
    values = _together(sources)
    title = without_tags(reference.title)[:200]
    study = Study(title=title, slug=_free_slug(title), primary=reference, created_by=by, keeper=by)
    for one in values.values():
        if one.proposed.place in LABELS:
            setattr(study, one.proposed.place, one.proposed.value)
    _save(study)
    for row in _rows(study, (one.proposed for one in values.values())):
        _save(row)
    now = timezone.now()
    ProposedValue.objects.bulk_create(
        ProposedValue(
            study=study, place=place, value=one.proposed.value, says=one.proposed.says, record=one.row,
            proposed_at=now, proposed_by=by,
        )
        for place, one in values.items()
    )  # fmt: skip
    workflow.saved(study, by=by, note=f"Proposed from the record of {reference.short}."[:200])
    note("study proposed", by=by, obj=study, reference=reference.pk, records=[one.row.pk for one in sources])
    return study


@dataclass(frozen=True, slots=True, kw_only=True)
class _Given:
    proposed: Proposed
    row: SourceRecord


def _together(sources: list[Source]) -> dict[str, _Given]:
    """Each place once: what the paper says goes before the registry, which cannot say that nothing was published."""
    found: dict[str, _Given] = {}
    for number, source in enumerate(sources):
        for one in propose(source.record):
            if number and one.place in ("has_results", "official_title", "venue"):
                continue
            better = number and one.place.startswith(REGISTRATION)
            if one.place not in found or better:
                found[one.place] = _Given(proposed=one, row=source.row)
    return found


def _rows(study: Study, values: Iterable[Proposed]) -> Iterator[StudyFact | Registration]:
    for one in values:
        if one.place.startswith(FACT):
            yield StudyFact(study=study, kind=one.place.removeprefix(FACT), **one.value)
        elif one.place.startswith(REGISTRATION):
            yield Registration(study=study, number=one.place.removeprefix(REGISTRATION), **one.value)


def _save(row: Study | StudyFact | Registration) -> None:
    try:
        row.full_clean()
    except ValidationError as error:
        raise Refused(f"The record holds a value that cannot be stored: {'; '.join(error.messages)}") from None
    row.save()


def _free_slug(title: str) -> str:
    stem = slugify(title)[:60].strip("-") or "study"
    taken = set(Study.objects.filter(slug__startswith=stem).values_list("slug", flat=True))
    names = (stem if number == 1 else f"{stem}-{number}" for number in range(1, len(taken) + 2))
    return next(name for name in names if name not in taken)


@transaction.atomic
def confirm(study: Study, places: Iterable[str], *, by: Any) -> int:
    """Say of these values that they are right: read in the record, or better in the paper."""
    if not can(by, Action.EDIT, study):
        raise Refused("You may not edit this study.")
    rows = ProposedValue.objects.filter(study=study, place__in=list(places), confirmed_at=None)
    told = sorted(rows.values_list("place", flat=True))
    rows.update(confirmed_at=timezone.now(), confirmed_by=by)
    if told:
        note("proposed values confirmed", by=by, obj=study, places=told)
    return len(told)


def unconfirmed(study: int, found: StudyContent) -> list[ProposedValue]:
    """Proposed values that ``found`` still holds as they came and nobody confirmed; what was changed is settled."""
    rows = ProposedValue.objects.filter(study=study, confirmed_at=None).order_by("pk")
    return [row for row in rows if stands(row, found)]


def stands(row: ProposedValue, found: StudyContent) -> bool:
    """Whether the study still says what was proposed."""
    if row.place.startswith(FACT):
        fact = getattr(found, row.place.removeprefix(FACT))
        has = {
            "people": getattr(fact, "people", None),
            "of": getattr(fact, "of", None),
            "text": getattr(fact, "text", None) or getattr(fact, "note", ""),
        }
        return bool(has == row.value)
    if row.place.startswith(REGISTRATION):
        number = row.place.removeprefix(REGISTRATION)
        has_all = (
            {name: getattr(one, name) or None for name in row.value}
            for one in found.registrations
            if one.number == number
        )
        return any(one == {name: value or None for name, value in row.value.items()} for one in has_all)
    if row.place == "methods":
        html = next((section.html for section in found.sections if section.role == "methods"), "")
        return _words(html) == _words(row.value)
    now = getattr(found, row.place)
    return bool((now or "") == (row.value or ""))


def _words(html: str) -> str:
    return " ".join(unescape(strip_tags(html)).split())


def label_of(place: str) -> str:
    if place.startswith(FACT):
        return str(StudyFact.Kind(place.removeprefix(FACT)).label)
    return place.removeprefix(REGISTRATION) if place.startswith(REGISTRATION) else LABELS[place]
