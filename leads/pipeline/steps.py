"""From where to where an enquiry may go: one table (LEAD-95)."""

from __future__ import annotations

from collections.abc import Mapping

from leads.models import Enquiry

Status = Enquiry.Status

NEXT: Mapping[str, tuple[Status, ...]] = {
    Status.NEW: (
        Status.CONTACTED,
        Status.QUALIFIED,
        Status.SCHEDULED,
        Status.NOT_SUITABLE,
        Status.CLOSED,
        Status.SPAM,
    ),
    Status.CONTACTED: (Status.QUALIFIED, Status.SCHEDULED, Status.NOT_SUITABLE, Status.CLOSED, Status.SPAM),
    Status.QUALIFIED: (Status.SCHEDULED, Status.CONVERTED, Status.NOT_SUITABLE, Status.CLOSED),
    Status.SCHEDULED: (Status.QUALIFIED, Status.CONVERTED, Status.NOT_SUITABLE, Status.CLOSED),
    Status.CONVERTED: (Status.SCHEDULED, Status.CLOSED),
    Status.NOT_SUITABLE: (Status.CONTACTED,),
    Status.CLOSED: (Status.CONTACTED,),
    Status.SPAM: (Status.NEW,),
}
"""What is over can be taken up again; spam becomes new, as nobody has answered it."""

SPOKEN_TO = frozenset({Status.CONTACTED, Status.QUALIFIED, Status.SCHEDULED, Status.CONVERTED})
"""Reached only by somebody who has spoken with the person: the first of them ends the wait for an answer."""


def is_open(before: str, after: str) -> bool:
    return after in NEXT.get(before, ())
