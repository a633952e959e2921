"""Synthetic studies."""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from django.db import transaction

from stemsite.accounts.models import User
from stemsite.publishing.models import Page
from stemsite.search import index
from studies.finding import document_of
from studies.freezing import freeze_study
from studies.library import entries
from studies.models import Condition, Intervention, OutcomeGroup, Registration, Study, StudyFact

from .staff import person_of
from .synthetic import Numbers, announce, chance, child_row, draft_pages, go_live, in_batches, paragraphs

PATH = "/studies/"
DESIGNS = (Study.Design.RANDOMISED, Study.Design.CONTROLLED, Study.Design.HISTORICAL, Study.Design.SINGLE_ARM)


def add_studies(count: int, *, staff: Mapping[str, User]) -> None:
    numbers = Numbers(Study.FAMILY)
    for size in in_batches(count):
        with transaction.atomic():
            _add(numbers.take(size), staff)
    announce("studies", count, by=staff["owner"])


def _add(numbers: Sequence[int], staff: Mapping[str, User]) -> None:
    pages = draft_pages(Study.FAMILY, numbers, by=staff["author"])
    for page, number in zip(pages, numbers, strict=True):
        child_row(Study, page, **_fields(chance(number, "study fields")))
    _link(pages, staff)
    rows = [row for page, number in zip(pages, numbers, strict=True) for row in _parts(page, number)]
    StudyFact.objects.bulk_create(row for row in rows if isinstance(row, StudyFact))
    OutcomeGroup.objects.bulk_create(row for row in rows if isinstance(row, OutcomeGroup))
    Registration.objects.bulk_create(row for row in rows if isinstance(row, Registration))
    studies = Study.objects.in_bulk([page.pk for page in pages])
    contents = [freeze_study(studies[page.pk]) for page in pages]
    go_live(pages, contents, path=PATH, staff=staff)
    entries.add({page.pk: content for page, content in zip(pages, contents, strict=True)})
    live = Page.objects.live().filter(pk__in=[page.pk for page in pages])
    index.add({page.pk: document_of(page) for page in live})


def _link(pages: Sequence[Page], staff: Mapping[str, User]) -> None:
    """Author, condition and treatment of every page."""
    author = person_of(staff["author"]).pk
    condition = Condition.objects.filter(is_sample=True).values_list("pk", flat=True)[0]
    treatments = list(Intervention.objects.filter(is_sample=True).order_by("pk").values_list("pk", flat=True))
    authorship, conditions, treated = Study.authors.through, Study.conditions.through, Study.interventions.through
    authorship.objects.bulk_create(authorship(study_id=page.pk, person_id=author) for page in pages)
    conditions.objects.bulk_create(conditions(study_id=page.pk, condition_id=condition) for page in pages)
    treated.objects.bulk_create(
        treated(study_id=page.pk, intervention_id=treatments[page.pk % len(treatments)]) for page in pages
    )


def _fields(dice: random.Random) -> dict[str, Any]:
    design = dice.choice(DESIGNS)
    blinded = design == Study.Design.RANDOMISED and dice.random() < 0.5
    return {
        "official_title": "A synthetic study for scale trials",
        "heading": "Synthetic study",
        "venue": "Synthetic registry",
        "cells": "Synthetic product",
        "design": design,
        "phase": dice.choice(("1", "1/2a", "2", "3")),
        "masking": Study.Masking.DOUBLE if blinded else Study.Masking.NONE,
        "one_centre": dice.random() < 0.4,
        "methods": paragraphs(dice, 1),
        "results": paragraphs(dice, 1),
        "limits": paragraphs(dice, 1),
    }


def _parts(page: Page, number: int) -> Iterator[Any]:
    dice = chance(number, "study people")
    people = dice.randrange(5, 400)
    better = dice.randrange(0, people // 2)
    worse = dice.randrange(0, people - better)
    for kind in StudyFact.Kind:
        yield _fact(page, kind, people, worse)
    groups = (("better", better), ("same", people - better - worse), ("worse", worse))
    for ordering, (direction, count) in enumerate(groups):
        label = {"better": "got better", "same": "stayed the same", "worse": "got worse"}[direction]
        yield OutcomeGroup(study_id=page.pk, label=label, people=count, direction=direction, ordering=ordering)
    registered = {
        "registry": "Synthetic registry",
        "number": f"SYN-{number:06}",
        "started_in": dice.randrange(2005, 2027),
    }
    yield Registration(study_id=page.pk, **registered)


def _fact(page: Page, kind: str, people: int, worse: int) -> StudyFact:
    if kind in {StudyFact.Kind.ENROLLED, StudyFact.Kind.ANALYSED}:
        return StudyFact(study_id=page.pk, kind=kind, people=people)
    if kind == StudyFact.Kind.DEATHS:
        return StudyFact(study_id=page.pk, kind=kind, people=worse // 3, of=people)
    if kind == StudyFact.Kind.COMPARATOR:
        return StudyFact(study_id=page.pk, kind=kind, text="A synthetic comparison")
    return StudyFact(study_id=page.pk, kind=kind, known=StudyFact.Known.NOT_CONFIRMED)
