"""Draft rows of the study library as frozen values."""

from __future__ import annotations

import datetime
import re
import uuid
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django.utils.text import slugify
from msgspec import UNSET, UnsetType

from stemsite.clinic.models import Clinic, Wording
from stemsite.clinic.statutory import texts_for
from stemsite.publishing import content as frozen
from stemsite.publishing.drafts import Draft, Stored

from . import content
from .citations import ama, as_html, as_text
from .dating import year_of
from .evidence import count_words
from .models import (
    Condition,
    Coverage,
    Intervention,
    OutcomeGroup,
    Reference,
    Registration,
    Study,
    StudyFact,
    StudyPaper,
)

CITE = re.compile(r'<cite data-ref="(\d+)"(?: data-loc="([^"]*)")?></cite>')

HEADINGS: dict[content.StudyRole, str] = {
    "methods": "What they did",
    "people": "Who took part",
    "results": "What they found",
    "harms": "Harms and deaths",
    "limits": "What this cannot tell us",
    "money": "Who paid",
}


def freeze_study(study: Study, draft: Draft | None = None) -> content.StudyContent:
    """``study`` as it stands in ``draft``, its stored rows by default; thirteen queries whatever it holds."""
    draft = draft or Stored(study)
    conditions = draft.chosen("conditions")
    interventions = draft.chosen("interventions")
    sections = _sections(study)
    facts = {fact.kind: fact for fact in draft.rows(StudyFact, "read_by") if fact.kind in StudyFact.Kind}
    registrations = draft.rows(Registration)
    cited = cited_ids(section.html for section in sections)
    sold = study.offered == Study.Offered.YES and needs_status_notice(interventions)
    laws = statutes(conditions, sold=sold)
    return content.StudyContent(
        schema=content.SCHEMA,
        title=study.title,
        slug=study.slug,
        summary=study.summary,
        authors=author_marks(draft.chosen("authors")),
        conditions=tuple(condition_mark(condition) for condition in conditions),
        interventions=tuple(intervention_mark(intervention) for intervention in interventions),
        citations=citations_for(cited),
        notices=study_notices(study, conditions, interventions, laws),
        statutes=laws or UNSET,
        official_title=study.official_title,
        heading=study.heading,
        year=year_of(study.primary, registrations).value,
        venue=study.venue,
        cells=study.cells,
        design=frozen.one_of(study.design, content.Design),
        phase=study.phase,
        masking=frozen.one_of(study.masking, content.Masking) if study.masking else None,
        enrolled_is_planned=study.enrolled_is_planned,
        has_results=study.has_results,
        is_preprint=study.is_preprint,
        one_centre=study.one_centre,
        not_significant=study.not_significant,
        surrogate=study.surrogate,
        seller_paid=study.seller_paid,
        stopped_because=study.stopped_because,
        outcome_of=study.outcome_of,
        product_status=study.product_status,
        judged=_judged(study),
        offered=frozen.one_of(study.offered, content.Offered),
        sections=sections,
        primary=citation(study.primary) if study.primary else None,
        papers=tuple(
            content.Paper(role=frozen.one_of(row.role, content.PaperRole), citation=citation(row.reference))
            for row in draft.rows(StudyPaper, "reference")
        )
        or UNSET,
        outcome_groups=tuple(
            content.OutcomeGroup(
                label=group.label, people=group.people, direction=frozen.one_of(group.direction, content.Direction)
            )
            for group in sorted(draft.rows(OutcomeGroup), key=lambda group: group.ordering)
        ),
        registrations=tuple(
            content.Registration(
                registry=row.registry,
                number=row.number,
                title=row.title,
                status=row.status,
                url=row.url,
                started_in=row.started_in or UNSET,
            )
            for row in registrations
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
            for row in draft.rows(Coverage)
        ),
        enrolled=_count(facts.get("enrolled")),
        analysed=_count(facts.get("analysed")),
        serious_harms=_count(facts.get("serious_harms")),
        deaths=_count(facts.get("deaths")),
        comparator=_fact(facts.get("comparator")),
        randomised=_fact(facts.get("randomised")),
        blinding=_fact(facts.get("blinding")),
        where=_fact(facts.get("where")),
        how_given=_fact(facts.get("how_given")),
        follow_up=_fact(facts.get("follow_up")),
        outcome=_fact(facts.get("outcome")),
        other_harms=_fact(facts.get("other_harms")),
        funder=_fact(facts.get("funder")),
    )


def _judged(study: Study) -> content.Judged | UnsetType:
    if not study.certainty_set:
        return UNSET
    level = frozen.one_of(study.certainty_set, content.Level)
    return content.Judged(id=study.certainty_by_id or 0, level=level, because=study.certainty_because)


