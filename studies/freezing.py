"""Draft rows of the study library as frozen values."""

from __future__ import annotations

import datetime
import re
import uuid
from collections.abc import Iterable, Sequence
from typing import Any

from django.utils.text import slugify

from stemsite.clinic.models import Wording
from stemsite.publishing import content as frozen

from . import content
from .citations import ama, as_html, as_text
from .models import Condition, Intervention, Reference, Study, StudyFact

CITE = re.compile(r'<cite data-ref="(\d+)"(?: data-loc="([^"]*)")?></cite>')

HEADINGS: dict[content.StudyRole, str] = {
    "methods": "What they did",
    "people": "Who took part",
    "results": "What they found",
    "harms": "Harms and deaths",
    "limits": "What this cannot tell us",
    "money": "Who paid",
}


def freeze_study(study: Study) -> content.StudyContent:
    """``study`` as it stands in its draft rows; eleven queries whatever it holds."""
    conditions = list(study.conditions.order_by("pk"))
    interventions = list(study.interventions.order_by("pk"))
    sections = _sections(study)
    facts = {fact.kind: fact for fact in study.facts.all()}
    cited = cited_ids(section.html for section in sections)
    return content.StudyContent(
        schema=content.SCHEMA,
        title=study.title,
        slug=study.slug,
        summary=study.summary,
        authors=author_marks(study.authors.order_by("pk")),
        conditions=tuple(condition_mark(condition) for condition in conditions),
        interventions=tuple(intervention_mark(intervention) for intervention in interventions),
        citations=citations_for(cited),
        notices=study_notices(conditions, interventions, study.offered),
        official_title=study.official_title,
        heading=study.heading,
        year=study.study_year,
        venue=study.venue,
        cells=study.cells,
        design=study.design,
        phase=study.phase,
        masking=study.masking or None,
        enrolled_is_planned=study.enrolled_is_planned,
        has_results=study.has_results,
        is_preprint=study.is_preprint,
        one_centre=study.one_centre,
        outcome_of=study.outcome_of,
        product_status=study.product_status,
        offered=study.offered,
        sections=sections,
        primary=citation(study.primary) if study.primary else None,
        outcome_groups=tuple(
            content.OutcomeGroup(label=group.label, people=group.people, direction=group.direction)
            for group in study.outcome_groups.order_by("ordering", "pk")
        ),
        registrations=tuple(
            content.Registration(
                registry=row.registry, number=row.number, title=row.title, status=row.status, url=row.url
            )
            for row in study.registrations.order_by("pk")
        ),
        coverage=tuple(
            content.Coverage(
                outlet=row.outlet,
                headline=row.headline,
                url=row.url,
                author=row.author,
                published_on=_iso(row.published_on),
                accessed_on=_iso(row.accessed_on),
            )
            for row in study.coverage.order_by("pk")
        ),
        **{kind: _fact(kind, facts[kind]) for kind in facts},
    )


def _fact(kind: str, fact: StudyFact) -> content.Fact | content.Count:
    if kind in StudyFact.COUNTS:
        return content.Count(people=fact.people, of=fact.of, note=fact.text, known=fact.known)
    return content.Fact(text=fact.text, known=fact.known)


def _sections(study: Study) -> tuple[content.StudySection, ...]:
    return tuple(
        content.StudySection(
            key=str(uuid.uuid5(study.uid, role)), anchor=slugify(heading), role=role, heading=heading, html=html
        )
        for role, heading in HEADINGS.items()
        if (html := getattr(study, role))
    )


def _iso(day: datetime.date | None) -> str:
    return day.isoformat() if day else ""


def cited_ids(texts: Iterable[str]) -> tuple[int, ...]:
    """Ids of the references cited in ``texts``, in order of first appearance."""
    return tuple(dict.fromkeys(int(match[1]) for text in texts for match in CITE.finditer(text)))


def citations_for(ids: Sequence[int]) -> tuple[frozen.Citation, ...]:
    """The references with these ids as the page will print them; unknown ids are left to the gate."""
    rows = Reference.objects.in_bulk(ids)
    return tuple(citation(rows[pk]) for pk in ids if pk in rows)


def citation(reference: Reference) -> frozen.Citation:
    segments = ama(reference)
    return frozen.Citation(
        reference=reference.pk,
        kind=reference.kind,
        html=as_html(segments),
        text=as_text(segments),
        short=reference.short,
        url=reference.url,
        doi=reference.doi or "",
        pmid=reference.pmid or "",
        pmcid=reference.pmcid or "",
        registry_id=reference.registry_id or "",
    )


def author_marks(people: Iterable[Any]) -> tuple[frozen.Author, ...]:
    return tuple(
        frozen.Author(person=person.pk, slug=person.slug, name=person.name, credentials=person.credentials)
        for person in people
    )


def condition_mark(condition: Condition) -> frozen.ConditionMark:
    return frozen.ConditionMark(
        id=condition.pk,
        slug=condition.slug,
        name=condition.name,
        short_name=condition.short_name,
        other_names=lines(condition.other_names),
        codes=tuple((system, code) for system, _, code in (line.rpartition(" ") for line in lines(condition.codes))),
        specialist=condition.specialist,
        symptoms=lines(condition.symptoms),
    )


def intervention_mark(intervention: Intervention) -> frozen.InterventionMark:
    return frozen.InterventionMark(
        id=intervention.pk, slug=intervention.slug, name=intervention.name, status=intervention.status
    )


def lines(text: str) -> tuple[str, ...]:
    return tuple(line.strip() for line in text.splitlines() if line.strip())


def notices(
    kinds: Iterable[str], conditions: Sequence[Condition], *, jurisdiction: str = "US"
) -> tuple[frozen.Wording, ...]:
    """Today's wording of each of ``kinds``, filled in for ``conditions``."""
    wanted = list(kinds)
    rows = {row.kind: row for row in Wording.objects.current().filter(jurisdiction=jurisdiction, kind__in=wanted)}
    words = {
        "condition": join_names([condition.spoken_name for condition in conditions]) or "most diseases",
        "specialist": conditions[0].specialist if conditions and conditions[0].specialist else "doctor",
    }
    return tuple(
        frozen.Wording(
            kind=kind,
            version=rows[kind].version,
            lead=Wording.fill(rows[kind].lead, **words),
            text=Wording.fill(rows[kind].text, **words),
        )
        for kind in wanted
        if kind in rows
    )


def join_names(names: Sequence[str]) -> str:
    """``ALS``, ``ALS or Parkinson's``, ``A, B or C``."""
    return " or ".join(filter(None, (", ".join(names[:-1]), names[-1]))) if names else ""


def needs_status_notice(interventions: Iterable[Intervention]) -> bool:
    return any(not intervention.is_approved for intervention in interventions)


def study_notices(
    conditions: Sequence[Condition], interventions: Sequence[Intervention], offered: str
) -> tuple[frozen.Wording, ...]:
    status = ("status",) if needs_status_notice(interventions) else ()
    conflict = "conflict_yes" if offered == Study.Offered.YES else "conflict_no"
    return notices((*status, conflict, "support", "disclaimer"), conditions)
