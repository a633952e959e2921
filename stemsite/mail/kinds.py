"""Kinds of letters: each app registers one builder per kind, called when the letter is sent (LEAD-54)."""

from __future__ import annotations

import datetime
import logging
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

from django.db import transaction

if TYPE_CHECKING:
    from .models import Delivery

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Attachment:
    name: str
    content: bytes = field(repr=False)
    media_type: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Letter:
    """What goes out. Without ``html`` the text is laid out as such; header names are constants of the builder."""

    to: tuple[str, str] = field(repr=False)
    """Name (or nothing) and address."""
    subject: str = field(repr=False)
    text: str = field(repr=False)
    html: str = field(default="", repr=False)
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    attachments: tuple[Attachment, ...] = ()
    lang: str = "en"


@dataclass(frozen=True, slots=True, kw_only=True)
class NotAnyMore:
    """The letter has lost its sense: erased, withdrawn, expired. ``reason`` names nobody."""

    reason: str
    outcome: Literal["cancelled", "suppressed"] = "cancelled"


@dataclass(frozen=True, slots=True, kw_only=True)
class NotNow:
    """The letter waits until ``until``; the try does not count."""

    until: datetime.datetime
    reason: str = ""


Built = Letter | NotAnyMore | NotNow
Builder = Callable[["Delivery"], Built]
Settled = Callable[["Delivery"], None]
Sample = Callable[[], Letter]


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    name: str
    label: str
    builder: Builder
    settled: Settled | None = None
    sample: Sample | None = None
    mailer: str = "transactional"
    for_staff: bool = False


Names = Callable[[str], Iterable[str]]
"""Words that name the person at an address."""

_kinds: dict[str, Kind] = {}
_names: list[Names] = []


def register_builder(
    kind: str,
    builder: Builder,
    *,
    label: str = "",
    settled: Settled | None = None,
    sample: Sample | None = None,
    mailer: str = "transactional",
    for_staff: bool = False,
) -> None:
    """Let letters of ``kind`` be made by ``builder``; called from ``ready()``.

    ``settled`` hears, in the transaction of the outcome, that a letter was sent, failed, was suppressed or cancelled,
    or bounced later (``delivery.state``, ``delivery.verdict``, ``delivery.bounced_at``). ``sample`` makes the letter
    to a sample person, for the preview. Letters ``for_staff`` go whatever a reader of that address asked for.
    """
    label = label or kind.replace("_", " ").capitalize()
    _kinds[kind] = Kind(
        name=kind,
        label=label,
        builder=builder,
        settled=settled,
        sample=sample,
        mailer=mailer,
        for_staff=for_staff,
    )


def register_words(kind: str, *, label: str, sample: Sample) -> None:
    """Name a kind whose words are written when it is queued, and show it in the preview."""
    register_builder(kind, _without_words, label=label, sample=sample, for_staff=True)


def _without_words(delivery: Delivery) -> Built:
    return NotAnyMore(reason="words are gone")


def register_names(names: Names) -> None:
    """Mail servers call people by name in what they answer; an app that knows names has them taken out (LEAD-63)."""
    if names not in _names:
        _names.append(names)


def names_at(address: str) -> tuple[str, ...]:
    """Every word that names the person at ``address``."""
    if not address:
        return ()
    return tuple(word for names in _names for name in names(address) for word in (name, *name.split()) if word)


def kinds() -> tuple[Kind, ...]:
    return tuple(sorted(_kinds.values(), key=lambda kind: kind.label))


def kind_of(name: str) -> Kind | None:
    return _kinds.get(name)


def is_for_staff(delivery: Delivery) -> bool:
    """Whether it goes to a member of staff at work: what its words were written for when it was queued always is."""
    kind = _kinds.get(delivery.kind)
    return bool(delivery.letter) or (kind is not None and kind.for_staff)


def build(delivery: Delivery) -> Built:
    """The letter of ``delivery`` as it is now. Words written when it was queued are taken as they are."""
    if delivery.letter:
        words = delivery.letter
        to = (words.get("name", ""), delivery.to)
        return Letter(to=to, subject=words["subject"], text=words["text"], html=words.get("html", ""))
    kind = _kinds.get(delivery.kind)
    if kind is None:
        raise LookupError(f"Nobody makes letters of the kind {delivery.kind}.")
    return kind.builder(delivery)


def tell(delivery: Delivery) -> None:
    """Tell the app of ``delivery`` what became of it. What fails there is logged, and undoes nothing here."""
    kind = _kinds.get(delivery.kind)
    if kind is None or kind.settled is None:
        return
    try:
        with transaction.atomic():
            kind.settled(delivery)
    except Exception:
        logger.exception("mail: what follows the outcome of a letter of the kind %s failed", delivery.kind)
