"""The typed shape of a frozen packet: what it was made from, named by id and hash, and its own words."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal

from stemsite.publishing.content import Content, Frozen, Upgrade, load

SCHEMA = 1

PacketRole = Literal["letter", "unknowns", "process", "options", "questions"]


class Pin(Frozen, frozen=True, kw_only=True):
    """One live, signed version that the packet is made from; ``version`` is none where nothing was live."""

    id: int
    """The page."""
    title: str
    edition: str
    """In words for staff: ``version 3``."""
    version: int | None
    hash: str


class PacketText(Frozen, frozen=True, kw_only=True):
    """Words of the packet's own."""

    key: str
    role: PacketRole
    heading: str
    html: str


class ClinicFacts(Frozen, frozen=True, kw_only=True):
    """Who sends it, as the cover and the letter say; frozen, so that the same booklet can be made again."""

    name: str
    legal_name: str
    address: tuple[str, ...] = ()
    phone: str = ""
    email: str = ""
    hours: tuple[str, ...] = ()

    def prints_as(self, other: ClinicFacts) -> bool:
        """Whether cover and letter read the same; opening hours are kept and stand in neither (LEAD-86)."""
        return (self.name, self.legal_name, self.address, self.phone, self.email) == (
            other.name,
            other.legal_name,
            other.address,
            other.phone,
            other.email,
        )


class PacketContent(Content, frozen=True, kw_only=True):
    guide: Pin | None = None
    studies: tuple[Pin, ...] = ()
    services: tuple[Pin, ...] = ()
    sections: tuple[PacketText, ...] = ()
    clinic: ClinicFacts

    @property
    def pins(self) -> tuple[Pin, ...]:
        return (*((self.guide,) if self.guide else ()), *self.studies, *self.services)

    def words(self, role: PacketRole) -> str:
        """The packet's own text in that place, as prose; empty where it has none."""
        return next((section.html for section in self.sections if section.role == role), "")

    @property
    def subject(self) -> str:
        """What it is about, as the form says it: ``ALS``; empty for the general packet."""
        return " and ".join(mark.short_name or mark.name for mark in self.conditions)


UPGRADES: Mapping[int, Upgrade] = {}


def packet_content(stored: Mapping[str, Any]) -> PacketContent:
    return load(stored, PacketContent, UPGRADES)
