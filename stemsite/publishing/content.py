"""Frozen content: what a Version holds, as typed values, and its canonical form and hash.

Every domain app defines its page's content as a ``Content`` struct with a schema number; the
kinds of value that articles and studies share stand here. Stored JSON is read through
``load``, which lifts older schema numbers to today's first.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, Literal

import msgspec

if TYPE_CHECKING:
    from typing_extensions import TypeForm


HOME = "US"
"""The jurisdiction of wordings that name none."""


class Frozen(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A value that never changes; unknown fields in stored JSON are an error, not ignored."""


class Author(Frozen, frozen=True, kw_only=True):
    """Who wrote the page, as the byline said at that time."""

    person: int
    slug: str
    name: str
    credentials: str = ""


class Wording(Frozen, frozen=True, kw_only=True):
    """One notice as it stood: the clinic's wording, its version, and the filled-in words."""

    kind: str
    version: int
    lead: str = ""
    """The first, bold sentence."""
    text: str
    """The sentences after it, plain text."""
    jurisdiction: str | msgspec.UnsetType = msgspec.UNSET
    """Whose law it follows; left out for the United States, as it was before others were known."""

    @property
    def law(self) -> str:
        return HOME if self.jurisdiction is msgspec.UNSET else self.jurisdiction


SizeRule = Literal["body", "largest", "stated"]


class Statute(Frozen, frozen=True, kw_only=True):
    """What a law wants said beside an offer, verbatim, as it was in force when the page was saved (LEAD-126)."""

    id: int
    """The record of it, which says where it was taken from, and who verified it when."""
    law: str
    text: str
    size: SizeRule

    @property
    def is_largest(self) -> bool:
        """Set as large as the largest type around it; so is what has a rule of its own, to be on the safe side."""
        return self.size != "body"


class ConditionMark(Frozen, frozen=True, kw_only=True):
    id: int
    slug: str
    name: str
    short_name: str
    other_names: tuple[str, ...] = ()
    codes: tuple[tuple[str, str], ...] = ()
    """Pairs of coding system and code, such as ``("ICD-10-CM", "G12.21")``."""
    specialist: str = ""
    symptoms: tuple[str, ...] = ()

    @property
    def spoken_name(self) -> str:
        return self.short_name or self.name

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(filter(None, (self.name, self.short_name, self.slug, *self.other_names)))


Status = Literal["approved", "investigational", "unapproved", "discontinued"]
SourceKind = Literal["journal", "preprint", "news", "web", "registration", "book", "conference"]


class InterventionMark(Frozen, frozen=True, kw_only=True):
    id: int
    slug: str
    name: str
    status: Status


class Citation(Frozen, frozen=True, kw_only=True):
    """A reference as this page prints it (PUB-13): correcting the reference leaves it alone."""

    reference: int
    kind: SourceKind
    html: str
    """AMA 11, escaped, with ``i``, ``sub`` and ``sup`` only."""
    text: str
    short: str
    """First author and year, for the margin: ``Barczewska 2020``."""
    url: str = ""
    doi: str = ""
    pmid: str = ""
    pmcid: str = ""
    registry_id: str = ""


class Content(Frozen, frozen=True, kw_only=True):
    """What every page says: the base of ``ArticleContent`` and ``StudyContent``."""

    schema: int
    title: str
    slug: str
    summary: str
    """One sentence, at most 160 characters: listings, search results, meta description."""
    language: str = "en"
    authors: tuple[Author, ...] = ()
    conditions: tuple[ConditionMark, ...] = ()
    interventions: tuple[InterventionMark, ...] = ()
    citations: tuple[Citation, ...] = ()
    notices: tuple[Wording, ...] = ()
    pictures: tuple[int, ...] = ()
    """Picture files this page shows; each use carries its own alternative text."""

    statutes: tuple[Statute, ...] | msgspec.UnsetType = msgspec.UNSET
    """Left out where no law wants anything said, as it was before any was on record."""

    def notice(self, kind: str) -> Wording | None:
        return next((wording for wording in self.notices if wording.kind == kind), None)

    @property
    def status(self) -> Wording | None:
        """The short notice of regulatory status, in its words for a page that sells or for one that teaches."""
        return self.notice("status_offer") or self.notice("status")

    @property
    def status_words(self) -> str:
        """Its first words, as lists, search and pictures say them beside the title."""
        return self.status.lead.rstrip(".") if self.status else ""

    @property
    def is_sold(self) -> bool:
        """Whether the clinic sells what the page is about (TR-08, PAGE-33)."""
        return False

    @property
    def is_unapproved(self) -> bool:
        """Whether it tells of a treatment that no authority approved."""
        return any(mark.status != "approved" for mark in self.interventions)

    @property
    def laws(self) -> tuple[Statute, ...]:
        return () if self.statutes is msgspec.UNSET else self.statutes


def one_of[T](value: object, kind: TypeForm[T]) -> T:
    """``value`` as one of the values of the ``Literal`` ``kind``; raises ``msgspec.ValidationError`` for any other."""
    known: T = msgspec.convert(value, kind)
    return known


Upgrade = Callable[[dict[str, Any]], dict[str, Any]]
"""Lifts stored JSON from one schema number to the next."""


def dump(content: Content) -> dict[str, Any]:
    """``content`` as JSON values, ready to be stored and hashed."""
    dumped: dict[str, Any] = tidy(msgspec.to_builtins(content))
    return dumped


_UNPRINTABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")


def tidy(value: Any) -> Any:
    """JSON ``value`` without the characters that no feed, PDF or database takes, such as Word's vertical tab."""
    match value:
        case str():
            return _UNPRINTABLE.sub(" ", value)
        case list() | tuple():
            return [tidy(item) for item in value]
        case dict():
            return {name: tidy(item) for name, item in value.items()}
    return value


def load[C: Content](stored: Mapping[str, Any], into: type[C], upgrades: Mapping[int, Upgrade]) -> C:
    """``stored`` as ``into``; raises ``msgspec.ValidationError`` when it is no such content."""
    values = dict(stored)
    while (upgrade := upgrades.get(values.get("schema", 0))) is not None:
        values = upgrade(values)
    return msgspec.convert(values, into)


def canonical(values: Mapping[str, Any]) -> bytes:
    """The one byte string of JSON ``values``: keys sorted, no blanks, UTF-8 (RFC 8785 in spirit)."""
    return json.dumps(values, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False).encode()


def content_hash(values: Mapping[str, Any]) -> str:
    """SHA-256 of the canonical form, in hexadecimal; equal content hashes equally everywhere."""
    return hashlib.sha256(canonical(values)).hexdigest()
