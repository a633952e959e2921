"""The ten invariants of LEAD-127: what was tried, what is stored and what was mailed, held against each other."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from .journal import Attempt
from .sink import Received

ENDED = {"sent", "failed", "suppressed", "cancelled"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Stored:
    """What the database holds at the end."""

    rows: Sequence[Mapping[str, Any]]
    """Each with the ``key`` of the attempt it answers to, and the ``once`` that may stand only once."""
    letters: Sequence[Mapping[str, Any]]
    """Each with ``message_id``, ``kind``, ``state``, ``last_error`` and the ``key`` of its row, empty when of none."""
    integrity: str = "ok"
    alerts: frozenset[str] = field(default_factory=frozenset)
    """The Message-IDs of failed letters that somebody was alerted to."""


def violations(
    attempts: Iterable[Attempt],
    stored: Stored,
    received: Sequence[Received],
    *,
    wanted: Mapping[str, frozenset[str]] | None = None,
    forgiven: int = 0,
) -> list[str]:
    """Everything that is wrong, each beginning with the name of its invariant; empty when all ten hold.

    ``wanted`` names the kinds of letter that a row of each form must lead to. ``forgiven`` is the
    number of lost acknowledgements and worker kills: so many letters may arrive twice.
    """
    known = {attempt.key: attempt for attempt in attempts}
    return [
        *_of_rows(known, stored),
        *_of_letters(known, stored, received, wanted or {}),
        *_of_copies(stored, received, forgiven),
        *([] if stored.integrity == "ok" else [f"I9: the database says {stored.integrity}"]),
        *_of_ends(stored),
    ]


def _of_rows(known: Mapping[str, Attempt], stored: Stored) -> Iterator[str]:
    counts = Counter(row["key"] for row in stored.rows)
    for key, attempt in known.items():
        least, most = attempt.rows
        if not least <= counts[key] <= most:
            rule = "I1" if least else "I3" if most else "I4"
            told = ", ".join(attempt.outcomes) or "never answered"
            yield f"{rule}: {key} was {told} and has {counts[key]} rows"
    for once, count in Counter(row["once"] for row in stored.rows).items():
        if count > 1:
            yield f"I2: {count} rows for {once}"
    for key in counts.keys() - known.keys():
        yield f"I8: nobody sent {key}"


def _of_letters(
    known: Mapping[str, Attempt],
    stored: Stored,
    received: Sequence[Received],
    wanted: Mapping[str, frozenset[str]],
) -> Iterator[str]:
    arrived = {letter.message_id for letter in received}
    kinds: dict[str, set[str]] = {}
    for letter in stored.letters:
        kinds.setdefault(letter["key"], set()).add(letter["kind"])
        if letter["state"] == "sent" and letter["message_id"] not in arrived:
            yield f"I5: {letter['kind']} {letter['message_id']} is marked as sent and never arrived"
    for row in stored.rows:
        attempt = known.get(row["key"])
        form = attempt.facts.get("form", "") if attempt else ""
        for kind in sorted(wanted.get(form, frozenset()) - kinds.get(row["key"], set())):
            yield f"I5: {row['key']} got no {kind}"


def _of_copies(stored: Stored, received: Sequence[Received], forgiven: int) -> Iterator[str]:
    copies = Counter(letter.message_id for letter in received)
    again = sum(count - 1 for count in copies.values())
    if again > forgiven:
        yield f"I6: {again} letters too many, {forgiven} forgiven"
    for message_id in copies.keys() - {letter["message_id"] for letter in stored.letters}:
        yield f"I7: a letter without a row: {message_id or 'no Message-ID'}"


def _of_ends(stored: Stored) -> Iterator[str]:
    for letter in stored.letters:
        if letter["state"] not in ENDED and letter.get("is_due", True):
            yield f"I10: {letter['kind']} {letter['message_id']} is still {letter['state']}"
        if letter["state"] == "failed" and not letter["last_error"]:
            yield f"I10: {letter['message_id']} failed without a reason"
        elif letter["state"] == "failed" and letter["message_id"] not in stored.alerts:
            yield f"I10: {letter['message_id']} failed and nobody was alerted"
