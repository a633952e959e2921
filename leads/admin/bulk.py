"""Doing one thing with many: what is meant is counted exactly and asked first (LEAD-101)."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.views.decorators.http import require_POST

from leads.pipeline.bulk import MOST, do_each
from leads.pipeline.exporting import TYPES, export, file_name
from leads.pipeline.tables import TABLES
from stemsite.access import Action, can

from .bulk_forms import STEPS, BulkStep, ExportMany
from .forms import BulkForm
from .frame import for_leads, row_number, screen, see_other
from .listing import Choice, choice_of

ALL = "all"


@require_POST
@for_leads()
def bulk(request: HttpRequest, slug: str) -> HttpResponse:
    """First asks with the exact number; with that number confirmed, does it."""
    table = TABLES.get(slug)
    if table is None:
        raise Http404
    choice = choice_of(request.POST, table, request.user)
    offered = BulkForm(request.POST, table=table, by=request.user)
    if not offered.is_valid():
        messages.error(request, "Nothing was done: choose what to do with the marked rows.")
        return _back(choice)
    action = offered.cleaned_data["action"]
    cls = STEPS[action]
    if issubclass(cls, ExportMany) and not can(request.user, Action.EXPORT_LEADS):
        raise PermissionDenied
    rows = _meant(request, choice)
    number = rows.count()
    if not number:
        messages.error(request, "Nothing was done: mark the rows first.")
        return _back(choice)
    confirmed = row_number(request.POST.get("confirmed"))
    form = cls(request.POST if confirmed is not None else None, table=table, by=request.user)
    is_too_many = number > MOST and not isinstance(form, ExportMany)
    if confirmed is None or is_too_many or not form.is_valid():
        return _ask(request, choice, action, form, number, status=200 if confirmed is None else 422)
    if confirmed != number:
        return _ask(request, choice, action, form, number, changed=True, status=409)
    if isinstance(form, ExportMany):
        return _file(request, choice, action, form, rows, number)
    outcome = do_each(rows.order_by("-pk")[:MOST], form.verb())
    messages.success(request, outcome.words)
    return _back(choice)


def _meant(request: HttpRequest, choice: Choice) -> QuerySet[Any]:
    rows = choice.rows(request.user)
    if request.POST.get("scope") == ALL:
        return rows
    marked = [row_number(text) for text in request.POST.getlist("row")[:MOST]]
    return rows.filter(pk__in=[pk for pk in marked if pk is not None])


def _ask(
    request: HttpRequest,
    choice: Choice,
    action: str,
    form: BulkStep,
    number: int,
    *,
    changed: bool = False,
    status: int = 200,
) -> HttpResponse:
    is_export = isinstance(form, ExportMany)
    return screen(
        request,
        "bulk.html",
        title=f"{form.asks} {number:,} {'row' if number == 1 else 'rows'}",
        status=status,
        choice=choice,
        action=action,
        form=form,
        number=number,
        changed=changed,
        too_many=number > MOST and not is_export,
        most=MOST,
        is_export=is_export,
        columns=choice.table.columns,
        scope=request.POST.get("scope", ""),
        marked=[text for text in request.POST.getlist("row")[:MOST] if row_number(text) is not None],
        mistakes=[field for field in form if field.errors] if form.is_bound else [],
    )


def _file(
    request: HttpRequest, choice: Choice, action: str, form: ExportMany, rows: QuerySet[Any], number: int
) -> HttpResponse:
    values = form.cleaned_data
    pieces = export(
        choice.table,
        rows,
        form=action,
        by=request.user,
        reason=values["reason"],
        number=number,
        with_bom=values.get("with_bom", False),
        with_stamp=values["with_stamp"],
    )
    response = StreamingHttpResponse(pieces, content_type=TYPES[action])
    name = file_name(choice.table, form=action, by=request.user)
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    response.headers["Cache-Control"] = "no-store"
    return response


def _back(choice: Choice) -> HttpResponse:
    query = "".join(f"?{name}={value}" for name, value in choice.query.items())
    return see_other(f"leads_{choice.table.slug}_changelist", query=query)
