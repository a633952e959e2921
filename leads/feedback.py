"""Taking in what readers say about a page: once, sealed, and without a word about who they are (PAGE-09)."""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import QuerySet
from django.urls import reverse
from django.utils import timezone

from stemsite.access import Action, can
from stemsite.crypto import index_value, index_values
from stemsite.publishing.families import content_of
from stemsite.publishing.models import Page, Transition, Version
from stemsite.publishing.watching import Line

from . import limits
from .capture import SAME_WITHIN, Answer
from .models import Feedback, SpamPattern
from .models.feedback import FeedbackQuerySet
from .spam import WEIGHTS, Submission, patterns_in, score_of, signals_of

LONGEST = 500
KEPT = datetime.timedelta(days=365)
DOUBTFUL_KEPT = datetime.timedelta(days=30)


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """One valid note."""

    page: Page
    version: Version
    section: str
    verdict: str
    text: str
    network_key: str = ""
    """The network's hash of the day, for limits."""
    nonce: str = ""
    trap: str = ""
    elapsed_ms: int | None = None
    is_bare: bool = False


def page_of(number: str) -> Page | None:
    """The live page with this number that has an address; none where there is no such page."""
    if not (number.isascii() and number.isdecimal() and len(number) < 19):
        return None
    return Page.objects.live().addressed().filter(pk=int(number)).first()


def version_of(page: Page, short: str) -> Version:
    """The version that was read: the live one, or an older one that its readers had and the form names."""
    live = page.version_for_readers()
    if not short or short == live.short or len(short) != len(live.short):
        return live
    public = Transition.objects.filter(page_id=page.pk, verb__in=Transition.PUBLICATIONS).values("version")
    older = page.versions.filter(pk__in=public, content_hash__startswith=short)
    return older.order_by("-number").first() or live


def sections_of(page: Page, version: Version) -> tuple[tuple[str, str], ...]:
    """Key and heading of every section of ``version`` that has one."""
    sections = getattr(content_of(page, version), "sections", ())
    return tuple((section.key, heading) for section in sections if (heading := getattr(section, "heading", "")))


def tell(told: Told) -> Answer:
    """Store ``told`` unless it is there already, or too many came from its network; returns after the commit."""
    patterns = SpamPattern.objects.filter(is_active=True).values_list("text", "score") if told.text else ()
    extra = sum(points for _, points in patterns_in(told.text, patterns))
    try:
        return _tell_once(told, extra)
    except IntegrityError:
        return _tell_once(told, extra)


def _tell_once(told: Told, extra: int) -> Answer:
    with transaction.atomic(durable=True):
        counted = limits.count(network=told.network_key, email="", phone="", form=Feedback.FORM)
        if counted.retry_after is not None:
            return Answer(retry_after=counted.retry_after)
        if not _is_known(told):
            score = _score(told, is_soft_limited=counted.is_soft_limited) + extra
            _store(told, is_doubtful=score >= settings.LEADS_SPAM_THRESHOLD)
    return Answer()


def _score(told: Told, *, is_soft_limited: bool) -> int:
    signals = signals_of(
        Submission(
            message=told.text,
            trap=told.trap,
            elapsed_ms=told.elapsed_ms,
            is_bare=told.is_bare,
            is_soft_limited=is_soft_limited,
        )
    )
    return score_of(signals, {**WEIGHTS, **settings.LEADS_SPAM_WEIGHTS})


def _store(told: Told, *, is_doubtful: bool) -> None:
    Feedback.objects.create(
        page=told.page,
        version=told.version,
        section=told.section,
        verdict=told.verdict,
        text=told.text,
        nonce=told.nonce,
        content_key=index_value("text", _content(told)),
        is_doubtful=is_doubtful,
    )


def _is_known(told: Told) -> bool:
    if told.nonce:
        return Feedback.objects.filter(nonce=told.nonce).exists()
    recent = Feedback.objects.filter(nonce="", created_at__gt=timezone.now() - SAME_WITHIN)
    return recent.filter(content_key__in=index_values("text", _content(told))).exists()


def _content(told: Told) -> str:
    return "\x1f".join((Feedback.FORM, str(told.page.pk), told.section, told.verdict, told.text))


def seen_by(user: Any) -> FeedbackQuerySet:
    """Notes about the pages that ``user`` may see; nobody else's business."""
    if not can(user, Action.SEE_LIBRARY):
        return Feedback.objects.none()
    return Feedback.objects.filter(page__in=Page.objects.visible_to(user).values("pk"))


def lines(user: Any) -> Iterator[Line]:
    """What waits to be read, for the first page of the staff site."""
    if can(user, Action.SEE_LIBRARY):
        url = f"{reverse('admin:leads_feedback_changelist')}?state__exact=open&is_doubtful__exact=0"
        yield Line(label="Notes of readers about pages", number=seen_by(user).waiting().count(), url=url)


def over() -> QuerySet[Feedback]:
    """Notes whose time is over: a year, or thirty days for what may come from a machine."""
    now = timezone.now()
    old = Feedback.objects.filter(created_at__lt=now - KEPT)
    return old | Feedback.objects.filter(is_doubtful=True, created_at__lt=now - DOUBTFUL_KEPT)
