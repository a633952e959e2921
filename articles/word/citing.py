"""Notes of a Word file as citations: a source of the library by its number, or a new one that is yet to be checked."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from django.conf import settings
from django.db import transaction

from stemsite.audit.recording import record
from studies.identifiers import Identifier, find
from studies.models import Reference
from studies.models.reference import IDENTIFIERS
from studies.tasks import check_reference

from .reading import WordNote

_COLUMNS = {kind: column for column, (kind, _) in IDENTIFIERS.items()}
_MARK = re.compile(r'<cite data-ref="(\d+)"(?: data-loc="[^"]*")?></cite>')


def known_source(note: WordNote) -> Reference | None:
    """The source of the library with one of the note's numbers; the first number decides where they differ."""
    for one in _of_the_work(note):
        if reference := Reference.objects.citable().filter(**{_COLUMNS[one.kind]: one.value}).order_by("pk").first():
            return reference
    return None


def _of_the_work(note: WordNote) -> list[Identifier]:
    """The numbers of the work itself: beside those of a paper, a trial's number only says what it is about (EVD-02)."""
    return [one for one in note.identifiers if one.kind != "trial"] or list(note.identifiers)


def source_of(note: WordNote, *, by: Any) -> Reference | None:
    """A source to cite for ``note``; none where it names no number."""
    if not note.identifiers:
        return None
    return known_source(note) or _new_source(note, by=by)


def _new_source(note: WordNote, *, by: Any) -> Reference:
    """The words as they were printed, under the numbers they name: not checked, and shown as that."""
    values: dict[str, Any] = {}
    for one in _of_the_work(note):
        values.setdefault(_COLUMNS[one.kind], one.value)
    kind = Reference.Kind.REGISTRATION if "registry_id" in values else Reference.Kind.JOURNAL
    if "registry_id" in values:
        values["registry"] = next(one.registry for one in note.identifiers if one.kind == "trial")
    reference = Reference(kind=kind, title=_title(note), printed=note.text, created_by=by, **values)
    reference.provenance = dict.fromkeys(("title", *values), "a Word file")
    reference.full_clean()
    reference.save()
    record("source brought in with a Word file", by=by, obj=reference)
    if settings.EVIDENCE_NETWORK:
        transaction.on_commit(lambda: check_reference.enqueue(reference.pk, by.pk))
    return reference


def _title(note: WordNote) -> str:
    """The words without the numbers in them."""
    text = note.text
    for one in reversed(find(note.text)):
        text = f"{text[: one.start]} {text[one.end :]}"
    text = re.sub(r"(?i)\b(?:doi|pmid|pmcid)\b\s*:?|https?://\S*", " ", text)
    text = " ".join(text.split()).strip(" .,;:()[]")
    return (text or numbers_in_words(note.identifiers))[:600]


def numbers_in_words(identifiers: tuple[Identifier, ...]) -> str:
    names = {"doi": "DOI ", "pmid": "PMID ", "pmcid": "", "trial": ""}
    return ", ".join(f"{names[one.kind]}{one.value}" for one in identifiers)


def with_sources(html: str, sources: Mapping[int, int]) -> str:
    """``html`` with each note's mark as the citation of its source; where there is none, its number in words."""

    def put(mark: re.Match[str]) -> str:
        number = int(mark[1])
        if number in sources:
            return f'<cite data-ref="{sources[number]}"></cite>'
        return f" [note {number}]"

    return _MARK.sub(put, html)
