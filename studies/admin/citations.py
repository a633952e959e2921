"""What the citation picker asks: sources that match some words, and the labels of those already cited."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import PermissionDenied
from django.db.models import F
from django.http import HttpRequest, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from stemsite.access import Action, can

from ..content import study_content
from ..models import Reference, Study
from .fields import verdict_in_words

MOST_FOUND = 20
MOST_LABELS = 500


@require_safe
@never_cache
def citations(request: HttpRequest) -> JsonResponse:
    """``q``: citable sources that hold every word; ``ids`` and ``studies``: what the page already shows."""
    if not can(request.user, Action.SEE_LIBRARY):
        raise PermissionDenied
    if "ids" in request.GET or "studies" in request.GET:
        labels = Reference.objects.in_bulk(_numbers(request, "ids"))
        return JsonResponse(
            {
                "labels": {pk: _described(reference) for pk, reference in labels.items()},
                "studies": _primaries(_numbers(request, "studies")),
            }
        )
    words = request.GET.get("q", "").replace("\x00", "").strip()[:200]
    found = Reference.objects.citable().matching(words).order_by(F("year").desc(nulls_last=True), "pk")
    return JsonResponse({"found": [_described(reference) for reference in found[:MOST_FOUND]]})


def _numbers(request: HttpRequest, name: str) -> list[int]:
    """The ids in a comma list; what is no id is left out."""
    words = request.GET.get(name, "").split(",")[:MOST_LABELS]
    return [int(word) for word in words if word.isascii() and word.isdigit() and len(word) < 17]


def _described(reference: Reference) -> dict[str, Any]:
    return {
        "id": reference.pk,
        "short": reference.short,
        "title": reference.title,
        "where": " ".join(filter(None, (reference.journal or reference.outlet, str(reference.year or "")))),
        "identifier": _identifier(reference),
        "warning": _warning(reference),
        "state": _state(reference),
        "retracted": reference.standing == Reference.Standing.RETRACTED,
    }


def _state(reference: Reference) -> str:
    """Verdict with its day and what is known of notices, in words with a shape (EVD-83)."""
    return f"{verdict_in_words(reference)}; {reference.get_standing_display() or 'no notice known'}"


def _identifier(reference: Reference) -> str:
    if reference.doi:
        return f"DOI {reference.doi}"
    return f"PMID {reference.pmid}" if reference.pmid else reference.registry_id or ""


def _warning(reference: Reference) -> str:
    """Why to look twice before citing: a notice on the work, or a record that says something else."""
    if reference.is_retired:
        return "retired"
    if reference.standing:
        return str(reference.get_standing_display())
    wrong = {Reference.Verdict.MISMATCH, Reference.Verdict.WRONG_IDENTIFIER, Reference.Verdict.NOT_FOUND}
    return str(reference.get_verdict_display()) if reference.verdict in wrong else ""


def _primaries(studies: list[int]) -> dict[int, int]:
    """The source each study card cites: that of the live version, as readers see it, else that of the draft."""
    primaries = {}
    for study in Study.objects.filter(pk__in=studies).select_related("live_version"):
        live = study_content(study.live_version.content) if study.live_version else None
        source = (live.primary.reference if live.primary else None) if live else study.primary_id
        if source:
            primaries[study.pk] = source
    return primaries
