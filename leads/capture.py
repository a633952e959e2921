"""Taking in what a form sends: one durable transaction, the same answer for everyone, nothing ever twice.

LEAD-01: contact, request, consents, timeline and letters are written together or not at all. What is doubtful is
put into quarantine, never dropped (LEAD-27).
"""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils import timezone

from stemsite.clinic.models import Wording
from stemsite.crypto import index_value, index_values

from . import ledger, limits, networks
from .contacts import contact_for
from .counting import By, count_week, keep_count
from .letting_through import let_through, send_way_on
from .models import Contact, Enquiry, PacketRequest, Request, SignUp, SpamPattern, TimelineEntry
from .models.counting import ALL
from .models.timeline import note
from .reaching import likely_meant
from .source import channel_of
from .spam import WEIGHTS, Submission, patterns_in, score_of, signals_of

SAME_WITHIN = datetime.timedelta(minutes=10)
REPEATED_WITHIN = datetime.timedelta(hours=24)
REPEATED_BY = 3

MODELS: dict[str, type[Request]] = {model.FORM: model for model in (SignUp, PacketRequest, Enquiry)}

Purpose = ledger.Purpose
Standing = Request.Standing


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """One valid submission."""

    form: str
    network: str = ""
    """The name of the network, to be hashed."""
    network_key: str = ""
    """Its hash of the day, for limits."""
    email: str = ""
    name: str = ""
    phone: str = ""
    condition: str = ""
    packet: str = ""
    message: str = ""
    best_time: str = ""
    contact_by: str = ""
    consents: frozenset[str] = frozenset()
    wordings: Mapping[str, Wording] = field(default_factory=dict)
    source: Mapping[str, str] = field(default_factory=dict)
    nonce: str = ""
    trap: str = ""
    elapsed_ms: int | None = None
    is_bare: bool = False
    is_way_on: bool = False
    """Sent by the button of the page that says “too often”: kept, and let through by a link (LEAD-30)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    retry_after: int | None = None
    """Set where a hard limit was passed: then nothing was stored."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """What is looked up before the transaction begins, so that it holds up others for no longer than it must."""

    patterns: tuple[tuple[str, int], ...]
    """Those of staff that were found, with their points."""
    there: ledger.Circumstances | None
    """Of what is agreed to; none where nothing is."""


def capture(asked: Asked) -> Answer:
    """Store ``asked`` and everything that follows from it; returns after the commit.

    Two identical submissions at once meet a constraint of the database: the later one then finds the earlier.
    """
    known = _known(asked)
    try:
        return _capture_once(asked, known)
    except IntegrityError:
        return _capture_once(asked, known)


def _known(asked: Asked) -> Known:
    return Known(patterns=_patterns_in(asked), there=_circumstances(asked) if asked.consents else None)


def _capture_once(asked: Asked, known: Known) -> Answer:
    with transaction.atomic(durable=True):
        counted = limits.count(network=asked.network_key, email=asked.email, phone=asked.phone, form=asked.form)
        if counted.retry_after is not None and not asked.is_way_on:
            return Answer(retry_after=counted.retry_after)
        contact = contact_for(email=asked.email, phone=asked.phone, name=asked.name)
        if not _is_known(contact, asked):
            _store(contact, asked, known, is_soft_limited=counted.is_soft_limited)
    return Answer()


def _is_known(contact: Contact, asked: Asked) -> bool:
    """Whether this very request is there: by its nonce, or without one by its content of the last minutes."""
    rows = MODELS[asked.form]._default_manager.filter(contact=contact)
    if asked.nonce:
        return rows.filter(nonce=asked.nonce).exists()
    recent = rows.filter(nonce="", created_at__gt=timezone.now() - SAME_WITHIN)
    return recent.filter(content_key__in=index_values("text", _content(asked))).exists()


def _content(asked: Asked) -> str:
    parts = (asked.form, asked.email.lower(), asked.phone, asked.name, asked.packet, asked.condition, asked.message)
    return "\x1f".join((*parts, asked.best_time, asked.contact_by, *sorted(asked.consents)))


def _store(contact: Contact, asked: Asked, known: Known, *, is_soft_limited: bool) -> None:
    signals, score = _judged(contact, asked, known, is_soft_limited=is_soft_limited)
    request = MODELS[asked.form](
        contact=contact,
        nonce=asked.nonce,
        content_key=index_value("text", _content(asked)),
        name=asked.name,
        wants_newsletter=asked.form == SignUp.FORM or Purpose.NEWSLETTER in asked.consents,
        source=dict(asked.source),
        channel=channel_of(asked.source),
        condition=asked.condition,
        signals=list(signals),
        score=score,
        standing=_standing(asked, score),
        **_own_values(asked),
    )
    request.save(force_insert=True)
    if known.there is not None:
        for purpose in sorted(asked.consents):
            ledger.enter(contact, purpose, ledger.Action.GIVEN, known.there)
    note(contact, TimelineEntry.Kind.REQUEST, str(request), enquiry=request if isinstance(request, Enquiry) else None)
    if request.standing == Standing.HELD:
        send_way_on(request)
    elif request.is_let_through:
        let_through(request)
    _count(asked, request)


def _standing(asked: Asked, score: int) -> str:
    if asked.is_way_on:
        return Standing.HELD
    return Standing.QUARANTINED if score >= settings.LEADS_SPAM_THRESHOLD else Standing.ACCEPTED


def _own_values(asked: Asked) -> dict[str, str]:
    if asked.form == PacketRequest.FORM:
        return {"packet": asked.packet}
    if asked.form == Enquiry.FORM:
        return {
            "phone": asked.phone,
            "message": asked.message,
            "best_time": asked.best_time,
            "contact_by": asked.contact_by or Enquiry.ContactBy.EMAIL,
        }
    return {}


def _judged(contact: Contact, asked: Asked, known: Known, *, is_soft_limited: bool) -> tuple[tuple[str, ...], int]:
    """The signals that fired, those of staff's own patterns by number, and what they add up to."""
    signals = signals_of(
        Submission(
            name=asked.name,
            email=asked.email,
            message=asked.message,
            trap=asked.trap,
            elapsed_ms=asked.elapsed_ms,
            is_bare=asked.is_bare,
            is_soft_limited=is_soft_limited,
            is_repeated=_is_repeated(contact, asked.message),
        )
    )
    found = known.patterns
    score = score_of(signals, {**WEIGHTS, **settings.LEADS_SPAM_WEIGHTS}) + sum(points for _, points in found)
    marks = ("likely typo",) if likely_meant(asked.email) else ()
    return (*signals, *(["pattern"] * bool(found)), *marks), score


