"""Two references that are one work become one: drafts cite the one that stays, versions are untouched (EVD-36)."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import F, QuerySet

from stemsite.access import Action, can
from stemsite.audit.recording import record as note
from stemsite.publishing import workflow
from stemsite.publishing.families import specific
from stemsite.publishing.gate import Refused
from stemsite.publishing.models import Page

from .checking import recheck
from .importing.planning import fields_of
from .integrity import record_event
from .models import IntegrityEvent, Reference, Study, StudyPaper
from .uses import PROSE, cited_in

Repointer = Callable[[int, int], Iterable[int]]
"""From one reference to another in draft rows -> ids of the pages whose rows changed."""

_repointers: list[Repointer] = []
_FILLED = (
    "authors", "editors", "journal", "journal_abbreviation", "year", "month", "day", "volume", "issue", "pages",
    "article_number", "doi", "pmid", "pmcid", "registry", "registry_id", "url", "outlet", "updated_on", "accessed_on",
)  # fmt: skip
_IDENTIFIERS = {"doi": "DOI", "pmid": "PMID", "pmcid": "PMCID", "registry_id": "registry number"}


def register_repointer(repoint: Repointer) -> None:
    """Add whoever keeps citations in draft rows, from ``ready()``."""
    if repoint not in _repointers:
        _repointers.append(repoint)


def recited(html: str, loser: int, winner: int) -> str:
    """The same text, citing the other reference."""
    return html.replace(f'<cite data-ref="{loser}"', f'<cite data-ref="{winner}"')


def recite(rows: QuerySet[Any], field: str, loser: int, winner: int) -> Iterator[Any]:
    """Rows whose text cited ``loser``, rewritten."""
    for row in rows.filter(cited_in(field, [loser])):
        setattr(row, field, recited(getattr(row, field), loser, winner))
        row.save(update_fields=[field])
        yield row


def repoint_studies(loser: int, winner: int) -> Iterator[int]:
    """Primary and further papers, and citations in the texts of studies."""
    for study in Study.objects.filter(primary=loser):
        Study.objects.filter(pk=study.pk).update(primary=winner)
        yield study.pk
    for paper in StudyPaper.objects.filter(reference=loser).order_by("pk"):
        _repoint_paper(paper, winner)
        yield paper.study_id
    for field in PROSE:
        yield from (study.pk for study in recite(Study.objects.all(), field, loser, winner))


def _repoint_paper(paper: StudyPaper, winner: int) -> None:
    """A study names the paper that stays once, as its primary one or under one role."""
    again = StudyPaper.objects.filter(study=paper.study_id, reference=winner).exists()
    if again or Study.objects.filter(pk=paper.study_id, primary=winner).exists():
        paper.delete()
    else:
        StudyPaper.objects.filter(pk=paper.pk).update(reference=winner)


def twins(reference: Reference) -> list[Reference]:
    """Other sources of the very same title, one of which may be the same work."""
    same = Reference.objects.citable().filter(title__iexact=reference.title, kind=reference.kind)
    return list(same.exclude(pk=reference.pk).order_by("pk")[:10])


@transaction.atomic
def merge(loser: Reference, *, into: Reference, by: Any) -> list[Page]:
    """Retire ``loser`` for ``into``; the drafts that cited it get a version each, which has to be signed."""
    rows = {row.pk: row for row in Reference.objects.select_for_update().filter(pk__in=(loser.pk, into.pk))}
    loser, winner = rows[loser.pk], rows[into.pk]
    _require(loser, winner, by)
    changed = {pk for repoint in _repointers for pk in repoint(loser.pk, winner.pk)}
    loser.is_retired, loser.merged_into = True, winner
    loser.save(update_fields=["is_retired", "merged_into", "changed_at"])
    _fill(winner, loser)
    _hand_over_events(loser, winner, by=by)
    pages = []
    for page in Page.objects.filter(pk__in=changed).order_by("pk"):
        Page.objects.filter(pk=page.pk).update(lock_version=F("lock_version") + 1)
        workflow.saved(specific(page), by=by, note=f"Cites {winner.short} for {loser.short}: they are one work."[:200])
        pages.append(page)
    note("references merged", by=by, obj=winner, merged=loser.pk, pages=sorted(changed))
    recheck(winner, by=by)
    return pages


def _require(loser: Reference, winner: Reference, by: Any) -> None:
    if not (can(by, Action.EDIT_LIBRARY, loser) and can(by, Action.EDIT_LIBRARY, winner)):
        raise Refused("You may not edit both sources.")
    if loser.pk == winner.pk:
        raise Refused("That is this source itself.")
    if loser.is_retired or winner.is_retired:
        raise Refused("A retired source is merged no more.")
    if loser.kind != winner.kind:
        kinds = f"{loser.get_kind_display()} and {winner.get_kind_display()}"
        raise Refused(f"These are two works that belong together, not one: {kinds}. Keep both.")
    for field, name in _IDENTIFIERS.items():
        ours, theirs = getattr(loser, field), getattr(winner, field)
        if ours and theirs and ours != theirs:
            raise Refused(
                f"These are two works: their {name} is {ours} and {theirs}. Correct one first if it is wrong."
            )


def _fill(winner: Reference, loser: Reference) -> None:
    """What only the retired one knew; a value that stands is never overwritten (EVD-15)."""
    ours, theirs = fields_of(winner), fields_of(loser)
    filled = [name for name in _FILLED if ours[name] in ("", None, []) and theirs[name] not in ("", None, [])]
    if winner.pages or winner.article_number:  # A work has pages or an article number.
        filled = [name for name in filled if name not in ("pages", "article_number")]
    if not filled:
        return
    for name in filled:
        setattr(winner, name, theirs[name])
    winner.provenance = {**winner.provenance, **dict.fromkeys(filled, f"reference {loser.pk}")}
    try:
        winner.full_clean(exclude=["verdict", "standing"])
    except ValidationError as error:
        raise Refused(" ".join(error.messages)) from None
    winner.save()


def _hand_over_events(loser: Reference, winner: Reference, *, by: Any) -> None:
    """A notice about the work is one about the reference that stays."""
    names = ("kind", "source", "notice", "notice_url", "notice_on")
    for event in IntegrityEvent.objects.filter(reference=loser, ended_at=None).order_by("pk"):
        known = IntegrityEvent.objects.filter(
            reference=winner, ended_at=None, kind=event.kind, source=event.source, notice=event.notice
        )
        if not known.exists():
            record_event(winner, by=by, **{name: getattr(event, name) for name in names})
