"""Which row refers to which sample row, asked of the models themselves, so that none is forgotten."""

from __future__ import annotations

from collections.abc import Iterator

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from django.apps import apps
from django.contrib.admin.models import LogEntry
from django.db import models

from articles.models import SECTION_MODELS, Definition
from leads.models import Consent, TimelineEntry
from stemsite.publishing.models import (
    Comment,
    Hearing,
    LinkUse,
    Notice,
    NoticeChoice,
    Override,
    Page,
    Schedule,
    SignOff,
    StudySeen,
    Transition,
    Use,
    Version,
    VersionWords,
)
from studies.models import (
    Acceptance,
    Answer,
    Check,
    Correction,
    Coverage,
    LastAsked,
    OutcomeGroup,
    ProposedValue,
    Registration,
    StudyFact,
    StudyPaper,
)

Row = tuple[str, int]
"""A model's label and a primary key; every kind of page counts as a page."""

# Rows that belong to another row and come and go with it: what they refer to, their owner refers to.
OWNERS: dict[type[models.Model], str] = {
    Version: "page_id",
    Transition: "page_id",
    Schedule: "page_id",
    Override: "page_id",
    Comment: "page_id",
    Hearing: "page_id",
    SignOff: "version__page_id",
    Use: "version__page_id",
    VersionWords: "version__page_id",
    StudySeen: "page_id",
    Definition: "term_id",
    StudyFact: "study_id",
    StudyPaper: "study_id",
    OutcomeGroup: "study_id",
    Registration: "study_id",
    ProposedValue: "study_id",
    Coverage: "study_id",
    **dict.fromkeys((Acceptance, Answer, Check, Correction, LastAsked), "reference_id"),
    **dict.fromkeys(SECTION_MODELS, "parent_id"),
    EmailAddress: "user_id",
    Authenticator: "user_id",
    LogEntry: "user_id",
    **dict.fromkeys((Consent, TimelineEntry), "contact_id"),
}

FLEETING = frozenset({Notice, NoticeChoice, LinkUse})
"""Rows that simply go with what they are about: they hold on to nothing."""

USED = {
    Use.Kind.STUDY: "publishing.page",
    Use.Kind.PAGE: "publishing.page",
    Use.Kind.REFERENCE: "studies.reference",
    Use.Kind.PERSON: "clinic.person",
    Use.Kind.CONDITION: "studies.condition",
    Use.Kind.INTERVENTION: "studies.intervention",
    Use.Kind.TOPIC: "articles.topic",
    Use.Kind.WORDING: "clinic.wording",
}


def row_of(model: type[models.Model], pk: int) -> Row:
    return ("publishing.page" if issubclass(model, Page) else model._meta.label_lower), pk


def model_of(row: Row) -> type[models.Model]:
    return apps.get_model(row[0])


def references() -> Iterator[tuple[Row, Row]]:
    """Pairs of a row and a sample row that it refers to, by foreign key, by many-to-many, or from a Version."""
    for model in apps.get_models(include_auto_created=True):
        if model in FLEETING:
            continue
        for column in model._meta.local_concrete_fields:
            target = column.related_model
            if (
                isinstance(target, type)
                and _is_marked(target)
                and not getattr(column.remote_field, "parent_link", False)
            ):
                yield from _along(model, column, target)
    for page, kind, pk in Use.objects.filter(kind__in=USED).values_list("version__page_id", "kind", "object_id"):
        yield row_of(Page, page), (USED[Use.Kind(kind)], pk)


def _is_marked(model: type[models.Model]) -> bool:
    return any(column.name == "is_sample" for column in model._meta.concrete_fields)


def _along(
    model: type[models.Model], column: models.Field[object, object], target: type[models.Model]
) -> Iterator[tuple[Row, Row]]:
    owner_model, path = _owner(model)
    rows = model._base_manager.filter(**{f"{column.name}__is_sample": True}).values_list(path, column.attname)
    for owner, pk in rows.iterator():
        pair = row_of(owner_model, owner), row_of(target, pk)
        if pair[0] != pair[1]:
            yield pair


def _owner(model: type[models.Model]) -> tuple[type[models.Model], str]:
    """To which row ``model`` belongs: itself, unless it is a part or the link of a many-to-many field."""
    if model in OWNERS:
        return _end(model, OWNERS[model]), OWNERS[model]
    for declared_by in apps.get_models():
        for many in declared_by._meta.local_many_to_many:
            if many.remote_field.through is model:
                return declared_by, f"{many.m2m_field_name()}_id"
    return model, "pk"


def _end(model: type[models.Model], path: str) -> type[models.Model]:
    """The model at the end of ``path``, such as ``version__page_id``."""
    for name in path.removesuffix("_id").split("__"):
        related = model._meta.get_field(name).related_model
        if not isinstance(related, type):
            raise TypeError(f"{model} has no related model {name}.")
        model = related
    return model
