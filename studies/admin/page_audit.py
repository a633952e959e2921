"""An existing page handed in, and the screen of its defects (EVD-87)."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.utils import unquote
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse

from stemsite.access import Action, can
from stemsite.audit.admin import Audited
from stemsite.guarded import Guarded
from stemsite.tasks.worker import is_silent

from ..auditing.handed_in import store_page
from ..models import PageAudit
from ..sources.limits import MAX_BYTES
from ..tasks import audit_page

MOST_TYPED = 400_000
MARKS = {"error": "✕ error", "warning": "! look", "note": "○ note"}
VERDICTS = {
    "verified": "✓ agrees with its record",
    "mismatch": "✕ differs from its record",
    "wrong_identifier": "✕ identifier leads to another work",
    "not_found": "✕ no record found",
    "secondary_source": "✕ news or press release",
    "not_checked": "○ not checked",
}


class NewAuditForm(forms.Form):
    file = forms.FileField(
        label="Page",
        required=False,
        allow_empty_file=True,
        help_text="Saved as HTML, plain text or a Word file (docx). At most 20 MB.",
    )
    text = forms.CharField(
        label="Or its text",
        required=False,
        max_length=MOST_TYPED,
        widget=forms.Textarea(attrs={"rows": 10}),
        help_text="The whole page, its list of references included.",
    )
    records = forms.FileField(
        required=False,
        label="Records to hold it against",
        help_text="Not needed. A file of records, such as an export of PubMed; it does not enter the library.",
    )

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        if bool(values.get("file")) == bool((values.get("text") or "").strip()):
            raise forms.ValidationError("Choose a file, or paste the text of the page: one of the two.")
        for name in ("file", "records"):
            if values.get(name) and values[name].size > MAX_BYTES:
                self.add_error(name, "This file is larger than 20 MB.")
        return values


@admin.register(PageAudit)
class PageAuditAdmin(Audited, Guarded, admin.ModelAdmin):
    """The list of pages handed in; adding and looking are screens of their own."""

    view_right = Action.SEE_LIBRARY
    add_right = Action.ADD_TO_LIBRARY
    delete_right = Action.EDIT_LIBRARY
    list_display = ("name", "state", "errors", "handed_in_at", "handed_in_by")
    list_filter = ("state",)
    list_select_related = ("handed_in_by",)
    search_fields = ("name",)
    show_facets = admin.ShowFacets.NEVER
    ordering = ("-pk",)

    def get_queryset(self, request: HttpRequest) -> QuerySet[PageAudit]:
        return super().get_queryset(request).defer("data", "records", "found")

    def add_view(self, request: HttpRequest, form_url: str = "", extra_context: Any = None) -> HttpResponse:
        return new_audit(request)

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        number = unquote(object_id)
        if not (number.isascii() and number.isdigit() and len(number) < 17):
            raise Http404
        return audit_screen(request, int(number))


def new_audit(request: HttpRequest) -> HttpResponse:
    """What is handed in is stored at once and read by the worker."""
    if not can(request.user, Action.ADD_TO_LIBRARY):
        raise PermissionDenied
    posted = (request.POST, request.FILES) if request.method == "POST" else ()
    form = NewAuditForm(*posted, use_required_attribute=False)
    if form.is_bound and form.is_valid():
        values = form.cleaned_data
        upload, records = values.get("file"), values.get("records")
        data = upload.read() if upload else values["text"].replace("\x00", " ").encode("utf-8", "replace")
        page = store_page(
            data,
            upload.name if upload else "text typed",
            records=records.read() if records else b"",
            by=request.user,
        )
        audit_page.enqueue(page.pk)
        messages.info(request, "It is being read.")
        return HttpResponseRedirect(reverse("admin:studies_pageaudit_change", args=[page.pk]), status=303)
    context = {**admin.site.each_context(request), "title": "Audit a page", "form": form}
    return render(request, "admin/studies/audit_new.html", context, status=422 if form.is_bound else 200)


def audit_screen(request: HttpRequest, pk: int) -> HttpResponse:
    if not can(request.user, Action.SEE_LIBRARY):
        raise PermissionDenied
    if request.method not in ("GET", "HEAD"):
        return HttpResponse(status=405, headers={"Allow": "GET, HEAD"})
    page = get_object_or_404(PageAudit.objects.defer("data", "records").select_related("handed_in_by"), pk=pk)
    findings = page.part("findings")
    context = {
        **admin.site.each_context(request),
        "title": str(page),
        "page": page,
        "references": [{**one, "words": VERDICTS[one["verdict"]]} for one in page.part("references")],
        "number_of_studies": len(page.part("studies")),
        "places": list(_places(findings)),
        "tallies": [(words, sum(one["severity"] == name for one in findings)) for name, words in MARKS.items()],
        "worker_is_silent": page.is_at_work and is_silent(),
        "may_add": can(request.user, Action.ADD_TO_LIBRARY),
    }
    return render(request, "admin/studies/audit_result.html", context)


def _places(findings: list[dict[str, str]]) -> Iterator[tuple[str, list[dict[str, str]]]]:
    """Findings by where they stand, the references first, in the page's order; each with its mark in words."""
    for where, found in groupby(findings, key=lambda one: one["where"]):
        yield where, [{**one, "mark": MARKS[one["severity"]]} for one in found]
