"""One packet as a document: everything that the page and the booklet say, in the order they say it. Pure."""

from __future__ import annotations

import datetime
import hashlib
import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

import msgspec

from articles import content as articles
from stemsite.publishing.content import Citation
from stemsite.publishing.models import SignOff
from studies import evidence
from studies.content import Count, StudyContent
from studies.rendering import MOST_MARKS, certainty_of, in_words, linked, links_of

from .blocks import Block, Run, blocks_of, heading, paragraph, runs_of
from .content import ClinicFacts, PacketContent
from .sources import ShownStudy, Sources

TEMPLATE = 1
"""Raised whenever the same content would be set otherwise: kept with every packet that is sent (LEAD-89)."""

IMPERSONAL = "Dear reader,"
LONGEST_NAME = 120
LONGEST_WORD = 24

_SHOWN = re.compile(
    r"[ \-.'’\u02BC·A-Za-z\u00C0-\u024F\u0300-\u0338\u0370-\u03FF\u0400-\u045F\u0490-\u0493\u1E00-\u1EFF]+"
)
"""Letters of names that the booklet's own fonts have: Latin, Greek and Cyrillic."""


_ADDRESS = re.compile(r"(?:https?://|www\.)[^\s<>]+")


class Group(msgspec.Struct, frozen=True):
    """People with one outcome, drawn as that many marks."""

    label: str
    people: int
    direction: str


class StudyEntry(msgspec.Struct, frozen=True, omit_defaults=True):
    """One row of the study table."""

    number: int | None
    year: str
    title: str
    given: str
    design: str
    people: str
    compared: str
    outcome: str
    groups: tuple[Group, ...]
    deaths: str
    death_groups: tuple[Group, ...]
    harms: tuple[str, ...]
    funding: str
    certainty: str
    limits: str
    alarm: str = ""
    """What stands in the place of results where the paper or our summary was withdrawn."""
    note: str = ""


class Chapter(msgspec.Struct, frozen=True, omit_defaults=True):
    anchor: str
    heading: str
    kind: str = "text"
    """``notice``, ``studies`` and ``questions`` are set in their own way."""
    blocks: tuple[Block, ...] = ()
    studies: tuple[StudyEntry, ...] = ()


class Source(msgspec.Struct, frozen=True, omit_defaults=True):
    """A numbered reference with its links."""

    number: int
    runs: tuple[Run, ...]
    links: tuple[tuple[str, str], ...] = ()
    label: str = ""


class Document(msgspec.Struct, frozen=True):
    title: str
    subtitle: str
    language: str
    clinic: ClinicFacts
    site: str
    version: str
    made_on: str
    reviewer: str
    reviewed_on: str
    due_on: str
    letter: tuple[Block, ...]
    chapters: tuple[Chapter, ...]
    references: tuple[Source, ...]
    disclaimer: tuple[Block, ...]
    made_from: tuple[str, ...]
    people: int
    """In all studies shown that have results; drawn on the cover."""
    people_words: str
    preview: bool

    @property
    def data_hash(self) -> str:
        """SHA-256 of all that is said, without the reader's name: which exact words were sent (LEAD-92)."""
        encoded = msgspec.json.encode(self, order="sorted")
        return hashlib.sha256(encoded + f"template {TEMPLATE}".encode()).hexdigest()


@dataclass(slots=True)
class _Numbering:
    """Numbers by first appearance over the whole packet."""

    known: dict[int, Citation]
    numbers: dict[int, int] = field(default_factory=dict)

    def number(self, reference: int) -> int | None:
        if reference not in self.known:
            return None
        return self.numbers.setdefault(reference, len(self.numbers) + 1)