def _patterns_in(asked: Asked) -> tuple[tuple[str, int], ...]:
    if not asked.name + asked.message:
        return ()
    patterns = SpamPattern.objects.filter(is_active=True).values_list("text", "score")
    return patterns_in(f"{asked.name}\n{asked.message}", patterns)


def _is_repeated(contact: Contact, message: str) -> bool:
    """The same words from three or more addresses within a day, this one counted."""
    if not message:
        return False
    since = timezone.now() - REPEATED_WITHIN
    same = Enquiry.objects.filter(message_index__in=index_values("text", message), created_at__gt=since)
    others = same.exclude(contact=contact).values("contact").distinct()[:REPEATED_BY]
    return len(others) >= REPEATED_BY - 1


def _circumstances(asked: Asked) -> ledger.Circumstances:
    return ledger.Circumstances(
        method=ledger.Method.FORM,
        page_path=asked.source.get("page", ""),
        page_version=asked.source.get("page_version", ""),
        network=networks.proof_of(asked.network),
        policy_version=ledger.policy_version(),
        wordings=asked.wordings,
    )


def _count(asked: Asked, request: Request) -> None:
    about = asked.condition or asked.packet
    values: dict[str, Iterable[str]] = {By.ALL: (ALL,), By.SOURCE: (request.channel,), By.SIGNAL: request.signals}
    count_week(asked.form, {**values, By.CONDITION: (about,) if about else ()})
    keep_count(f"{asked.form}:{request.standing}")
