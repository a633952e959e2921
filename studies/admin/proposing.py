"""A study begun from a record, and the screen on which each of its values is confirmed (EVD-18)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.contrib.admin import site
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST

from stemsite.access import Action, can
from stemsite.publishing.gate import Refused

from ..freezing import freeze_study
from ..keeping import said
from ..models import ProposedValue, Reference, Study
from ..proposals import confirm, label_of, propose_study, stands

DESIGNS, MASKINGS = dict(Study.Design.choices), dict(Study.Masking.choices)


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    row: ProposedValue
    label: str
    value: str
    state: str

    @property
    def waits(self) -> bool:
        return self.state == "not confirmed"


@require_POST
def propose(request: HttpRequest, pk: int) -> HttpResponse:
    """One press, one draft; readers get nothing of it."""
    if not can(request.user, Action.CREATE):
        raise PermissionDenied
    reference = get_object_or_404(Reference, pk=pk)
    try:
        study = propose_study(reference, by=request.user)
    except Refused as refused:
        messages.error(request, f"No study was begun. {refused}")
        return HttpResponseRedirect(reverse("admin:studies_reference_check", args=[pk]), status=303)
    messages.success(request, "A draft was begun from the record. Confirm each value below, or change it in the form.")
    return HttpResponseRedirect(reverse("admin:studies_study_proposed", args=[study.pk]), status=303)


@require_http_methods(["GET", "HEAD", "POST"])
def proposed(request: HttpRequest, pk: int) -> HttpResponse:
    study = get_object_or_404(Study, pk=pk)
    if not can(request.user, Action.EDIT if request.method == "POST" else Action.VIEW, study):
        raise PermissionDenied
    if request.method == "POST":
        number = confirm(study, request.POST.getlist("place"), by=request.user)
        words = (
            f"{number} {'value is' if number == 1 else 'values are'} confirmed." if number else "Nothing was ticked."
        )
        messages.success(request, words)
        return HttpResponseRedirect(request.path, status=303)
    lines = list(_lines(study))
    context = {
        **site.each_context(request),
        "title": "Proposed from a record",
        "study": study,
        "lines": lines,
        "waiting": sum(line.waits for line in lines),
        "papers": list(_papers(study)),
        "may_confirm": can(request.user, Action.EDIT, study),
    }
    return render(request, "admin/studies/proposed.html", context)


def _lines(study: Study) -> Iterator[Line]:
    found = freeze_study(study)
    rows = ProposedValue.objects.filter(study=study).select_related("record", "confirmed_by").order_by("pk")
    for row in rows.defer("record__raw"):
        if row.confirmed_at is not None:
            state = "confirmed"
        else:
            state = "not confirmed" if stands(row, found) else "changed since, by a person"
        yield Line(row=row, label=label_of(row.place), value=_in_words(row), state=state)


def _in_words(row: ProposedValue) -> str:
    value: Any = row.value
    if isinstance(value, bool):
        return "yes" if value else "no"
    if row.place in ("design", "masking"):
        return str({**DESIGNS, **MASKINGS}.get(value, value))
    if not isinstance(value, dict):
        return "as the outcomes beside" if row.place == "methods" else str(value)
    if "people" in value and value["people"] is not None:
        return f"{value['people']} of {value['of']}" if value["of"] is not None else str(value["people"])
    return value.get("text") or value.get("status") or value.get("url") or ""


def _papers(study: Study) -> Iterator[tuple[str, str, Reference | None]]:
    """Papers that the registry says come from the trial: PMID, citation, and the source where we have it."""
    rows = {row.record for row in ProposedValue.objects.filter(study=study).select_related("record")}
    named = {
        one.id: one.text
        for row in rows
        for one in said(row).relations
        if one.kind in ("result", "derived") and one.id_type == "pmid"
    }
    known = {one.pmid: one for one in Reference.objects.citable().filter(pmid__in=list(named))}
    yield from ((pmid, text, known.get(pmid)) for pmid, text in sorted(named.items()))
