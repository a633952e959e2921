"""MEDLINE text (nbib): tags repeat as lists, continuation lines are indented, junk lines occur (pure)."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator
from itertools import pairwise

from studies.identifiers import find, normalise

from . import words
from .base import Author, Notice, Row, StudyRecord
from .limits import KEPT_ORIGINAL, Watch, too_much
from .pubmed_xml import notice_date
from .standing import MEDLINE_TAGS, pubmed_notice, read_standing

_TAG = re.compile(r"^([A-Z][A-Z0-9]{1,3})\s{0,3}-(?:\s|$|(?=\S))(.*)$")
_START = re.compile(r"^PMID\s{0,2}-\s*(\S*)")
_MAPPED = {
    "PMID", "TI", "TT", "BTI", "FAU", "AU", "CN", "TA", "JT", "IS", "DP", "DEP", "VI", "IP", "PG", "LID", "AID", "PMC",
    "PT", "AB", "LA", "SI", "COIS", "GR", "PB",
}  # fmt: skip

Fields = dict[str, list[str]]


def looks_like(text: str) -> bool:
    return bool(re.search(r"^PMID\s{0,2}-\s*\d", text, re.MULTILINE))


def read(text: str, watch: Watch) -> Iterator[Row]:
    """One row for each ``PMID`` line that begins a record."""
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    starts = [number for number, line in enumerate(lines) if _START.match(line)]
    for number, (start, end) in enumerate(pairwise([*starts, len(lines)]), 1):
        watch.record()
        fields = _fields(lines[start:end])
        original = "\n".join(lines[start:end])[:KEPT_ORIGINAL]
        if not normalise("pmid", fields["PMID"][0]):
            yield Row(
                number=number, line=start + 1, problem="The PMID of this record cannot be read.", original=original
            )
            continue
        record = _record(fields)
        problem = too_much(record)
        yield Row(number=number, line=start + 1, record=None if problem else record, problem=problem, original=original)


def _fields(lines: list[str]) -> Fields:
    """Tags in order; an indented line belongs to the value before it, anything else is junk."""
    fields: Fields = defaultdict(list)
    tag = ""
    order: list[tuple[str, str]] = []
    for line in lines:
        if match := _TAG.match(line):
            tag = match[1]
            order.append((tag, match[2].strip()))
        elif line.startswith("   ") and line.strip() and order and tag:
            name, value = order[-1]
            order[-1] = (name, f"{value} {line.strip()}".strip())
        elif not line.strip():
            tag = ""
    for name, value in order:
        fields[name].append(value)
    fields["_authors"] = [f"{name} {value}" for name, value in order if name in ("FAU", "AU", "CN")]
    return fields


def _record(fields: Fields) -> StudyRecord:
    def first(*tags: str) -> str:
        return next((value for tag in tags for value in fields[tag] if value), "")

    pmid = normalise("pmid", first("PMID"))
    title, is_translated = words.translated(words.without_tags(first("TI", "BTI")))
    original_title = words.without_stop(words.without_tags(first("TT")))
    doi = _doi(fields)
    date, online = words.date_in(first("DP")), words.date_in(first("DEP"))
    notices = tuple(_notices(fields))
    pub_types = tuple(fields["PT"])
    integrity, is_notice = read_standing(notices, pub_types=pub_types, title=title, own_doi=doi)
    trial_ids = tuple(_trials(fields))
    authors = tuple(_authors(fields["_authors"]))
    abstract = first("AB")
    ncts = [number for registry, number in trial_ids if registry == "ClinicalTrials.gov"] or [
        one.value for one in find(abstract) if one.registry == "ClinicalTrials.gov"
    ]
    alt = [original_title, words.bare_translation(title) if is_translated else ""]
    return StudyRecord(
        id=f"pmid:{pmid}" if pmid else "",
        source="PubMed",
        type="book" if first("BTI") else "preprint" if "Preprint" in pub_types else "journal",
        pmid=pmid,
        doi=doi,
        pmcid=normalise("pmcid", first("PMC")),
        title=title,
        title_html=words.without_stop(words.title_markup(first("TI", "BTI"))) if title else "",
        alt_titles=tuple(dict.fromkeys(filter(None, alt))),
        translated=is_translated,
        authors=authors,
        journal=first("JT", "TA"),
        journal_abbr=tuple(dict.fromkeys(fields["TA"])),
        issn=tuple(
            dict.fromkeys(match[0] for value in fields["IS"] if (match := re.match(r"\d{4}-\d{3}[\dXx]", value)))
        ),
        years=words.all_years(date, online),
        date=date,
        online_date=online,
        volume=first("VI"),
        issue=first("IP"),
        pages=words.pages(first("PG")),
        pub_types=pub_types,
        languages=tuple(fields["LA"]),
        abstract=(("", abstract),) if abstract else (),
        nct=tuple(dict.fromkeys(ncts)),
        trial_ids=trial_ids,
        grants=tuple(fields["GR"]),
        coi=first("COIS"),
        notices=notices,
        integrity=integrity,
        is_notice=is_notice,
        publisher=first("PB"),
        url=f"https://pubmed.ncbi.nlm.nih.gov/{pmid}/" if pmid else "",
        problems=tuple(words.mojibake_notes(authors[:200])),
        unmapped={
            tag: tuple(values)
            for tag, values in fields.items()
            if tag not in _MAPPED and tag not in MEDLINE_TAGS and tag != "_authors"
        },
    )


def _doi(fields: Fields) -> str | None:
    """``10.1/x [doi]`` in LID or AID, or a bare ``doi:10.1/x``; article numbers stand there as well."""
    stated = [value for tag in ("LID", "AID") for value in fields[tag]]
    marked = [value for value in stated if value.endswith("[doi]")]
    return next(filter(None, (normalise("doi", value.removesuffix("[doi]")) for value in [*marked, *stated])), None)


def _authors(tagged: list[str]) -> Iterator[Author]:
    """FAU and AU come in pairs; an AU alone counts, an AU after its FAU does not."""
    full = False
    for line in tagged:
        tag, _, name = line.partition(" ")
        if tag == "CN" and name:
            yield Author(literal=name)
        elif tag == "FAU" and name:
            family, _, given = name.partition(",")
            suffix = given.rpartition(",")[2].strip() if "," in given else ""
            yield Author(family=family.strip(), given=given.partition(",")[0].strip(), suffix=suffix)
        elif tag == "AU" and name and not full:
            family, _, initials = name.rpartition(" ")
            yield Author(family=family or initials, given=initials if family else "")
        full = tag == "FAU"


def _trials(fields: Fields) -> Iterator[tuple[str, str]]:
    for value in fields["SI"]:
        bank, _, number = value.partition("/")
        if stored := normalise("trial", number):
            yield bank, stored


def _notices(fields: Fields) -> Iterator[Notice]:
    for tag, ref_type in MEDLINE_TAGS.items():
        for value in fields[tag]:
            found = {one.kind: one.value for one in find(value)}
            source = re.sub(r"^[A-Z][a-z ]+(?:in|of|for|from): ", "", value)
            yield pubmed_notice(
                ref_type,
                source=re.sub(r"\s*PMID: ?\d+\.?$", "", source),
                pmid=found.get("pmid", ""),
                doi=found.get("doi", ""),
                date=notice_date(source),
            )