def _count(fact: StudyFact | None) -> content.Count:
    if fact is None:
        return content.Count(known="missing")
    known = frozen.one_of(fact.known, content.Known)
    return content.Count(
        people=fact.people, of=fact.of, note=fact.text, known=known, passage=fact.passage, read=_reading(fact)
    )


def _fact(fact: StudyFact | None) -> content.Fact:
    """A fact in words; a number that was given where words belong is put into words."""
    if fact is None:
        return content.Fact(known="missing")
    known = frozen.one_of(fact.known, content.Known)
    counted = count_words(content.Count(people=fact.people, of=fact.of), "") if fact.people is not None else ""
    text = fact.text or counted.rstrip(".")
    return content.Fact(text=text, known=known, passage=fact.passage, read=_reading(fact))


def _reading(fact: StudyFact) -> content.Reading | UnsetType:
    if fact.read_by is None or fact.read_on is None:
        return UNSET
    name = fact.read_by.get_full_name() or str(fact.read_by)
    return content.Reading(id=fact.read_by.pk, name=name, on=fact.read_on.isoformat())


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
        kind=frozen.one_of(reference.kind, frozen.SourceKind),
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
        id=intervention.pk,
        slug=intervention.slug,
        name=intervention.name,
        status=frozen.one_of(intervention.status, frozen.Status),
    )


def lines(text: str) -> tuple[str, ...]:
    return tuple(line.strip() for line in text.splitlines() if line.strip())


def notices(
    kinds: Iterable[str],
    conditions: Sequence[Condition],
    kept: Mapping[str, int],
) -> tuple[frozen.Wording, ...]:
    """The wording of each of ``kinds``, filled in for ``conditions``: the version that is ``kept``, else today's."""
    wanted = list(kinds)
    law = Clinic.current().jurisdiction
    stored = Wording.objects.filter(jurisdiction=law, kind__in=wanted).order_by("version")
    rows: dict[str, Wording] = {}
    for row in stored:
        if row.kind not in kept or row.version <= kept[row.kind]:
            rows[row.kind] = row
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
            jurisdiction=UNSET if law == frozen.HOME else law,
        )
        for kind in wanted
        if kind in rows
    )


def wording_ids(carried: Iterable[frozen.Wording]) -> tuple[int, ...]:
    """The stored wordings that frozen notices are versions of (PUB-15, PUB-52)."""
    wanted = {(wording.kind, wording.version, wording.law) for wording in carried}
    rows = Wording.objects.filter(kind__in={kind for kind, _, _ in wanted})
    found = rows.order_by("pk").values_list("pk", "kind", "version", "jurisdiction")
    return tuple(pk for pk, *named in found if tuple(named) in wanted)


def join_names(names: Sequence[str]) -> str:
    """``ALS``, ``ALS or Parkinson's``, ``A, B or C``."""
    return " or ".join(filter(None, (", ".join(names[:-1]), names[-1]))) if names else ""


def needs_status_notice(interventions: Iterable[Intervention]) -> bool:
    return any(not intervention.is_approved for intervention in interventions)


def statutes(conditions: Iterable[Condition | frozen.ConditionMark], *, sold: bool) -> tuple[frozen.Statute, ...]:
    """What the clinic's law wants said, verbatim, beside a treatment it sells that is not approved (LEAD-126)."""
    marks = [mark if isinstance(mark, frozen.ConditionMark) else condition_mark(mark) for mark in conditions]
    texts = texts_for([mark.names for mark in marks]) if sold else ()
    return tuple(
        frozen.Statute(id=text.pk, law=text.law, text=text.text, size=frozen.one_of(text.size_rule, frozen.SizeRule))
        for text in texts
    )


def status_kinds(*, unapproved: bool, lawful: bool) -> tuple[str, ...]:
    """How the short notice is worded: it says that nothing is offered, unless the law's own text stands beside it."""
    if not unapproved:
        return ()
    return ("status_offer", "statute_after") if lawful else ("status",)


def study_notices(
    study: Study,
    conditions: Sequence[Condition],
    interventions: Sequence[Intervention],
    laws: Sequence[frozen.Statute],
) -> tuple[frozen.Wording, ...]:
    unapproved = needs_status_notice(interventions)
    kinds = study_notice_kinds(unapproved=unapproved, offered=study.offered, lawful=bool(laws))
    return notices(kinds, conditions, study.kept_wordings)


def study_notice_kinds(*, unapproved: bool, offered: str, lawful: bool) -> tuple[str, ...]:
    """The notices a study must carry; when it is frozen, and once more when it is about to go live."""
    conflict = "conflict_yes" if offered == Study.Offered.YES else "conflict_no"
    return (*status_kinds(unapproved=unapproved, lawful=lawful), conflict, "support", "disclaimer")
