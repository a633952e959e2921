"""A stored reference as a record: what exports print and what other references are compared with."""

from __future__ import annotations

from dataclasses import replace

from .models import Reference, StudyFact
from .sources.base import Author, StudyRecord
from .sources.words import date_from, title_markup, without_tags


def record_of(reference: Reference) -> StudyRecord:
    """The record that a row of our own library amounts to."""
    date = date_from(reference.year, reference.month, reference.day)
    number = reference.registry_id
    return StudyRecord(
        id=_id(reference),
        source="library",
        type=reference.kind,
        doi=reference.doi,
        pmid=reference.pmid,
        pmcid=reference.pmcid,
        title=without_tags(reference.title),
        title_html=title_markup(reference.title),
        authors=tuple(_author(name) for name in reference.authors if name),
        journal=reference.journal or reference.outlet,
        journal_abbr=tuple(filter(None, (reference.journal_abbreviation,))),
        years=date.years,
        date=date,
        volume=reference.volume,
        issue=reference.issue,
        pages=reference.pages or reference.article_number,
        article_number=reference.article_number,
        nct=(number,) if number and number.startswith("NCT") else (),
        trial_ids=((reference.registry, number),) if number else (),
        integrity=reference.standing.replace(" ", "_") or "none",
        url=reference.url,
    )


def library_records() -> list[StudyRecord]:
    """Every source that is a work, with the number of people its study states; news is none."""
    stated = StudyFact.objects.filter(kind=StudyFact.Kind.ENROLLED, people__isnull=False, study__primary__isnull=False)
    people = dict(stated.values_list("study__primary_id", "people"))
    references = Reference.objects.citable().exclude(kind__in=(Reference.Kind.NEWS, Reference.Kind.WEB)).order_by("pk")
    return [replace(record_of(reference), people=people.get(reference.pk)) for reference in references.iterator()]


def _id(reference: Reference) -> str:
    named = (
        ("doi", reference.doi),
        ("pmid", reference.pmid),
        ("pmcid", reference.pmcid),
        ("trial", reference.registry_id),
    )
    return next((f"{kind}:{value}" for kind, value in named if value), f"reference:{reference.pk}")


def _author(name: list[str]) -> Author:
    """``["Family", "Given", "Suffix"]``, or a group as one name."""
    if len(name) == 1:
        return Author(literal=name[0])
    family, given, suffix = (*name, "", "")[:3]
    return Author(family=family, given=given, suffix=suffix)
