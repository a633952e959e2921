"""What a reader chose in the library, and the one address of every choice. Pure."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import urlencode

from ..models import LibraryEntry, Reference, Study

LONGEST = 200

DESIGNS = {
    Study.Design.RANDOMISED.value: "Groups formed by chance",
    Study.Design.CONTROLLED.value: "Compared with another group, not by chance",
    Study.Design.HISTORICAL.value: "Compared with past records",
    Study.Design.SINGLE_ARM.value: "One group, everyone treated",
    Study.Design.CASE.value: "Case report",
    Study.Design.OBSERVATIONAL.value: "Observed, not assigned",
    Study.Design.REVIEW.value: "Review of studies",
    Study.Design.LABORATORY.value: "Animals or laboratory",
}
PHASES = {phase: f"Phase {phase}" for phase in ("1", "1/2", "2", "2/3", "3", "4")}
PEOPLE = {str(number): f"{number} people or more" for number in (10, 20, 50, 100, 200, 500)}
CERTAINTY = {"high": "High", "moderate": "Moderate", "low": "Low", "very-low": "Very low"}
RESULTS = {"published": "Results are published", "none": "No results yet"}
STATUSES = {value: str(label) for value, label in LibraryEntry.Registry.choices}
STANDINGS = {
    "none": "No notice known",
    "newer-version": "Newer version published",
    Reference.Standing.CORRECTED.value: "Corrected",
    Reference.Standing.CONCERN.value: "Expression of concern",
    "partly-retracted": "Partly retracted",
    Reference.Standing.RETRACTED.value: "Retracted",
}
SORTS = {"year": "Newest first", "people": "Most people first", "certainty": "Surest first"}

LEVELS = {"high": 4, "moderate": 3, "low": 2, "very-low": 1}
STANDING_VALUES = {
    "none": "",
    "newer-version": Reference.Standing.NEWER.value,
    "partly-retracted": Reference.Standing.PARTLY_RETRACTED.value,
}
"""Values of an address that differ from those that are stored."""

FILTERS = ("condition", "treatment", "design", "phase", "people", "certainty", "results", "status", "standing", "year")
PARAMETERS = tuple(sorted((*FILTERS, "q", "sort")))
"""All that an address of the library may say, besides the page's number, in the order of its one address."""

_KNOWN: dict[str, Mapping[str, str]] = {
    "design": DESIGNS,
    "phase": PHASES,
    "people": PEOPLE,
    "certainty": CERTAINTY,
    "results": RESULTS,
    "status": STATUSES,
    "standing": STANDINGS,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """A view of the library; empty where nothing was chosen."""

    q: str = ""
    condition: str = ""
    treatment: str = ""
    design: str = ""
    phase: str = ""
    people: str = ""
    certainty: str = ""
    results: str = ""
    status: str = ""
    standing: str = ""
    year: str = ""
    """Published in this year or later."""
    sort: str = ""

    @property
    def filters(self) -> tuple[str, ...]:
        """Names of what was chosen, in the order in which they are shown."""
        return tuple(name for name in FILTERS if getattr(self, name))

    @property
    def is_plain(self) -> bool:
        return self == Choice()

    @property
    def query(self) -> str:
        said = ((name, getattr(self, name)) for name in PARAMETERS)
        return urlencode([(name, value) for name, value in said if value])

    def address(self, path: str) -> str:
        return f"{path}?{self.query}" if self.query else path

    def without(self, *names: str) -> Choice:
        return replace(self, **dict.fromkeys(names, ""))

    def sorted_by(self, sort: str) -> Choice:
        return replace(self, sort="" if sort == "year" and not self.q else sort)


def read(given: Mapping[str, str], *, knows: Callable[[str, str], bool]) -> Choice:
    """What ``given`` asks for; what nobody can choose is dropped. ``knows`` tells a condition, treatment or year."""
    values: dict[str, Any] = {"q": " ".join(given.get("q", "").replace("\x00", " ").split())[:LONGEST].strip()}
    for name, known in _KNOWN.items():
        values[name] = given[name] if given.get(name) in known else ""
    for name in ("condition", "treatment", "year"):
        value = given.get(name, "")
        values[name] = value if value and len(value) <= 80 and value.isprintable() and knows(name, value) else ""
    sort = given.get("sort", "")
    values["sort"] = sort if sort in SORTS and (sort != "year" or values["q"]) else ""
    return Choice(**values)


def is_clean(given: Mapping[str, str], choice: Choice) -> bool:
    """Whether everything that ``given`` says under our names was understood."""
    return all(getattr(choice, name) == given[name] for name in PARAMETERS if given.get(name))
