"""The one record every registry and file format is translated to, and what may be said instead (pure)."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, field, fields
from typing import Any, Literal

SourceErrorKind = Literal[
    "timeout", "refused", "rate limited", "server", "bad answer", "too large", "offline", "resting"
]


class RecordNotFound(Exception):
    """The source answered, and has no such record."""


class SourceError(Exception):
    """The source could not be asked, or did not answer properly; nothing follows from that about the record."""

    def __init__(self, kind: SourceErrorKind, message: str, *, retry_after: float | None = None) -> None:
        super().__init__(message)
        self.kind = kind
        self.retry_after = retry_after


class FileRefused(Exception):
    """A whole file that will not be read; the sentence says why and what to do."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Author:
    """A person by family and given names, or a group by its ``literal`` name."""

    family: str = ""
    given: str = ""
    suffix: str = ""
    literal: str = ""

    @property
    def name(self) -> str:
        return self.literal or self.family

    def as_json(self) -> dict[str, str]:
        if self.literal:
            return {"literal": self.literal}
        return {"family": self.family, "given": self.given, "suffix": self.suffix}


@dataclass(frozen=True, slots=True, kw_only=True)
class PartialDate:
    """The words of the source, and of them what is certain; nothing is invented (EVD-05)."""

    raw: str = ""
    year: int | None = None
    month: int | None = None
    day: int | None = None
    years: tuple[int, ...] = field(default=(), compare=False)
    """Every year the words name: two for ``1998 Dec-1999 Jan``."""

    def as_json(self) -> dict[str, Any] | None:
        known = bool(self.raw or self.year)
        return {"raw": self.raw, "year": self.year, "month": self.month, "day": self.day} if known else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """A link between a paper and a notice: ``in`` is about this paper, ``of`` makes this record the notice."""

    type: str
    kind: str = ""
    direction: Literal["in", "of", ""] = ""
    source: str = ""
    doi: str = ""
    pmid: str = ""
    date: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Relation:
    """Another work this record names, and how: a preprint of it, the results of a trial."""

    kind: str
    id_type: str
    id: str
    text: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class TrialFacts:
    """What a registration says about its trial; empty where it does not say."""

    status: str = ""
    last_known_status: str = ""
    why_stopped: str = ""
    study_type: str = ""
    phases: tuple[str, ...] = ()
    allocation: str = ""
    intervention_model: str = ""
    observational_model: str = ""
    masking: str = ""
    who_masked: tuple[str, ...] = ()
    enrollment: int | None = None
    enrollment_type: str = ""
    sponsor: str = ""
    collaborators: tuple[str, ...] = ()
    conditions: tuple[str, ...] = ()
    interventions: tuple[str, ...] = ()
    primary_outcomes: tuple[tuple[str, str], ...] = ()
    arms: tuple[tuple[str, str], ...] = ()
    locations: tuple[str, ...] = ()
    minimum_age: str = ""
    maximum_age: str = ""
    acronym: str = ""
    has_results: bool = False
    start: str = ""
    completion: str = ""
    completion_type: str = ""
    first_posted: str = ""
    last_updated: str = ""
    results_posted: str = ""
    harms: tuple[HarmsOfArm, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class HarmsOfArm:
    """Deaths and serious harms of one arm, each with its denominator."""

    arm: str
    deaths: int | None = None
    deaths_of: int | None = None
    serious: int | None = None
    serious_of: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class StudyRecord:
    """What a registry or a file says about one work (EVD-04)."""

    id: str = ""
    source: str = ""
    type: str = "journal"
    pmid: str | None = None
    doi: str | None = None
    pmcid: str | None = None
    title: str = ""
    title_html: str = ""
    alt_titles: tuple[str, ...] = ()
    translated: bool = False
    authors: tuple[Author, ...] = ()
    editors: tuple[Author, ...] = ()
    journal: str = ""
    journal_abbr: tuple[str, ...] = ()
    issn: tuple[str, ...] = ()
    years: tuple[int, ...] = ()
    date: PartialDate = PartialDate()
    online_date: PartialDate = PartialDate()
    volume: str = ""
    issue: str = ""
    pages: str = ""
    article_number: str = ""
    pub_types: tuple[str, ...] = ()
    languages: tuple[str, ...] = ()
    abstract: tuple[tuple[str, str], ...] = ()
    nct: tuple[str, ...] = ()
    trial_ids: tuple[tuple[str, str], ...] = ()
    grants: tuple[str, ...] = ()
    coi: str = ""
    relations: tuple[Relation, ...] = ()
    notices: tuple[Notice, ...] = ()
    integrity: str = "none"
    is_notice: bool = False
    publisher: str = ""
    url: str = ""
    trial: TrialFacts | None = None
    people: int | None = None
    """How many took part, where somebody read the report and said so."""
    problems: tuple[str, ...] = ()
    unmapped: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    @property
    def year(self) -> int | None:
        return self.date.year or (self.years[0] if self.years else None)

    @property
    def is_bare(self) -> bool:
        """Hardly more than a number: it has neither a title nor authors."""
        return not self.title and not self.alt_titles and not self.authors

    def as_json(self) -> dict[str, Any]:
        """Plain values under the names of the specification; missing is ``null``, ``""`` or ``[]``."""
        plain = asdict(self)
        plain |= {
            "authors": [author.as_json() for author in self.authors],
            "editors": [author.as_json() for author in self.editors],
            "date": self.date.as_json(),
            "online_date": self.online_date.as_json(),
            "abstract": [{"label": label, "text": text} for label, text in self.abstract],
            "trial_ids": [{"registry": registry, "id": number} for registry, number in self.trial_ids],
            "unmapped": {name: list(values) for name, values in self.unmapped.items()},
        }
        return plain

    def content_sha256(self) -> str:
        """Change is judged by what the record says, not by the bytes it came in (EVD-32)."""
        content = {name: value for name, value in self.as_json().items() if name not in ("problems", "unmapped")}
        return hashlib.sha256(json.dumps(content, sort_keys=True, ensure_ascii=False).encode()).hexdigest()


_TUPLES_OF_TEXT = ("alt_titles", "journal_abbr", "issn", "pub_types", "languages", "nct", "grants", "problems")


def from_json(plain: Mapping[str, Any]) -> StudyRecord:
    """A record from its JSON form; keys may be missing, lists may be null, extra keys are ignored."""
    known = {one.name for one in fields(StudyRecord)}
    values = {name: value for name, value in plain.items() if name in known and value is not None}
    for name in _TUPLES_OF_TEXT:
        if name in values:
            values[name] = tuple(_texts(values[name]))
    for name in ("authors", "editors"):
        values[name] = tuple(_author(one) for one in values.get(name) or ())
    for name in ("title", "journal", "volume", "issue", "pages", "article_number", "id", "url", "publisher"):
        values[name] = str(values.get(name, ""))
    for name in ("pmid", "doi", "pmcid"):
        values[name] = str(values[name]) if values.get(name) else None
    values["years"] = tuple(year for year in values.get("years", ()) if isinstance(year, int))
    for name in ("date", "online_date"):
        values[name] = _date(values.get(name))
    values["notices"] = tuple(_notice(one) for one in values.get("notices") or ())
    values["relations"] = tuple(Relation(**one) for one in values.get("relations") or ())
    values["abstract"] = tuple((one.get("label", ""), one.get("text", "")) for one in values.get("abstract") or ())
    values["trial_ids"] = tuple((one.get("registry", ""), one.get("id", "")) for one in values.get("trial_ids") or ())
    values["unmapped"] = {name: tuple(_texts(given)) for name, given in (values.get("unmapped") or {}).items()}
    values["trial"] = _trial(values["trial"]) if values.get("trial") else None
    return StudyRecord(**values)


def _texts(given: Any) -> Iterator[str]:
    for one in [given] if isinstance(given, str) else given or ():
        if one is not None:
            yield str(one)


def _date(plain: object) -> PartialDate:
    if not isinstance(plain, Mapping):
        return PartialDate()
    year = plain.get("year")
    years = (year,) if isinstance(year, int) else ()
    return PartialDate(
        raw=plain.get("raw") or "", year=year, month=plain.get("month"), day=plain.get("day"), years=years
    )


def _author(plain: Mapping[str, Any]) -> Author:
    return Author(**{name: str(plain.get(name) or "") for name in ("family", "given", "suffix", "literal")})


def _notice(plain: Mapping[str, Any]) -> Notice:
    """Our own form, PubMed's or Crossref's: all three occur in files of records."""
    directions: dict[Any, Literal["in", "of"]] = {"in": "in", "of": "of"}
    return Notice(
        type=str(plain.get("type") or ""),
        kind=str(plain.get("kind") or ""),
        direction=directions.get(plain.get("direction"), ""),
        source=str(plain.get("source") or ""),
        doi=str(plain.get("doi") or plain.get("DOI") or "").lower(),
        pmid=str(plain.get("pmid") or ""),
        date=str(plain.get("date") or ""),
        note=str(plain.get("note") or ""),
    )


def _trial(plain: Mapping[str, Any]) -> TrialFacts:
    def tuples(value: Any) -> Any:
        return tuple(tuples(one) for one in value) if isinstance(value, list | tuple) else value

    harms = tuple(HarmsOfArm(**one) for one in plain.get("harms") or ())
    return TrialFacts(**{name: tuples(value) for name, value in plain.items() if name != "harms"}, harms=harms)


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One record start of a file: a record, or the reason why there is none (EVD-13)."""

    number: int
    line: int = 0
    record: StudyRecord | None = None
    problem: str = ""
    original: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """A file read to its end: one row for every record that begins in it."""

    format: str
    rows: tuple[Row, ...]

    @property
    def records(self) -> list[StudyRecord]:
        return [row.record for row in self.rows if row.record]
