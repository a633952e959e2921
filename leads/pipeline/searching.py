"""What staff look for: kept sealed under an opaque key, found by keyed indexes (LEAD-99, LEAD-100)."""

from __future__ import annotations

import datetime
import re
from collections.abc import Mapping
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone

from leads.models import Consent, Contact, ContactTag, Enquiry, LeadSearch, PacketRequest
from stemsite.audit.recording import record
from stemsite.crypto import index_values, normal_text

from .tables import CONTACTS, ENQUIRIES, PACKETS, Table

SCANNED = 20_000
"""Names are sealed, so a part of one is looked for among the newest contacts, opened one by one."""

MOST_FOUND = 500
FORGOTTEN_AFTER = datetime.timedelta(days=1)

_REFERENCE = re.compile(r"L-[2-9A-Z]{4}-[2-9A-Z]{4}\Z", re.IGNORECASE)


def keep(table: Table, values: Mapping[str, Any], *, by: Any) -> LeadSearch:
    """Keep the question and, where it is a text, whom it found. The record says which fields were asked, not what."""
    asked: Any = {name: value for name, value in values.items() if value not in ("", None)}
    if text := asked.get("text"):
        asked["contacts"] = contacts_like(text)
    search = LeadSearch.objects.create(by=by, table=table.slug, values=asked)
    record("searched for people", by=by, obj=search, fields=sorted(set(asked) - {"contacts"}), list=table.slug)
    return search


def contacts_like(text: str) -> list[int]:
    """Contacts with this address, number or reference, or whose name holds it; each with the person's other records."""
    return _with_other_records(_records_like(text.strip()))


def _with_other_records(found: list[int]) -> list[int]:
    heads = Contact.objects.filter(pk__in=found, joined_to__isnull=False).values("joined_to")
    others = Contact.objects.filter(Q(joined_to__in=found) | Q(joined_to__in=heads) | Q(pk__in=heads))
    return list(dict.fromkeys([*found, *others.order_by("pk").values_list("pk", flat=True)]))


def _records_like(text: str) -> list[int]:
    if "@" in text:
        return _keys(Contact.objects.with_email(text))
    if _REFERENCE.match(text):
        return _keys(Contact.objects.filter(reference=text.upper()))
    if sum(sign.isdigit() for sign in text) >= 6:
        return _keys(Contact.objects.with_phone(text))
    return _named(normal_text(text))


def _keys(rows: QuerySet[Any]) -> list[int]:
    return list(rows.values_list("pk", flat=True)[:MOST_FOUND])


def _named(wanted: str) -> list[int]:
    names = Contact.objects.filter(erased_at=None).exclude(name__isnull=True).order_by("-pk")
    rows = names.values_list("pk", "name")[:SCANNED].iterator(chunk_size=2000)
    found = (pk for pk, name in rows if name and wanted in normal_text(name))
    return [pk for _, pk in zip(range(MOST_FOUND), found, strict=False)]


def search_for(user: Any, key: str, table: Table) -> LeadSearch | None:
    return LeadSearch.objects.for_user(user).filter(key=key, table=table.slug).first()


def found_by(search: LeadSearch) -> Q:
    """What the rows of the search's table have to fulfil."""
    values = search.values if isinstance(search.values, dict) else {}
    wanted = Q()
    for name, value in values.items():
        if condition := _CONDITIONS.get(name):
            wanted &= condition(search.table, value)
    return wanted


def _prefix(table: str) -> str:
    return "" if table == CONTACTS.slug else "contact__"


def _contacts(table: str, pks: list[int]) -> Q:
    return Q(**{f"{_prefix(table)}pk__in": pks})


def _on(side: str) -> Any:
    def condition(table: str, value: str) -> Q:
        day = datetime.date.fromisoformat(value)
        moment = "asked_at" if table == "subscription" else "created_at"
        begins = timezone.make_aware(datetime.datetime.combine(day, datetime.time.min))
        if side == "since":
            return Q(**{f"{moment}__gte": begins})
        return Q(**{f"{moment}__lt": begins + datetime.timedelta(days=1)})

    return condition


def _status(table: str, value: str) -> Q:
    return Q(status=value) if table == ENQUIRIES.slug else Q()


def _assignee(table: str, value: str) -> Q:
    if table != ENQUIRIES.slug:
        return Q()
    return Q(assignee=None) if value == "nobody" else Q(assignee_id=int(value))


def _follow_up(table: str, value: str) -> Q:
    if table != ENQUIRIES.slug:
        return Q()
    today = timezone.localdate()
    return {
        "today": Q(follow_up_on=today),
        "overdue": Q(follow_up_on__lt=today),
        "week": Q(follow_up_on__gte=today, follow_up_on__lt=today + datetime.timedelta(days=7)),
        "none": Q(follow_up_on=None),
    }[value]


def _score(table: str, value: int) -> Q:
    return Q(score__gte=value) if table in {"enquiry", "packetrequest", "signup"} else Q()


def _consent(table: str, purpose: str) -> Q:
    return _of_person(table, Consent.objects.allowing().filter(purpose=purpose))


def _tag(table: str, text: str) -> Q:
    return _of_person(table, ContactTag.objects.filter(name_index__in=index_values("text", text)))


def _about(table: str, text: str) -> Q:
    """The condition that was named, or the packet that was asked for."""
    values = index_values("text", text)
    if table == PACKETS.slug:
        return Q(condition_index__in=values) | Q(packet_index__in=values)
    if table in {"enquiry", "signup"}:
        return Q(condition_index__in=values)
    asked = PacketRequest.objects.filter(Q(condition_index__in=values) | Q(packet_index__in=values))
    named = Enquiry.objects.filter(condition_index__in=values)
    return _of_person(table, asked) | _of_person(table, named)


def _of_person(table: str, rows: QuerySet[Any]) -> Q:
    """Whether one of ``rows`` belongs to the contact, or to a record that was joined to it."""
    who = OuterRef(f"{_prefix(table)}pk")
    return Q(Exists(rows.filter(contact=who))) | Q(Exists(rows.filter(contact__joined_to=who)))


def _channel(table: str, text: str) -> Q:
    return Q(channel_index__in=index_values("text", text)) if table in {"enquiry", "packetrequest", "signup"} else Q()


_CONDITIONS: dict[str, Any] = {
    "contacts": _contacts,
    "since": _on("since"),
    "until": _on("until"),
    "status": _status,
    "assignee": _assignee,
    "follow_up": _follow_up,
    "score": _score,
    "consent": _consent,
    "tag": _tag,
    "about": _about,
    "channel": _channel,
}


def forget_old() -> int:
    """Searches that nobody named are gone after a day."""
    old = LeadSearch.objects.filter(is_kept=False, made_at__lt=timezone.now() - FORGOTTEN_AFTER)
    return old.delete()[0]
