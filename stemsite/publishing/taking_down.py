"""All pages about one thing taken down at once, and put back (PAGE-08)."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.db import models, transaction
from django.db.models import F, QuerySet

from stemsite.audit.recording import record

from . import workflow
from .gate import Refused
from .models import Page, Use


def pages_about(kind: str, number: int, *, state: str = Page.PublicState.LIVE) -> QuerySet[Page]:
    """Pages in the public ``state`` whose version for readers names the record."""
    uses = Use.objects.filter(kind=kind, object_id=number, version=F("version__page__live_version"))
    return Page.objects.filter(public_state=state, pk__in=uses.values("version__page_id")).order_by("pk")


@transaction.atomic
def take_down(kind: str, about: models.Model, *, by: Any, reason: str) -> int:
    """Withdraw every live page that names ``about``, for a ``reason`` that readers are told; all of them or none."""
    if not reason.strip():
        raise Refused("Write one neutral sentence for readers: why are these pages withdrawn?")
    pages = list(pages_about(kind, about.pk))
    for page in pages:
        workflow.withdraw(page, by=by, kind=Page.Withdrawal.ERROR, reason=reason)
    if pages:
        record("took down all pages about it", by=by, obj=about, note=reason, pages=[page.pk for page in pages])
    return len(pages)


@transaction.atomic
def put_back(kind: str, about: models.Model, pages: Iterable[int], *, by: Any) -> int:
    """Those of ``pages`` that name ``about`` and are withdrawn are live again, as they were."""
    withdrawn = pages_about(kind, about.pk, state=Page.PublicState.WITHDRAWN).filter(trashed_at=None)
    chosen = list(withdrawn.filter(pk__in=list(pages)))
    for page in chosen:
        workflow.restore(page, by=by)
    if chosen:
        record("put pages about it back", by=by, obj=about, pages=[page.pk for page in chosen])
    return len(chosen)
