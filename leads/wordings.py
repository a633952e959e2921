"""The words a form shows, and which of them a person agreed to (LEAD-16, LEAD-37).

A page carries the numbers of the consent wordings on it; a set is known when it was in force at some time.
"""

from __future__ import annotations

import datetime
import re
from collections.abc import Mapping
from dataclasses import dataclass

from stemsite.clinic.changing import wording_key
from stemsite.clinic.labels import Label, labels_in
from stemsite.clinic.models import Wording

Kind = Wording.Kind

JURISDICTION = "US"

LABELS: Mapping[str, str] = {
    Kind.NEWSLETTER_FORM: Kind.NEWSLETTER_LABELS,
    Kind.PACKET_FORM: Kind.PACKET_LABELS,
    Kind.CONSULTATION_FORM: Kind.CONSULTATION_LABELS,
}
"""The labels that stand under each heading."""

_SHOWN = re.compile(r"\d{1,12}(?:-\d{1,12}){0,5}")


@dataclass(frozen=True, slots=True, kw_only=True)
class FormWords:
    """Everything a form says that staff edit, with {clinic} filled in."""

    heading: str
    introduction: str
    labels: Mapping[str, Label]
    """Of each field that carries words of its own, and of the button."""
    consents: Mapping[str, Wording]
    clinic: str
    keys: tuple[str, ...]

    @property
    def version(self) -> str:
        """What the page carries as ``consent_version``."""
        return "-".join(str(pk) for pk in sorted(wording.pk for wording in self.consents.values()))

    def lead(self, kind: str) -> str:
        return spoken(self.consents[kind].lead, self.clinic)

    def text(self, kind: str) -> str:
        return spoken(self.consents[kind].text, self.clinic)


def spoken(text: str, clinic: str) -> str:
    return text.replace("{clinic}", clinic)


def spoken_labels(text: str, clinic: str) -> dict[str, Label]:
    return {
        name: Label(text=spoken(label.text, clinic), help=spoken(label.help, clinic))
        for name, label in labels_in(text).items()
    }


def form_words(words: str, consents: tuple[str, ...], *, clinic: str) -> FormWords:
    """Today's words of a form: one query."""
    kinds = (words, LABELS[words], *consents)
    rows = Wording.objects.current().filter(jurisdiction=JURISDICTION, kind__in=kinds)
    found = {wording.kind: wording for wording in rows}
    return FormWords(
        heading=spoken(found[words].lead, clinic),
        introduction=spoken(found[words].text, clinic),
        labels=spoken_labels(found[LABELS[words]].text, clinic),
        consents={kind: found[kind] for kind in consents},
        clinic=clinic,
        keys=tuple(wording_key(kind) for kind in kinds),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    when: str
    what: str


def next_steps(kind: str, *, clinic: str) -> tuple[str, tuple[Step, ...]]:
    """The heading and the dated steps of a thanks page: one line each, ``When: what``."""
    wording = Wording.objects.current().get(jurisdiction=JURISDICTION, kind=kind)
    parts = [line.partition(":") for line in spoken(wording.text, clinic).splitlines() if line.strip()]
    steps = tuple(
        Step(when=when.strip(), what=what.strip()) if what else Step(when="", what=when) for when, _, what in parts
    )
    return spoken(wording.lead, clinic), steps


def shown_before(consents: tuple[str, ...], version: str) -> Mapping[str, Wording] | None:
    """The wordings that ``version`` names, when they stood beside one another on this form; none otherwise."""
    if not _SHOWN.fullmatch(version):
        return None
    pks = [int(pk) for pk in version.split("-")]
    rows = list(Wording.objects.filter(jurisdiction=JURISDICTION, kind__in=consents).order_by("version"))
    named = {row.kind: row for row in rows if row.pk in pks}
    if len(named) != len(pks) or not _REQUIRED & set(consents) <= set(named):
        return None
    return named if _stood_together(rows, named) else None


_REQUIRED = {Kind.CONSENT_PACKET, Kind.CONSENT_NEWSLETTER, Kind.CONSENT_ENQUIRY, Kind.CONSENT_CALL, Kind.FORM_NOTICE}
"""On every page of the forms that have them; use of health information is asked only where the clinic wants it."""


def _stood_together(rows: list[Wording], named: Mapping[str, Wording]) -> bool:
    """Whether no wording of the set had been replaced when the newest of it came."""
    began = max(wording.created_at for wording in named.values())
    ended = [_replaced_at(rows, wording) for wording in named.values()]
    return all(end is None or end >= began for end in ended)


def _replaced_at(rows: list[Wording], wording: Wording) -> datetime.datetime | None:
    later = [row.created_at for row in rows if row.kind == wording.kind and row.version > wording.version]
    return min(later, default=None)
