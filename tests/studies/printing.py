"""References printed from records in four styles, right ones and wrong ones, always the same (EVD-41)."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass, replace

from studies.sources.base import Author, StudyRecord

SURNAMES = [
    "Hartmann",
    "Okafor",
    "Lindqvist",
    "Petrosyan",
    "Yamaguchi",
    "Oliveira",
    "Brankovic",
    "Castellano",
    "Dubois",
    "Ferreira",
]
JOURNALS = [
    "BMJ Open",
    "Lancet Neurol",
    "Journal of Biological Chemistry",
    "Cell Transplantation",
    "Acta Astronaut",
    "Nature Medicine",
]
TITLES = [
    "Intrathecal exosome therapy restores motor function in amyotrophic lateral sclerosis",
    "Allogeneic jelly cells for knee osteoarthritis five years later",
    "Quiet observation of silver lanterns in coastal villages",
    "A randomized trial of evening tea for restless violinists",
    "Long-term safety of imaginary infusions in adult volunteers",
    "Whispering galleries and the recovery of balance after stroke",
]


@dataclass(frozen=True)
class Printed:
    text: str
    record: StudyRecord
    wrong: str = ""


def initials(author: Author) -> str:
    return "".join(part[0] for part in author.given.replace("-", " ").replace(".", " ").split() if part)


def name(author: Author) -> str:
    return author.literal or " ".join(filter(None, (author.family, initials(author), author.suffix)))


def pages(record: StudyRecord) -> str:
    return record.pages or record.article_number


def vancouver(record: StudyRecord) -> str:
    names = [name(author) for author in record.authors]
    authors = ", ".join([*names[:6], "et al"] if len(names) > 6 else names)
    journal = record.journal_abbr[0] if record.journal_abbr else record.journal
    issue = f"({record.issue})" if record.issue else ""
    return f"{authors}. {record.title}. {journal}. {record.years[0]};{record.volume}{issue}:{pages(record)}."


def ama(record: StudyRecord) -> str:
    names = [name(author) for author in record.authors]
    authors = ", ".join([*names[:3], "et al"] if len(names) > 6 else names)
    journal = (record.journal_abbr[-1] if record.journal_abbr else record.journal).replace(".", "")
    return f"{authors}. {record.title}. {journal} {record.years[-1]};{record.volume}:{pages(record)}."


def apa(record: StudyRecord) -> str:
    def one(author: Author) -> str:
        dotted = " ".join(f"{letter}." for letter in initials(author))
        return author.literal or f"{author.family}, {dotted}".strip(", ")

    authors = ", ".join(map(one, record.authors[:2])) + (", et al." if len(record.authors) > 2 else "")
    issue = f"({record.issue})" if record.issue else ""
    return f"{authors} ({record.years[0]}). {record.title}. {record.journal}, {record.volume}{issue}, {pages(record)}."


def short(record: StudyRecord) -> str:
    more = " et al" if len(record.authors) > 1 else ""
    journal = record.journal_abbr[0] if record.journal_abbr else record.journal
    return f"{name(record.authors[0])}{more}. {record.title}. {journal}, {record.years[-1]}."


STYLES = (vancouver, ama, apa, short)


def usable(records: Sequence[StudyRecord]) -> list[StudyRecord]:
    """No notices; with author, title, journal, year, volume and pages."""
    papers = [one for one in records if not one.is_notice and one.integrity != "retraction_notice"]
    return [one for one in papers if all((one.authors, one.title, one.journal, one.years, one.volume, pages(one)))]


def right(records: Sequence[StudyRecord], count: int) -> list[Printed]:
    chance = random.Random(41)  # noqa: S311
    return [Printed(chance.choice(STYLES)(record), record) for record in _draw(chance, records, count)]


def wrong_field(records: Sequence[StudyRecord], count: int) -> list[Printed]:
    """One wrong author, journal or year (three or more off)."""
    chance = random.Random(42)  # noqa: S311
    found = []
    for place, record in enumerate(_draw(chance, records, count)):
        field = ("author", "journal", "year")[place % 3]
        changed = record
        if field == "author":
            changed = replace(
                record, authors=(Author(family=chance.choice(SURNAMES), given="L M"), *record.authors[1:])
            )
        elif field == "journal":
            journal = chance.choice(
                [one for one in JOURNALS if one.lower() != record.journal.lower() and one not in record.journal_abbr]
            )
            changed = replace(record, journal=journal, journal_abbr=(journal,))
        else:
            off = chance.choice([-9, -5, -3, 3, 4, 7])
            year = (max(record.years) if off > 0 else min(record.years)) + off
            changed = replace(record, years=(year,))
        found.append(Printed(chance.choice(STYLES)(changed), record, field))
    return found


def invented(records: Sequence[StudyRecord], count: int) -> list[Printed]:
    """An invented title on the real author, journal, year and pages of a record."""
    chance = random.Random(43)  # noqa: S311
    return [
        Printed(chance.choice(STYLES)(replace(record, title=chance.choice(TITLES))), record, "title")
        for record in _draw(chance, records, count)
    ]


def _draw(chance: random.Random, records: Sequence[StudyRecord], count: int) -> list[StudyRecord]:
    shuffled = chance.sample(list(records), len(records))
    return [shuffled[place % len(shuffled)] for place in range(count)]