def document(
    found: PacketContent,
    sources: Sources,
    *,
    signed: SignOff | None,
    version: str,
    made_on: datetime.date,
    site_url: str,
    preview: bool = False,
) -> Document:
    """``found`` with its ``sources``, as reviewed by whoever ``signed``, as it reads on the day ``made_on``."""
    known = {**sources.citations, **{citation.reference: citation for citation in found.citations}}
    writing = _Writing(found=found, sources=sources, numbering=_Numbering(known=known), site_url=site_url)
    letter = writing.own("letter")
    counted = [shown.study.people or 0 for shown in sources.studies if shown.study.has_results and not _alarm(shown)]
    people, reported = sum(counted), len(counted)
    chapters = tuple(chapter for chapter in writing.chapters() if chapter.blocks or chapter.studies)
    return Document(
        title=found.title,
        subtitle=found.summary,
        language=found.language,
        clinic=found.clinic,
        site=site_url,
        version=version,
        made_on=in_words(made_on),
        reviewer=_reviewer(signed),
        reviewed_on=in_words(signed.reviewed_on) if signed else "",
        due_on=in_words(signed.review_due_on) if signed else "",
        letter=letter,
        chapters=chapters,
        references=writing.references(),
        disclaimer=_notice(found, "disclaimer"),
        made_from=tuple(f"{pin.title}, {pin.edition} ({pin.hash[:8]})" for pin in found.pins),
        people=people,
        people_words=_people_words(people, reported),
        preview=preview,
    )


def _people_words(people: int, studies: int) -> str:
    if not people:
        return ""
    where = "the one study" if studies == 1 else f"all {studies} studies"
    return f"Each circle is one person: {evidence.counted(people)} took part in {where} with results in this packet."


def _reviewer(signed: SignOff | None) -> str:
    return ", ".join(filter(None, (signed.name, signed.credentials))) if signed else ""


