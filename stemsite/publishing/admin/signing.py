"""Signing on a phone: one page after the other, or several with one press; each with its own record (PUB-145)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.contrib.admin import site
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_http_methods

from stemsite.access import Action, can

from .. import workflow
from ..families import specific
from ..gate import Refused
from ..models import Page, Use, Version
from ..offering import offers
from ..queues import queue
from ..signing import CONFIRMATION_STATEMENT, REVIEW_STATEMENT
from ..steps import Verb
from .bulk import Outcome
from .finding_pages import number_in
from .reading_changes import changes_for

SHOWN = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiting:
    page: Page
    version: Version
    refusal: str
    words: str
    difference: Any
    statement: str


def waiting_for(user: Any) -> Any:
    """Pages whose signature is asked of ``user``, the one asked longest first."""
    review = queue("review")
    if review is None or not can(user, Action.SIGN):
        return Page.objects.none()
    rows = Page.objects.visible_to(user).at_hand().filter(review.waits() & review.mine(user))
    return rows.order_by("saved_at", "pk")


def next_to_sign(page: Page, user: Any) -> Page | None:
    """What waits for ``user`` after ``page``: first what it shows and what shows it, then whatever else waits."""
    waiting = waiting_for(user).exclude(pk=page.pk)
    shown = Use.objects.filter(version__page_id=page.pk, kind__in=[Use.Kind.STUDY, Use.Kind.PAGE]).values("object_id")
    showing = Use.objects.filter(object_id=page.pk, kind__in=[Use.Kind.STUDY, Use.Kind.PAGE]).values("version__page_id")
    found: Page | None = waiting.filter(Q(pk__in=shown) | Q(pk__in=showing)).first() or waiting.first()
    return found


@require_http_methods(["GET", "HEAD", "POST"])
def sign_many(request: HttpRequest) -> HttpResponse:
    if not can(request.user, Action.SIGN):
        raise PermissionDenied
    context = {**site.each_context(request), "title": "Waiting for your signature"}
    status = 200
    if request.method == "POST":
        marked = [mark for text in request.POST.getlist("read") if (mark := _mark(text)) is not None]
        context["outcomes"] = [outcome for pk, version in marked if (outcome := _signed(pk, version, request.user))]
        context["none_marked"] = not marked
        status = 200 if marked else 422
    pages = list(waiting_for(request.user)[: SHOWN + 1])
    context |= {"waiting": [_waiting(page, request.user) for page in pages[:SHOWN]], "more": len(pages) > SHOWN}
    return render(request, "admin/publishing/signing.html", context, status=status)


def _mark(text: str) -> tuple[int, int] | None:
    """Page and version as the box names them."""
    page, version = (number_in(part) for part in (*text.split("-", 1), "")[:2])
    return (page, version) if page is not None and version is not None else None


def _signed(pk: int, version: int, user: Any) -> Outcome | None:
    """One page, in a transaction of its own; nothing about a page that this person may not see."""
    row = Page.objects.filter(pk=pk).first()
    if row is None or not can(user, Action.VIEW, page := specific(row)):
        return None
    try:
        with transaction.atomic():
            workflow.sign(page, by=user, version_id=version)
    except Refused as refused:
        return Outcome(page=page, said=str(refused), done=False)
    return Outcome(page=page, said="Signed.", done=True)


def _waiting(row: Page, user: Any) -> Waiting:
    page = specific(row)
    version = page.submitted_version
    if version is None:
        raise ValueError("A page in review has the version that was submitted.")
    signing = {offer.verb: offer.refusal for offer in offers(page, user) if offer.verb in {Verb.SIGN, Verb.CONFIRM}}
    words, difference = changes_for(page, version, user)
    return Waiting(
        page=page,
        version=version,
        refusal=next(iter(signing.values()), "This step is not open to you."),
        words=words,
        difference=difference,
        statement=CONFIRMATION_STATEMENT if page.submitted_as_minor else REVIEW_STATEMENT,
    )
