"""The ladder of notices, and the traps of their direction: the notice is never the retracted paper (pure)."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import Literal

from .base import Notice

LADDER = ("retracted", "partly_retracted", "concern", "corrected", "new_version", "none")

_PUBMED_ABOUT_THIS = {
    "RetractionIn": "retracted",
    "RetractedandRepublishedIn": "retracted",
    "PartialRetractionIn": "partly_retracted",
    "ExpressionOfConcernIn": "concern",
    "ErratumIn": "corrected",
    "CorrectedandRepublishedIn": "corrected",
    "UpdateIn": "new_version",
}
_PUBMED_OF_OTHERS = {
    "RetractionOf": "retracted",
    "RetractedandRepublishedFrom": "retracted",
    "PartialRetractionOf": "partly_retracted",
    "ExpressionOfConcernFor": "concern",
    "ErratumFor": "corrected",
    "CorrectedandRepublishedFrom": "corrected",
    "UpdateOf": "new_version",
}
MEDLINE_TAGS = {
    "RIN": "RetractionIn", "RRI": "RetractedandRepublishedIn", "PRIN": "PartialRetractionIn",
    "ECI": "ExpressionOfConcernIn", "EIN": "ErratumIn", "CRI": "CorrectedandRepublishedIn", "UIN": "UpdateIn",
    "ROF": "RetractionOf", "RRF": "RetractedandRepublishedFrom", "PROF": "PartialRetractionOf",
    "ECF": "ExpressionOfConcernFor", "EFR": "ErratumFor", "CRF": "CorrectedandRepublishedFrom", "UOF": "UpdateOf",
    "RPI": "RepublishedIn", "RPF": "RepublishedFrom", "CIN": "CommentIn", "CON": "CommentOn",
    "SPIN": "SummaryForPatientsIn", "ORI": "OriginalReportIn", "DDIN": "DatasetDescriptionIn",
}  # fmt: skip
_CROSSREF = {
    "retraction": "retracted",
    "withdrawal": "retracted",
    "removal": "retracted",
    "partial_retraction": "partly_retracted",
    "expression_of_concern": "concern",
    "correction": "corrected",
    "corrigendum": "corrected",
    "erratum": "corrected",
    "addendum": "corrected",
    "clarification": "corrected",
    "new_version": "new_version",
    "new_edition": "new_version",
}
_NOTICE_TYPES = re.compile(
    r"^(?:retraction of publication|retraction notice|published erratum|expression of concern)$", re.IGNORECASE
)
_RETRACTION_NOTICE_TYPES = re.compile(r"^retraction (?:of publication|notice)$", re.IGNORECASE)
NOTICE_TITLE = re.compile(
    r"^\s*\[?(?P<word>retraction(?:\s+note|\s+notice)?|withdrawal notice|notice of (?:retraction|withdrawal)"
    r"|corrections?|corrigendum|erratum|errata|addendum|(?:editorial )?expression of concern"
    r"|statement of retraction|removal notice)"
    r"(?:\s*(?:to|for|of|on)?\s*[:—–-]|\s+(?:to|for|of)\b|\s*[.\]]|\s*$)",
    re.IGNORECASE,
)
RETRACTED_TITLE = re.compile(r"^\s*(?:retracted|withdrawn|removed)(?:\s+article)?\s*[:—–-]\s*", re.IGNORECASE)


_BY_LETTERS = {name.casefold(): name for name in (*_PUBMED_ABOUT_THIS, *_PUBMED_OF_OTHERS)}


def ref_type_of(said: str) -> str:
    """A link's type as the long answer writes it: "Retraction in" is ``RetractionIn``."""
    letters = "".join(said.split())
    return _BY_LETTERS.get(letters.casefold(), letters)


def pubmed_notice(
    ref_type: str, *, source: str, pmid: str = "", doi: str = "", date: str = "", note: str = ""
) -> Notice:
    """A PubMed link by its RefType, with our word for it and the direction it points in."""
    kind, direction = _PUBMED_ABOUT_THIS.get(ref_type, ""), "in"
    if not kind:
        kind, direction = _PUBMED_OF_OTHERS.get(ref_type, ""), "of"
    return Notice(
        type=ref_type,
        kind=kind,
        direction=_direction(direction if kind else ""),
        source=source,
        pmid=pmid,
        doi=doi,
        date=date,
        note=note,
    )


def crossref_notice(
    kind: str, *, direction: Literal["in", "of"], doi: str, date: str, source: str, own_doi: str | None
) -> Notice:
    """An ``updated-by`` (in) or ``update-to`` (of) entry; a new version naming its own DOI is nothing."""
    word = _CROSSREF.get(kind.lower().replace("-", "_").replace(" ", "_"), "")
    if word == "new_version" and own_doi and doi == own_doi:
        word = ""
    return Notice(type=kind, kind=word, direction=direction if word else "", source=source, doi=doi, date=date)


def _direction(word: str) -> Literal["in", "of", ""]:
    return "in" if word == "in" else "of" if word == "of" else ""


def read_standing(
    notices: Sequence[Notice], *, pub_types: Iterable[str] = (), title: str = "", own_doi: str | None = None
) -> tuple[str, bool]:
    """The worst thing that happened to this paper, and whether it is itself a notice (EVD-51)."""
    types = tuple(pub_types)
    removed_in_place = any(
        one.direction == "of" and one.kind == "retracted" and own_doi and one.doi == own_doi for one in notices
    )
    of_others = [
        one
        for one in notices
        if one.direction == "of" and one.kind != "new_version" and not (own_doi and one.doi == own_doi)
    ]
    is_notice = bool(of_others) or any(_NOTICE_TYPES.match(one) for one in types) or bool(NOTICE_TITLE.match(title))
    if "Retracted Publication" in types or removed_in_place:
        return "retracted", False
    if is_notice:
        return ("retraction_notice" if _announces_retraction(of_others, types, title) else "none"), True
    states = [one.kind for one in notices if one.direction == "in" and one.kind]
    if RETRACTED_TITLE.match(title):
        states.append("retracted")
    return min(states, key=LADDER.index, default="none"), False


def _announces_retraction(of_others: Iterable[Notice], types: Iterable[str], title: str) -> bool:
    named = NOTICE_TITLE.match(title)
    return (
        any(one.kind in ("retracted", "partly_retracted") for one in of_others)
        or any(_RETRACTION_NOTICE_TYPES.match(one) for one in types)
        or bool(named and re.search("retract|withdraw|removal", named["word"], re.IGNORECASE))
    )
