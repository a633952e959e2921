"""Two records of one person become one, with the stricter of their consents, and two again for 30 days (LEAD-99).

Nothing moves: each record keeps its address, requests, entries and letters, and names the one that the person is known
by. So an old link still opens what it opened, and undoing is taking the name away and giving back what ended by it.
"""

from __future__ import annotations

import datetime
from dataclasses import dataclass, replace
from typing import Any

from django.db import transaction
from django.utils import timezone

from leads import ledger, subscribing
from leads.counting import keep_count
from leads.models import Consent, Contact, Joining, Subscription, TimelineEntry
from leads.models.timeline import note
from stemsite.audit.recording import record
from stemsite.crypto import index_values
from stemsite.mail.models import Suppression
from stemsite.mail.suppressing import is_suppressed, lift, suppress
from stemsite.publishing.gate import Refused, Stale

from .working import require_right

UNDO_WITHIN = datetime.timedelta(days=30)

Action = Consent.Action
Purpose = Consent.Purpose


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What becomes of one purpose: what each record says of it, and what the person allows afterwards."""

    purpose: str
    label: str
    said: tuple[str, ...]
    """Of the kept record and of the joined one, the newest entry in words; empty where there is none."""
    is_allowed: bool
    is_ended: bool


def newest(contact: Contact, purpose: str) -> Consent | None:
    return Consent.objects.filter(contact=contact, purpose=purpose).order_by("-pk").first()


def outcomes(kept: Contact, joined: Contact) -> list[Outcome]:
    """Purpose by purpose: who took it back with one record has taken it back."""
    records = [*kept.records(), joined]
    found = []
    for purpose in Purpose:
        entries = [(each, newest(each, purpose)) for each in records]
        actions = [entry.action for _, entry in entries if entry is not None]
        if not actions:
            continue
        is_refused = Action.WITHDRAWN in actions
        is_given = any(action in Consent.ALLOWING for action in actions)
        of_kept = [entry for each, entry in entries if each != joined and entry is not None]
        last = max(of_kept, key=lambda entry: entry.pk, default=None)
        found.append(
            Outcome(
                purpose=purpose,
                label=purpose.label,
                said=tuple(entry.get_action_display().lower() if entry else "" for entry in (last, entries[-1][1])),
                is_allowed=is_given and not is_refused,
                is_ended=is_given and is_refused,
            )
        )
    return found


def is_stopped(records: list[Contact]) -> bool:
    """Whether one of them asked for no more letters at all, and another may still be written to."""
    addresses = [each.email for each in records if each.email]
    return any(map(_refuses, addresses)) and not all(map(is_suppressed, addresses))


def _refuses(address: str) -> bool:
    asked = (Suppression.Reason.ASKED, Suppression.Reason.COMPLAINT)
    found = Suppression.objects.in_force().filter(index__in=index_values("email", address))
    return found.filter(reason__in=asked).exists()


def seen(kept: Contact, joined: Contact) -> str:
    """What a preview was made from: the newest entry of each record in the ledger."""
    entries = [Consent.objects.filter(contact=each).order_by("-pk").first() for each in (kept, joined)]
    return "-".join(str(entry.pk if entry else 0) for entry in entries)


def why_not(kept: Contact, joined: Contact) -> str:
    """Why these two cannot be joined; empty where they can."""
    if kept == joined:
        return "This is the same record. Type the reference of the other one."
    if kept.is_erased or joined.is_erased:
        return "One of the two was erased; nothing more is kept about that person."
    if kept.joined_to_id or joined.joined_to_id:
        return "One of the two is joined to another record already. Undo that first, or join that other record."
    if joined.joined.exists():
        return f"{joined.reference} holds other records. Open {joined.reference} and join this one to it instead."
    return ""


@transaction.atomic
def join(kept: Contact, joined: Contact, *, by: Any, preview: str) -> Joining:
    """Make ``joined`` a record of the person known as ``kept``. ``preview`` is what was looked at before."""
    require_right(by)
    locked = _locked(kept.pk, joined.pk)
    kept, joined = locked[kept.pk], locked[joined.pk]
    if reason := why_not(kept, joined):
        raise Refused(reason)
    if seen(kept, joined) != preview:
        raise Stale("A consent changed meanwhile. Nothing was joined; read the preview as it is now.")
    records = [*kept.records(), joined]
    refused = [outcome.purpose for outcome in outcomes(kept, joined) if outcome.is_ended]
    ended = [end for purpose in refused for end in _end(records, purpose, by)]
    act = Joining.objects.create(
        kept=kept,
        joined=joined,
        by=by,
        ended=ended,
        suppressions=_stop(records, by=by) if is_stopped(records) else [],
        is_sample=kept.is_sample and joined.is_sample,
    )
    Contact.objects.filter(pk=joined.pk).update(joined_to=kept)
    keep_count("contacts", number=-1)
    for each, other in ((kept, joined), (joined, kept)):
        note(each, TimelineEntry.Kind.PRIVACY, f"Joined with {other.reference}: one person.", by=by)
        record("joined two records", by=by, obj=each, joining=act.pk, other=other.pk, ended=len(ended))
    return act


def _locked(*pks: int) -> dict[int, Contact]:
    """In the order of their numbers, so that two who join at once wait for one another."""
    return {each.pk: each for each in Contact.objects.select_for_update().filter(pk__in=pks).order_by("pk")}


def _end(records: list[Contact], purpose: str, by: Any) -> list[dict[str, Any]]:
    """Take back what each record still allows; how it was, for undoing."""
    ends = []
    for each in records:
        before = newest(each, purpose)
        if before is None or before.action not in Consent.ALLOWING:
            continue
        place = each.subscriptions.open().first() if purpose == Purpose.NEWSLETTER else None
        there = _circumstances("Taken back with another record of the same person.", by)
        if place is None or not subscribing.leave_with(each, there=there):
            ledger.enter(each, purpose, Action.WITHDRAWN, there)
        entry = newest(each, purpose)
        ends.append(
            {
                "entry": entry.pk if entry else 0,
                "before": before.action,
                "place": place.pk if place else None,
                "paused_until": place.paused_until.isoformat() if place and place.paused_until else "",
            }
        )
    return ends


def _stop(records: list[Contact], *, by: Any) -> list[int]:
    kept = [
        suppress(each.email, Suppression.Reason.ASKED, source="another record of the same person", by=by)
        for each in records
        if each.email
    ]
    return [row.pk for row in kept if row is not None]


def _circumstances(evidence: str, by: Any) -> ledger.Circumstances:
    return ledger.Circumstances(
        method=ledger.Method.JOINING, evidence=evidence, evidence_on=timezone.localdate(), by=by
    )


# -- and back ---------------------------------------------------------------------------------------------------------


def undoable(contact: Contact) -> list[Joining]:
    """What can still be undone of this person's records."""
    since = timezone.now() - UNDO_WITHIN
    rows = Joining.objects.filter(kept=contact, undone_at=None, at__gt=since, joined__erased_at=None)
    return list(rows.select_related("joined", "by").order_by("-pk"))