@dataclass(slots=True)
class _Writing:
    found: PacketContent
    sources: Sources
    numbering: _Numbering
    site_url: str

    def own(self, role: str) -> tuple[Block, ...]:
        html = next((section.html for section in self.found.sections if section.role == role), "")
        return self.read(html)

    def read(self, html: str) -> tuple[Block, ...]:
        return blocks_of(html, self.numbering.number, site_url=self.site_url)

    def chapters(self) -> Iterator[Chapter]:
        subject = self.found.subject
        in_short = self.guide("key points", "what it is")
        yield Chapter(anchor="in-short", heading=f"{subject} in short" if subject else "In short", blocks=in_short)
        yield Chapter(
            anchor="status", heading="What you should know first", kind="notice", blocks=tuple(self.notices())
        )
        yield Chapter(
            anchor="unknowns",
            heading="What is not known",
            blocks=(*self.guide("unknowns"), *self.own("unknowns")),
        )
        yield self.studies()
        yield Chapter(anchor="harms", heading="Possible harms", blocks=self.guide("harms"))
        yield Chapter(
            anchor="process",
            heading="How it works and what it costs",
            blocks=(*self.own("process"), *self.services()),
        )
        yield Chapter(
            anchor="options",
            heading="Other options",
            blocks=(*self.guide("treatments"), *self.registered(), *self.own("options")),
        )
        yield Chapter(
            anchor="questions",
            heading="Questions to ask any clinic, ours included",
            kind="questions",
            blocks=_one_list((*self.guide("questions"), *self.own("questions"))),
        )

    def notices(self) -> Iterator[Block]:
        yield from _notice(self.found, "status_full")
        for kind in ("conflict_yes", "conflict_no"):
            yield from _notice(self.found, kind)
        for law in self.found.laws:
            yield Block(kind="statute-largest" if law.is_largest else "statute", runs=(Run(text=law.text),))
        yield from _notice(self.found, "statute_after")

    def guide(self, *roles: str) -> tuple[Block, ...]:
        guide = self.sources.guide
        if guide is None or self.sources.guide_withdrawn:
            return ()
        found: list[Block] = []
        for role in roles:
            for index, section in enumerate(section for section in guide.sections if section.role == role):
                found += self.section(section, headed=index > 0)
        return tuple(found)

    def services(self) -> tuple[Block, ...]:
        found: list[Block] = []
        for page in self.sources.services:
            found.append(heading(page.title))
            for section in page.sections:
                found += self.section(section, headed=True)
        return tuple(found)

    def section(self, section: articles.AnySection, *, headed: bool) -> list[Block]:
        """A page's section as blocks; what only works on a screen (figures, cards, calls to action) is left out."""
        head = [heading(section.heading)] if headed and section.heading else []
        match section:
            case articles.Text():
                return [*head, *self.read(section.html)]
            case articles.Points() | articles.Checklist():
                intro = [paragraph(section.intro)] if section.intro else []
                ordered = isinstance(section, articles.Points) and section.ordered
                items = tuple(self.read(item) for item in section.items)
                return [*head, *intro, Block(kind="ol" if ordered else "ul", items=items)]
            case articles.Callout():
                return [Block(kind="callout", runs=(Run(text=section.heading),), items=(self.read(section.html),))]
            case articles.Faq():
                answers = [
                    block for each in section.questions for block in (heading(each.question), *self.read(each.html))
                ]
                return [*head, *self.read(section.html), *answers]
        return []

    def registered(self) -> Iterator[Block]:
        """Trials that are registered and have no results yet (LEAD-87)."""
        items = [
            (Block(kind="p", runs=tuple(_registered(registration.title or shown.study.title, registration))),)
            for shown in self.sources.studies
            if not shown.study.has_results
            for registration in shown.study.registrations
        ]
        if items:
            yield heading("Registered trials in the table above")
            yield Block(kind="ul", items=tuple(items))

    def studies(self) -> Chapter:
        entries = tuple(self.study(shown) for shown in self.sources.studies)
        return Chapter(anchor="studies", heading="What studies have found", kind="studies", studies=entries)

    def study(self, shown: ShownStudy) -> StudyEntry:
        study = shown.study
        alarm = _alarm(shown)
        number = self.numbering.number(study.primary.reference) if study.primary else None
        limits = evidence.limits(study)
        return StudyEntry(
            number=number,
            year=str(study.year) if study.year else "",
            title=study.heading or study.title,
            given=study.cells,
            design=_sentence(_design(study)),
            people=_sentence(evidence.people_words(study)),
            compared=_sentence(evidence.fact_words(study.comparator, "what it was compared with")),
            outcome="" if alarm else evidence.outcome_sentence(study),
            groups=() if alarm else _groups(study),
            deaths=_counted(study.deaths, "Deaths", "how many people died")
            if study.has_results
            else evidence.harms_sentence(study),
            death_groups=_deaths(study.deaths),
            harms=_harms(study),
            funding=_sentence(evidence.fact_words(study.funder, "who paid for the study")),
            certainty=certainty_of(study, shown.standing).words,
            limits=limits[0] if limits else "",
            alarm=alarm,
            note=study.product_status,
        )

    def references(self) -> tuple[Source, ...]:
        return tuple(
            Source(
                number=number,
                runs=runs_of(linked(citation)),
                links=links_of(citation),
                label=standing.label if (standing := self.sources.standing.get(pk)) else "",
            )
            for pk, number in sorted(self.numbering.numbers.items(), key=lambda pair: pair[1])
            if (citation := self.numbering.known[pk])
        )


def _alarm(shown: ShownStudy) -> str:
    """Said in the place of results: the paper is retracted or in doubt, or our own summary was withdrawn (LEAD-85)."""
    if shown.withdrawn:
        return f"Our summary of this study was {shown.withdrawn}"
    if shown.standing is not None and shown.standing.tone == "alarm":
        return f"{shown.standing.label}. {shown.standing.sentence}"
    return ""


def _design(study: StudyContent) -> str:
    parts = (
        f"Phase {study.phase}" if study.phase else "",
        evidence.DESIGN_WORDS[study.design],
        evidence.MASKING_WORDS[study.masking] if study.masking else "",
    )
    return ". ".join(filter(None, parts))


def _groups(study: StudyContent) -> tuple[Group, ...]:
    if sum(group.people for group in study.outcome_groups) > MOST_MARKS:
        return ()
    return tuple(
        Group(label=group.label, people=group.people, direction=group.direction) for group in study.outcome_groups
    )


