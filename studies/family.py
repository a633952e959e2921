"""Studies as publishing knows them."""

from __future__ import annotations

import datetime
from collections.abc import Iterator

from django.contrib.auth import get_user_model

from stemsite.publishing.choosing import choose_again
from stemsite.publishing.families import Family
from stemsite.publishing.models import Use
from stemsite.publishing.wordings import older_wordings

from .content import SCHEMA, StudyContent, study_content
from .freezing import freeze_study, wording_ids
from .library.entries import follow
from .models import Coverage, OutcomeGroup, Registration, Study, StudyFact, StudyPaper
from .saying import said
from .views import preview


def uses(found: StudyContent) -> Iterator[tuple[str, int]]:
    if found.primary:
        yield Use.Kind.REFERENCE, found.primary.reference
    yield from ((Use.Kind.REFERENCE, paper.reference) for paper in found.further)
    yield from ((Use.Kind.REFERENCE, citation.reference) for citation in found.citations)
    yield from ((Use.Kind.PERSON, author.person) for author in found.authors)
    yield from ((Use.Kind.CONDITION, condition.id) for condition in found.conditions)
    yield from ((Use.Kind.INTERVENTION, intervention.id) for intervention in found.interventions)
    yield from ((Use.Kind.WORDING, pk) for pk in wording_ids(found.notices))


def affects(found: StudyContent) -> Iterator[str]:
    yield "list:studies"
    yield from (f"person:{author.slug}" for author in found.authors)


def names(found: StudyContent) -> Iterator[str]:
    """Every number that the study or its report is known by."""
    if found.primary:
        yield from (found.primary.doi, found.primary.pmid, found.primary.pmcid, found.primary.registry_id)
    yield from (registration.number for registration in found.registrations)


def address(found: StudyContent) -> str:
    return f"/studies/{found.slug}/"


def reasons_for_review(found: StudyContent) -> tuple[str, ...]:
    return ("it reports a clinical study",)


def settle(study: Study, found: StudyContent) -> None:
    """Anchors of a study follow from its roles; nothing is left to fix."""


SAME_FIELDS = (
    "title", "slug", "summary", "official_title", "heading", "venue", "cells", "design", "phase", "enrolled_is_planned",
    "has_results", "is_preprint", "one_centre", "not_significant", "surrogate", "seller_paid", "stopped_because",
    "outcome_of", "product_status", "offered",
)  # fmt: skip


def restore(study: Study, found: StudyContent) -> None:
    """Write ``found`` into the draft rows (PUB-22)."""
    for name in SAME_FIELDS:
        setattr(study, name, getattr(found, name))
    study.masking = found.masking or ""
    study.primary_id = found.primary.reference if found.primary else None
    _restore_judged(study, found)
    texts = {section.role: section.html for section in found.sections}
    for role in ("methods", "people", "results", "harms", "limits", "money"):
        setattr(study, role, texts.get(role, ""))
    study.kept_wordings = older_wordings(found.notices)
    study.save()
    choose_again(study, "authors", (author.person for author in found.authors))
    choose_again(study, "conditions", (condition.id for condition in found.conditions))
    choose_again(study, "interventions", (mark.id for mark in found.interventions))
    _restore_rows(study, found)


def _restore_judged(study: Study, found: StudyContent) -> None:
    """Whoever departed from the rule is still known here, or the rule stands again."""
    known = found.judged if found.judged and _known({found.judged.id}) else None
    study.certainty_set = known.level if known else ""
    study.certainty_because = known.because if known else ""
    study.certainty_by_id = known.id if known else None


def _known(accounts: set[int]) -> set[int]:
    """Those of the accounts that exist."""
    users = get_user_model().objects.filter(pk__in=accounts) if accounts else get_user_model().objects.none()
    return set(users.values_list("pk", flat=True))


def _restore_rows(study: Study, found: StudyContent) -> None:
    for rows in (study.facts, study.papers, study.outcome_groups, study.registrations, study.coverage):
        rows.all().delete()
    StudyFact.objects.bulk_create(_facts(study, found))
    StudyPaper.objects.bulk_create(
        StudyPaper(study=study, reference_id=paper.reference, role=paper.role) for paper in found.further
    )
    OutcomeGroup.objects.bulk_create(
        OutcomeGroup(study=study, label=group.label, people=group.people, direction=group.direction, ordering=index)
        for index, group in enumerate(found.outcome_groups)
    )
    Registration.objects.bulk_create(
        Registration(
            study=study,
            registry=row.registry,
            number=row.number,
            title=row.title,
            status=row.status,
            url=row.url,
            started_in=row.started_in or None,
        )
        for row in found.registrations
    )
    Coverage.objects.bulk_create(
        Coverage(
            study=study,
            outlet=row.outlet,
            headline=row.headline,
            url=row.url,
            author=row.author,
            published_on=row.published_on or None,
            accessed_on=row.accessed_on or None,
        )
        for row in found.coverage
    )


def _facts(study: Study, found: StudyContent) -> Iterator[StudyFact]:
    """A "not reported" of which nobody says any more who read the report is not confirmed (EVD-31)."""
    read = {value.read.id for kind in StudyFact.Kind.values if (value := getattr(found, kind)).read}
    readers = _known(read)
    for kind in StudyFact.Kind.values:
        value = getattr(found, kind)
        if value.known == "missing":
            continue
        fact = StudyFact(study=study, kind=kind, known=value.known, passage=value.passage)
        if kind in StudyFact.COUNTS:
            fact.people, fact.of, fact.text = value.people, value.of, value.note
        else:
            fact.text = value.text
        if fact.known == StudyFact.Known.NOT_REPORTED:
            if value.read and value.read.id in readers:
                fact.read_by_id, fact.read_on = value.read.id, datetime.date.fromisoformat(value.read.on)
            else:
                fact.known = StudyFact.Known.NOT_CONFIRMED
        yield fact


STUDIES = Family(
    model=Study,
    freeze=freeze_study,
    schema=SCHEMA,
    parse=study_content,
    path=address,
    uses=uses,
    affects=affects,
    needs_reviewer=reasons_for_review,
    says=said,
    restore=restore,
    settle=settle,
    show=preview,
    names=names,
    follow=follow,
)