@transaction.atomic
def undo(joining: Joining, *, by: Any) -> None:
    """Two people after all: what ended by the joining, and nothing else, stands again."""
    require_right(by)
    pair = (joining.kept_id, joining.joined_id)
    locked = _locked(*pair)
    found = Joining.objects.select_for_update().get(pk=joining.pk)
    if found.undone_at is not None:
        raise Stale("This was undone before.")
    if timezone.now() - found.at > UNDO_WITHIN:
        raise Refused("Joining two records can be undone for 30 days. They are over.")
    if any(each.is_erased for each in locked.values()):
        raise Refused("This person was erased; there is nothing to take apart.")
    kept, joined = (locked[pk] for pk in pair)
    Contact.objects.filter(pk=joined.pk).update(joined_to=None)
    keep_count("contacts")
    for end in found.ended:
        _give_back(end, by=by)
    for row in Suppression.objects.in_force().filter(pk__in=found.suppressions):
        lift(row, by=by, note="Suppressed by joining two records, which was undone.")
    Joining.objects.filter(pk=found.pk).update(undone_at=timezone.now(), undone_by=by)
    for each, other in ((kept, joined), (joined, kept)):
        note(each, TimelineEntry.Kind.PRIVACY, f"Taken apart from {other.reference} again: two people.", by=by)
        record("took two records apart", by=by, obj=each, joining=found.pk, other=other.pk)


def _give_back(end: dict[str, Any], *, by: Any) -> None:
    """Unless something newer was said since, which counts."""
    entry = Consent.objects.select_related("contact").filter(pk=end["entry"]).first()
    if entry is None or newest(entry.contact, entry.purpose) != entry:
        return
    if end["place"] and not _reopen(entry.contact, end):
        return
    wordings = ledger.last_wordings(entry.contact, entry.purpose)
    there = _circumstances("Two people after all: the joining of their records was undone.", by)
    action = end["before"] if wordings else Action.CONFIRMED
    ledger.enter(entry.contact, entry.purpose, action, replace(there, wordings=wordings))


def _reopen(contact: Contact, end: dict[str, Any]) -> bool:
    """The same place on the list as before, with its pause."""
    left = contact.subscriptions.select_for_update().filter(state=Subscription.State.WITHDRAWN)
    place = left.filter(pk=end["place"]).first()
    if place is None or contact.subscriptions.open().exists():
        return False
    place.state = Subscription.State.CONFIRMED if place.confirmed_at else Subscription.State.PENDING
    place.ended_at = None
    place.paused_until = datetime.datetime.fromisoformat(end["paused_until"]) if end["paused_until"] else None
    place.save(update_fields=["state", "ended_at", "paused_until"])
    return True