def _deaths(deaths: Count) -> tuple[Group, ...]:
    """Deaths as large as outcomes, only where both count and denominator are known."""
    if deaths.known != "stated" or not deaths.people or not deaths.of or deaths.of > MOST_MARKS:
        return ()
    rest = deaths.of - deaths.people
    return (
        Group(label="died", people=deaths.people, direction="death"),
        Group(label="alive or not counted", people=rest, direction="same"),
    )


def _counted(count: Count, term: str, what: str) -> str:
    words = evidence.count_words(count, what)
    return f"{term}: {words}" if count.known == "stated" else words


def _harms(study: StudyContent) -> tuple[str, ...]:
    """Serious harms and others, each as its own sentence; none can be known before there are results."""
    if not study.has_results:
        return ()
    others = evidence.fact_words(study.other_harms, "other harms")
    return (
        _counted(study.serious_harms, "Serious harms", "how many people had serious harms"),
        f"Other harms: {others}" if study.other_harms.known == "stated" else others,
    )


def _sentence(text: str) -> str:
    """``text`` beginning with a capital and ending in a stop, so that pieces can stand behind each other."""
    text = text.strip()
    return f"{text[:1].upper()}{text[1:]}{'' if text.endswith(('.', '?', '!')) else '.'}" if text else ""


def _registered(title: str, registration: object) -> Iterator[Run]:
    number = getattr(registration, "number", "")
    url = getattr(registration, "url", "")
    status = getattr(registration, "status", "")
    yield Run(text=f"{title.rstrip('.')}. {getattr(registration, 'registry', '')} ")
    yield Run(text=number, href=url if url.startswith(("https://", "http://")) else "")
    yield Run(text=f". {_sentence(status)}" if status else ".")


def _notice(found: PacketContent, kind: str) -> tuple[Block, ...]:
    wording = found.notice(kind)
    if wording is None:
        return ()
    lead = (Run(text=f"{wording.lead} ", bold=True),) if wording.lead else ()
    paragraphs = [" ".join(part.split()) for part in re.split(r"\n\s*\n", wording.text) if part.strip()]
    first, *rest = [tuple(_linked(text)) for text in paragraphs or [""]]
    return (Block(kind="p", runs=(*lead, *first)), *(Block(kind="p", runs=runs) for runs in rest))


def _linked(text: str) -> Iterator[Run]:
    """``text`` with each address in it as a link."""
    end = 0
    for found in _ADDRESS.finditer(text):
        yield Run(text=text[end : found.start()])
        words = found[0].rstrip(".,;:)")
        yield Run(text=words, href=words if words.startswith("http") else f"https://{words}")
        end = found.start() + len(words)
    yield Run(text=text[end:])


def _one_list(blocks: Iterable[Block]) -> tuple[Block, ...]:
    """The items of all lists as one, every question once; what stands between lists comes before it."""
    items: dict[str, tuple[Block, ...]] = {}
    others: list[Block] = []
    for block in blocks:
        if block.kind in {"ul", "ol"}:
            for item in block.items:
                items.setdefault("".join(run.text for part in item for run in part.runs), item)
        else:
            others.append(block)
    return (*others, *((Block(kind="ul", items=tuple(items.values())),) if items else ()))


def printable_name(name: str) -> str:
    """``name`` as the booklet can show it; empty where it cannot, and the letter is then impersonal (LEAD-90)."""
    plain = unicodedata.normalize("NFC", name)
    plain = " ".join("".join(letter if letter.isprintable() else " " for letter in plain).split())[:LONGEST_NAME]
    if not plain or not _SHOWN.fullmatch(plain) or not any(letter.isalpha() for letter in plain):
        return ""
    return plain


def breakable(name: str) -> str:
    """``name`` with places where a very long word may break, so that it stays on the page."""
    return " ".join(
        "\u200b".join(word[place : place + LONGEST_WORD] for place in range(0, len(word), LONGEST_WORD))
        for word in name.split()
    )


def salutation(name: str) -> str:
    shown = printable_name(name)
    return f"Dear {shown}," if shown else IMPERSONAL
