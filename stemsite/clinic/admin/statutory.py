from __future__ import annotations

import datetime
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.html import format_html, format_html_join

from stemsite.access import Action, can
from stemsite.audit.admin import Audited
from stemsite.guarded import Guarded

from .. import statutory
from ..models import Clinic, StatutoryText
from ..models.statutory import HOLDS_FOR


class VerifyForm(forms.Form):
    verified_by = forms.CharField(label="Who held it beside its source?", max_length=120)
    verified_on = forms.DateField(
        label="On which day?",
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        initial=timezone.localdate,
    )
    by_counsel = forms.BooleanField(label="This was a lawyer", required=False)


@admin.register(StatutoryText)
class StatutoryTextAdmin(Audited, Guarded, admin.ModelAdmin):
    """Nothing is changed here: a text gets a next version, and a verification stands beside exactly one text."""

    view_right = Action.SEE_LIBRARY
    add_right = Action.EDIT_WORDINGS
    list_display = ("jurisdiction", "law", "version", "last_verified", "reviewed", "size_rule", "created_at")
    list_filter = ("jurisdiction",)
    search_fields = ("law", "text", "scope")
    ordering = ("jurisdiction", "law", "-version")
    show_facets = admin.ShowFacets.NEVER
    fields = ("jurisdiction", "law", "scope", "conditions", "text", "source_url", "size_rule", "media", "notes")
    shown = ("version", "text_sha256", "verified", "created_at", "created_by")

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view(self.verify_view)
        return [path("<int:pk>/verify/", view, name="clinic_statutorytext_verify"), *super().get_urls()]

    def get_queryset(self, request: HttpRequest) -> Any:
        return super().get_queryset(request).select_related("created_by").prefetch_related("verifications__recorded_by")

    def get_fields(self, request: HttpRequest, obj: StatutoryText | None = None) -> Any:
        return (*self.fields, *self.shown) if obj else self.fields

    def get_readonly_fields(self, request: HttpRequest, obj: StatutoryText | None = None) -> Any:
        return (*self.fields, *self.shown) if obj else ()

    def get_changeform_initial_data(self, request: HttpRequest) -> dict[str, Any]:
        return {"jurisdiction": Clinic.current().jurisdiction, **super().get_changeform_initial_data(request)}

    def save_model(self, request: HttpRequest, obj: StatutoryText, form: Any, change: bool) -> None:
        statutory.add_text(obj, by=request.user)

    def verify_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        text = get_object_or_404(StatutoryText, pk=pk)
        if not can(request.user, Action.EDIT_WORDINGS):
            raise PermissionDenied
        if request.method not in {"GET", "HEAD", "POST"}:
            return HttpResponse(status=405, headers={"Allow": "GET, HEAD, POST"})
        form = VerifyForm(request.POST or None)
        if form.is_valid():
            try:
                statutory.verify(text, by=request.user, **form.cleaned_data)
            except ValidationError as error:
                form.add_error(None, error)
            else:
                messages.success(request, "Recorded. It counts for twelve months from that day.")
                return HttpResponseRedirect(reverse("admin:clinic_statutorytext_change", args=[pk]), status=303)
        context = {**self.admin_site.each_context(request), "title": f"Verify {text}", "text": text, "form": form}
        return render(request, "admin/clinic/verify.html", context, status=422 if form.is_bound else 200)

    @admin.display(description="last verified")
    def last_verified(self, text: StatutoryText) -> str:
        days = [check.verified_on for check in text.verifications.all()]
        if not days:
            return "never"
        old = " (over 12 months ago)" if max(days) < timezone.localdate() - HOLDS_FOR else ""
        return f"{max(days):%Y-%m-%d}{old}"

    @admin.display(description="counsel")
    def reviewed(self, text: StatutoryText) -> str:
        counsel = any(check.by_counsel for check in text.verifications.all())
        return "reviewed by counsel" if counsel else "not reviewed by counsel"

    @admin.display(description="verified")
    def verified(self, text: StatutoryText) -> Any:
        url = reverse("admin:clinic_statutorytext_verify", args=[text.pk])
        rows = format_html_join(
            "",
            "<li>{} on {}{}, recorded by {}</li>",
            (
                (
                    check.verified_by,
                    _day(check.verified_on),
                    " as counsel" if check.by_counsel else "",
                    check.recorded_by,
                )
                for check in text.verifications.all()
            ),
        )
        shown = rows or format_html("<li>{}</li>", "Nobody yet: not reviewed by counsel.")
        return format_html('<ul>{}</ul><p><a href="{}">Record a verification</a></p>', shown, url)


def _day(day: datetime.date) -> str:
    return f"{day:%B} {day.day}, {day.year}"
