"""The typed shape of a frozen study, and the way from older schema numbers to today's."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal

from msgspec import UNSET, UnsetType

from stemsite.publishing.content import Citation, Content, Frozen, Upgrade, load

SCHEMA = 1

Known = Literal["stated", "not reported", "not confirmed", "missing"]
"""``not reported``: somebody read the report and it does not say. ``not confirmed``: we have not seen it.
``missing``: nobody has said anything yet, which the gate refuses and a preview shows as not confirmed."""

Design = Literal[
    "", "randomised", "controlled", "historical", "single arm", "case", "observational", "review", "laboratory"
]
"""Empty while nobody has said; the gate refuses it, and a preview says nothing about certainty."""
Masking = Literal["none", "single", "double", "triple", "quadruple"]
Direction = Literal["better", "same", "worse"]
Offered = Literal["no", "other cells", "yes"]
Level = Literal["very low", "low", "moderate", "high"]
PaperRole = Literal["results", "follow-up", "protocol", "secondary"]
StudyRole = Literal["methods", "people", "results", "harms", "limits", "money"]


class Reading(Frozen, frozen=True, kw_only=True):
    """Who read the report of which we say that it does not report something, and when."""

    id: int
    """Of the account."""
    name: str
    on: str


class Fact(Frozen, frozen=True, kw_only=True):
    """One line of the facts box in words; empty exactly when it is not stated."""

    text: str = ""
    known: Known = "stated"
    passage: str = ""
    """Where the report says it, for staff."""
    read: Reading | UnsetType = UNSET
    """With "not reported", for staff; left out in versions that are older than the question."""


class Count(Frozen, frozen=True, kw_only=True):
    """People counted, with their denominator; ``people`` is none exactly when it is not stated."""

    people: int | None = None
    of: int | None = None
    note: str = ""
    known: Known = "stated"
    passage: str = ""
    read: Reading | UnsetType = UNSET


class OutcomeGroup(Frozen, frozen=True, kw_only=True):
    """People with one outcome, such as 33 who "declined at the same rate"."""

    label: str
    people: int
    direction: Direction


class StudySection(Frozen, frozen=True, kw_only=True):
    key: str
    anchor: str
    role: StudyRole
    heading: str
    html: str


class Registration(Frozen, frozen=True, kw_only=True):
    registry: str
    number: str
    title: str = ""
    status: str = ""
    url: str = ""
    started_in: int | UnsetType = UNSET
    """The year in which the study started; left out where it is not known, as it was before anybody asked for it."""


class Coverage(Frozen, frozen=True, kw_only=True):
    """News about the study: never counted, never a study."""

    outlet: str
    headline: str
    url: str
    author: str = ""
    published_on: str = ""
    accessed_on: str = ""


class Paper(Frozen, frozen=True, kw_only=True):
    """A further paper of the study, as the page prints it."""

    role: PaperRole
    citation: Citation

    @property
    def reference(self) -> int:
        return self.citation.reference


class Judged(Frozen, frozen=True, kw_only=True):
    """Another word of certainty than the rule gives, and why; by which account."""

    id: int
    level: Level
    because: str = ""


class StudyContent(Content, frozen=True, kw_only=True):
    official_title: str = ""
    heading: str = ""
    """The year's short headline: ``Wharton's jelly cells, Poland``."""
    year: int | None = None
    """Of the primary paper, else of the start of the registration; typed by a person in the oldest versions."""
    venue: str = ""
    """Journal of the paper, or sponsor of a study known from its registration only."""
    cells: str = ""
    """What was given, in words."""
    design: Design
    phase: str = ""
    randomised: Fact = Fact(known="missing")
    masking: Masking | None = None
    blinding: Fact = Fact(known="missing")
    comparator: Fact = Fact(known="missing")
    enrolled: Count = Count(known="missing")
    enrolled_is_planned: bool = False
    analysed: Count = Count(known="missing")
    where: Fact = Fact(known="missing")
    how_given: Fact = Fact(known="missing")
    follow_up: Fact = Fact(known="missing")
    outcome: Fact = Fact(known="missing")
    """The primary outcome and what was found, in words with counts."""
    outcome_groups: tuple[OutcomeGroup, ...] = ()
    outcome_of: int | None = None
    deaths: Count = Count(known="missing")
    serious_harms: Count = Count(known="missing")
    other_harms: Fact = Fact(known="missing")
    funder: Fact = Fact(known="missing")
    product_status: str = ""
    """What became of the product, such as ``development stopped in February 2023``."""
    has_results: bool = True
    """False for a study known from its registration and announcements only (EVD-86)."""
    is_preprint: bool = False
    one_centre: bool = False
    not_significant: bool = False
    """Chance alone could explain the main difference."""
    surrogate: str = ""
    """What was measured where that is not how people felt, what they could do or how long they lived."""
    seller_paid: bool = False
    stopped_because: str = ""
    """The reason given for stopping early; empty when the study was not stopped."""
    judged: Judged | UnsetType = UNSET
    """Left out where the rule stands, as before anybody could depart from it."""
    offered: Offered = "no"
    """Whether this clinic offers it (PAGE-33)."""
    sections: tuple[StudySection, ...] = ()
    primary: Citation | None = None
    papers: tuple[Paper, ...] | UnsetType = UNSET
    """Further papers; left out where there are none, as before a study could have any."""
    registrations: tuple[Registration, ...] = ()
    coverage: tuple[Coverage, ...] = ()

    @property
    def is_sold(self) -> bool:
        return self.offered == "yes"

    @property
    def further(self) -> tuple[Paper, ...]:
        """Its papers besides the primary one."""
        return self.papers or ()

    @property
    def people(self) -> int | None:
        """People analysed, else enrolled; planned people are not counted."""
        if self.enrolled_is_planned:
            return self.analysed.people
        return self.analysed.people if self.analysed.people is not None else self.enrolled.people


UPGRADES: Mapping[int, Upgrade] = {}


def study_content(stored: Mapping[str, Any]) -> StudyContent:
    return load(stored, StudyContent, UPGRADES)
