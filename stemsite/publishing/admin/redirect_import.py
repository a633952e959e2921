"""Entering redirects from a file: first what would happen, then the same for good (PUB-86)."""

from __future__ import annotations

import base64
import binascii
from typing import Any

from django import forms
from django.contrib.admin import site
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_http_methods

from stemsite.access import Action, can
from stemsite.audit.recording import record

from ..redirect_file import MOST_BYTES, Row, Unreadable, enter


class FileForm(forms.Form):
    file = forms.FileField(
        label="CSV file",
        help_text="Two columns: the old address and the new one, such as /mnd/,/conditions/als/. At most 1 MB.",
        widget=forms.FileInput(attrs={"accept": ".csv,text/csv"}),
    )


@require_http_methods(["GET", "HEAD", "POST"])
def redirect_import(request: HttpRequest) -> HttpResponse:
    if not can(request.user, Action.EDIT_REDIRECTS):
        raise PermissionDenied
    if request.method != "POST":
        return _screen(request, FileForm())
    if kept := request.POST.get("kept"):
        return _entered(request, kept)
    form = FileForm(request.POST, request.FILES)
    if not form.is_valid():
        return _screen(request, form, status=422)
    uploaded = form.cleaned_data["file"]
    data = uploaded.read(MOST_BYTES + 1)
    try:
        rows = enter(data, by=request.user, really=False)
    except Unreadable as why:
        form.add_error("file", str(why))
        return _screen(request, form, status=422)
    return _screen(request, FileForm(), rows=rows, kept=base64.b64encode(data).decode())


def _entered(request: HttpRequest, kept: str) -> HttpResponse:
    """The file that was looked at, sent back by the form; it is judged anew, so nothing in it is believed."""
    try:
        rows = enter(base64.b64decode(kept, validate=True), by=request.user, really=True)
    except (Unreadable, binascii.Error, ValueError):
        return _screen(request, FileForm(), status=422)
    done = sum(row.fate in {"new", "changed"} for row in rows)
    record("redirects entered from a file", by=request.user, entered=done, refused=_count(rows, "refused"))
    return _screen(request, FileForm(), rows=rows, done=True)


def _screen(
    request: HttpRequest,
    form: FileForm,
    *,
    rows: list[Row] | None = None,
    kept: str = "",
    done: bool = False,
    status: int = 200,
) -> HttpResponse:
    context: dict[str, Any] = {
        **site.each_context(request),
        "title": "Redirects from a file",
        "form": form,
        "rows": rows,
        "kept": kept,
        "done": done,
        "counts": {fate: _count(rows or [], fate) for fate in ("new", "changed", "same", "refused")},
    }
    return render(request, "admin/publishing/redirect_import.html", context, status=status)


def _count(rows: list[Row], fate: str) -> int:
    return sum(row.fate == fate for row in rows)
