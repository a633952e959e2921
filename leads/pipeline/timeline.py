"""Everything that happened with a person, in one column, newest first (LEAD-98)."""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.urls import reverse
from django.utils import timezone

from leads.holding import FORMS, letters_to, requests_of
from leads.models import Contact, Enquiry, PacketRequest, Request, TimelineEntry
from leads.packets.log import copies_of
from stemsite.audit.models import AuditEvent
from stemsite.mail.kinds import kind_of

from .tables import plain

Kind = TimelineEntry.Kind

MOST = 300
"""Of each kind of line; who was seen more often than that is seen in the audit."""

SHOWN_OTHERWISE = (Kind.REQUEST, Kind.MAIL, Kind.PACKET)
"""Their rows themselves say more than the entry about them."""

LOOKS = {
    "saw a person": "saw this page",
    "exported a person": "exported everything",
    "exported people": "exported a list with this person",
    "saw the proof of consent": "saw the proof of consent",
    "found a person": "found this person by a search",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    at: datetime.datetime
    kind: str
    title: str
    by: str = ""
    text: str = ""
    facts: tuple[tuple[str, str], ...] = ()
    url: str = ""
    """Where more of it stands."""
    is_quiet: bool = False


def timeline_of(contact: Contact) -> list[Line]:
    parts = (_entries, _requests, _letters, _packets, _looks)
    lines = [line for record in contact.records() for part in parts for line in part(record)]
    return sorted(lines, key=lambda line: line.at, reverse=True)


def _entries(contact: Contact) -> Iterator[Line]:
    rows = contact.timeline.exclude(kind__in=SHOWN_OTHERWISE).select_related("by").order_by("-at", "-pk")[:MOST]
    for row in rows:
        yield Line(
            at=row.at,
            kind=row.kind,
            title=_title(row),
            by=str(row.by) if row.by else "",
            text="" if row.kind in {Kind.ASSIGNMENT, Kind.FOLLOW_UP, Kind.CONSENT} else row.text,
        )


def _title(row: TimelineEntry) -> str:
    if row.kind == Kind.STATUS:
        return f"{_status(row.status_from)} → {_status(row.status_to)}"
    if row.kind == Kind.ASSIGNMENT:
        return f"Assigned to {row.text}" if row.text else "Assigned"
    if row.kind == Kind.FOLLOW_UP:
        return f"Follow-up: {row.text}" if row.text else "Follow-up planned"
    if row.kind == Kind.CONSENT and row.text:
        return f"Consent. {row.text}"
    return str(row.get_kind_display())


def _status(status: str) -> str:
    return Enquiry.Status(status).label if status in Enquiry.Status.values else status


def _requests(contact: Contact) -> Iterator[Line]:
    for row in requests_of(contact):
        yield Line(
            at=row.created_at,
            kind=Kind.REQUEST,
            title=f"Asked: {FORMS[row.FORM].lower()}",
            text=row.message if isinstance(row, Enquiry) else "",
            facts=tuple(_request_facts(row)),
        )


def _request_facts(row: Request) -> Iterator[tuple[str, str]]:
    if row.name:
        yield "Name given", row.name
    if isinstance(row, Enquiry):
        yield "Wants to be reached", row.get_contact_by_display().lower()
        if row.phone:
            yield "Phone", row.phone
        if row.best_time:
            yield "Best time", row.best_time
    if isinstance(row, PacketRequest):
        yield "Packet", row.packet or "general"
        if row.sent_at:
            yield "Sent", plain(row.sent_at)
        if row.fetched_at:
            yield "Fetched", plain(row.fetched_at)
    if row.condition:
        yield "Condition", row.condition
    source = row.source if isinstance(row.source, dict) else {}
    if source.get("page"):
        yield "From the page", source["page"]
    if row.channel and row.channel != "direct":
        yield "Came from", row.channel
    if row.standing != Request.Standing.ACCEPTED:
        yield "Standing", row.get_standing_display().lower()
    if row.signals:
        yield "Signals of spam", f"{', '.join(map(str, row.signals))} (score {row.score})"


def _packets(contact: Contact) -> Iterator[Line]:
    """Every copy of a packet that was made for this person (LEAD-92)."""
    for copy in copies_of(contact):
        facts = [("Packet", copy.title), ("Edition", copy.edition), ("Fingerprint of the words", copy.fingerprint)]
        if copy.title and not copy.is_newest:
            facts.append(("Since then", "a newer version was published, or the packet was withdrawn"))
        shown = tuple((name, value) for name, value in facts if value)
        yield Line(at=copy.at, kind=Kind.PACKET, title=f"Packet: {copy.how.lower()}", facts=shown)


def _letters(contact: Contact) -> Iterator[Line]:
    for row in letters_to(contact).order_by("-queued_at")[:MOST]:
        kind = kind_of(row.kind)
        facts = [("Outcome", row.shown_state)]
        if row.state == row.State.QUEUED:
            facts.append(("Next try", plain(row.due_at)))
        if row.attempts > 1:
            facts.append(("Tries", str(row.attempts)))
        if row.last_error and row.state != row.State.SENT:
            facts.append(("Last error", row.last_error[:200]))
        if row.bounced_at:
            facts.append(("Came back", plain(row.bounced_at)))
        yield Line(
            at=row.queued_at,
            kind=Kind.MAIL,
            title=f"Letter: {kind.label if kind else row.kind}",
            facts=tuple(facts),
            url=reverse("admin:mail_delivery_change", args=[row.pk]),
        )


def _looks(contact: Contact) -> Iterator[Line]:
    """Views by staff: the last of each person and day."""
    events = AuditEvent.objects.filter(
        object_type=contact._meta.label_lower, object_id=str(contact.pk), verb__in=LOOKS
    ).order_by("-number")[:MOST]
    seen: set[tuple[Any, ...]] = set()
    for event in events:
        key = (event.actor_id, event.verb, timezone.localdate(event.at))
        if key not in seen:
            seen.add(key)
            yield Line(at=event.at, kind="view", title=LOOKS[event.verb], by=event.actor, is_quiet=True)
