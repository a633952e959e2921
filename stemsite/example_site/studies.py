"""Draft rows of the five sample studies, from their texts."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from stemsite.accounts.models import User
from stemsite.clinic.models import Person
from studies.models import (
    Condition,
    Coverage,
    Intervention,
    OutcomeGroup,
    Reference,
    Registration,
    Study,
    StudyFact,
)

from .sources import REFERENCES
from .texts import Section, Text, to_html, words

PROSE = ("methods", "people", "results", "harms", "limits", "money")

_COUNT = re.compile(r"(\d+)(?: of (\d+))?(?: \| (.+))?")


def make_study(text: Text, references: Mapping[str, int], *, by: User, staff: Mapping[str, User]) -> Study:
    """The study in draft with all that belongs to it; its Version is the caller's to make."""
    named = text.named
    parts = {section.heading: section for section in text.sections}
    study = Study(
        title=named["title"],
        slug=named["slug"],
        summary=named["summary"],
        official_title=named["official_title"],
        heading=named["heading"],
        venue=named["venue"],
        cells=named["cells"],
        design=named["design"],
        phase=named.get("phase", ""),
        masking=named.get("masking", ""),
        enrolled_is_planned="planned" in named,
        has_results="no_results" not in named,
        one_centre="one_centre" in named,
        not_significant="not_significant" in named,
        seller_paid="seller_paid" in named,
        outcome_of=int(named["outcome_of"]) if "outcome_of" in named else None,
        product_status=named.get("product_status", ""),
        offered=Study.Offered.NO,
        primary=Reference.objects.get(pk=references[named["primary"]]),
        created_by=by,
        keeper=by,
        deputy=staff["publisher"],
        reviewer=staff["reviewer"],
        is_sample=True,
        **{role: to_html(parts[role].text, references) for role in PROSE},
    )
    study.full_clean()
    study.save()
    study.authors.add(Person.objects.get(user=by))
    study.conditions.set(Condition.objects.filter(slug="als"))
    study.interventions.set(Intervention.objects.filter(slug__in=words(named["interventions"])))
    for row in (*_facts(study, parts["facts"]), *_rows(study, text, parts)):
        row.full_clean()
        row.save()
    return study


def _facts(study: Study, section: Section) -> Iterator[StudyFact]:
    for kind, value in section.named.items():
        yield StudyFact(study=study, kind=kind, **_fact(kind, value))


def _fact(kind: str, value: str) -> dict[str, Any]:
    """``13 of 18 | words`` for a count, words for any other fact, or why nothing is stated."""
    if value in {StudyFact.Known.NOT_REPORTED, StudyFact.Known.NOT_CONFIRMED}:
        return {"known": value}
    if kind in StudyFact.COUNTS and (match := _COUNT.fullmatch(value)):
        return {"people": int(match[1]), "of": int(match[2]) if match[2] else None, "text": match[3] or ""}
    return {"text": value}


def _rows(study: Study, text: Text, parts: Mapping[str, Section]) -> Iterator[Any]:
    if groups := parts.get("outcome groups"):
        for ordering, (direction, value) in enumerate(groups.named.items()):
            people, _, label = value.partition(" ")
            yield OutcomeGroup(study=study, label=label, people=int(people), direction=direction, ordering=ordering)
    if number := text.named.get("registration"):
        yield Registration(
            study=study,
            number=number,
            title=_registered_title(number),
            status=text.named.get("registration_status", ""),
            started_in=int(text.named["registration_start"]) if "registration_start" in text.named else None,
            url=f"https://clinicaltrials.gov/study/{number}",
        )
    if news := parts.get("coverage"):
        yield Coverage(study=study, **news.named)


def _registered_title(number: str) -> str:
    """The registry's title where we have seen it."""
    titles = [fields["title"] for fields in REFERENCES.values() if fields.get("registry_id") == number]
    return titles[0] if titles else ""
