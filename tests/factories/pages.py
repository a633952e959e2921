"""Pages that could go live as they are, and short ways through the workflow."""

from __future__ import annotations

from typing import Any

from articles.models import Article, TextSection
from stemsite.access import Role
from stemsite.publishing import workflow
from stemsite.publishing.models import Page, Transition, Version
from studies.models import OutcomeGroup, Registration, Study, StudyFact

from .numbers import Numbers
from .people import make_person, make_reviewer, make_user, make_wordings
from .sources import make_condition, make_intervention, make_reference

_numbers = Numbers()

GUIDE_ROLES = ("key points", "what it is", "symptoms", "treatments", "research", "unknowns", "harms", "next steps")

FACTS: dict[str, dict[str, object]] = {
    "enrolled": {"people": 67},
    "analysed": {"people": 67},
    "comparator": {"text": "67 people from an earlier database"},
    "randomised": {"text": "Chance was not used"},
    "blinding": {"text": "Everyone knew"},
    "where": {"text": "One hospital in Poland"},
    "how_given": {"text": "Three injections into the spinal fluid"},
    "follow_up": {"text": "Six months"},
    "outcome": {"text": "21 of 67 declined more slowly, 13 faster"},
    "serious_harms": {"known": "not confirmed"},
    "deaths": {"known": "not confirmed"},
    "other_harms": {"known": "not confirmed"},
    "funder": {"known": "not confirmed"},
}


def make_article(
    *, by: Any = None, html: str = "<p>Plain words about how to read a study.</p>", **fields: Any
) -> Article:
    """A blog article in draft with one section; not yet saved as a Version (see ``save_draft``)."""
    make_wordings()
    number = next(_numbers)
    values = {
        "title": f"How to read a study {number}",
        "slug": f"read-a-study-{number}",
        "summary": "What to look at first.",
        "kind": Article.Kind.ARTICLE,
        "created_by": by or make_user(Role.AUTHOR),
    }
    article = Article(**{**values, **fields})
    article.full_clean()
    article.save()
    article.authors.add(make_person())
    TextSection.objects.create(parent=article, region="main", ordering=10, heading="First steps", html=html)
    return article


def make_plain_page(*, by: Any = None, **fields: Any) -> Article:
    """A policy page: it needs no clinician (PUB-142)."""
    article = make_article(by=by, **{"kind": Article.Kind.PLAIN, "title": "Privacy", "slug": "privacy", **fields})
    article.authors.clear()
    return article


def make_guide(*, by: Any = None, citing: int | None = None, **fields: Any) -> Article:
    """A condition guide with every required section, citing one reference."""
    reference = citing or make_reference().pk
    values = {
        "kind": Article.Kind.GUIDE,
        "subject": Article.Subject.CONDITION,
        "offers_subject": Article.Offers.NO,
        "title": "What is ALS?",
        "slug": "als",
        "summary": "ALS harms the nerve cells that move muscles.",
    }
    article = make_article(by=by, **{**values, **fields})
    article.conditions.add(make_condition())
    article.interventions.add(make_intervention())
    TextSection.objects.filter(parent=article).delete()
    for index, role in enumerate(GUIDE_ROLES, start=1):
        cite = f'<cite data-ref="{reference}"></cite>' if role == "research" else ""
        TextSection.objects.create(
            parent=article,
            region="main",
            ordering=index * 10,
            role=role,
            heading=role.capitalize(),
            html=f"<p>About {role}.{cite}</p>",
        )
    return article


def make_study(*, by: Any = None, study_year: int = 2020, **fields: Any) -> Study:
    """A study in draft with all its facts, a registration and, unless another is given, a paper of ``study_year``."""
    make_wordings()
    number = next(_numbers)
    values = {
        "title": f"Stem cells from the umbilical cord in 67 people {number}",
        "slug": f"cord-cells-{number}",
        "summary": "A third declined more slowly, half at the same rate, a fifth faster.",
        "official_title": "Umbilical cord cells: an original study",
        "venue": "Journal of Examples",
        "cells": "Umbilical cord stem cells",
        "design": Study.Design.HISTORICAL,
        "masking": Study.Masking.NONE,
        "outcome_of": 67,
        "methods": "<p>Cells were injected three times.</p>",
        "limits": "<p>No group was formed by chance.</p>",
        "created_by": by or make_user(Role.AUTHOR),
    }
    if "primary" not in fields:
        values["primary"] = make_reference(year=study_year)
    study = Study(**{**values, **fields})
    study.full_clean()
    study.save()
    study.authors.add(make_person())
    study.conditions.add(make_condition())
    study.interventions.add(make_intervention())
    for kind, values in FACTS.items():
        fact = StudyFact(study=study, kind=kind, **values)
        fact.full_clean()
        fact.save()
    groups = (
        ("declined more slowly", 21, "better"),
        ("declined at the same rate", 33, "same"),
        ("declined faster", 13, "worse"),
    )
    for index, (label, people, direction) in enumerate(groups):
        OutcomeGroup.objects.create(study=study, label=label, people=people, direction=direction, ordering=index)
    Registration.objects.create(study=study, number=f"NCT{number:08}")
    return study


def save_draft(page: Page, *, by: Any = None) -> Version:
    """What the admin's Save does: the draft as a Version, by whoever made the page."""
    return workflow.saved(page, by=by or page.created_by)


def sign_and_publish(
    page: Page, *, reviewer: Any = None, by: Any = None, change: str = "major", note: str = ""
) -> Transition:
    """From draft to live the usual way: the author saves and submits, a reviewer signs, a publisher publishes."""
    author = page.created_by
    signer = reviewer or make_reviewer().user
    save_draft(page, by=author)
    version = workflow.submit(page, by=_able(author, Role.AUTHOR))
    workflow.sign(page, by=signer, version_id=version.pk)
    transition = workflow.publish(page, by=by or make_user(Role.PUBLISHER), change=change, note=note)
    page.refresh_from_db()
    return transition


def publish(page: Page, *, by: Any = None, change: str = "major", note: str = "") -> Transition:
    """A page that needs no clinician, from draft to live."""
    save_draft(page)
    transition = workflow.publish(page, by=by or make_user(Role.PUBLISHER), change=change, note=note)
    page.refresh_from_db()
    return transition


def _able(user: Any, role: Role) -> Any:
    from django.contrib.auth.models import Group

    user.groups.add(Group.objects.get_or_create(name=role.value)[0])
    user.__dict__.pop("_roles", None)
    return user


__all__ = [
    "GUIDE_ROLES",
    "Transition",
    "make_article",
    "make_guide",
    "make_plain_page",
    "make_study",
    "publish",
    "save_draft",
    "sign_and_publish",
]
