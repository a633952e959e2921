from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import URLPattern, path, reverse

from stemsite.access import Action, can
from stemsite.audit.admin import Audited
from stemsite.guarded import Guarded
from stemsite.kept import KeptAdmin
from stemsite.publishing.admin.finding_pages import number_in
from stemsite.publishing.gate import Refused
from stemsite.publishing.models import Page, Use
from stemsite.publishing.taking_down import pages_about, put_back, take_down
from stemsite.publishing.usage import live_count

from ..drift import drift
from ..models import Intervention
from .moved import Printed, listed_drift


class TakeDownForm(forms.Form):
    reason = forms.CharField(
        label="What readers are told",
        max_length=300,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text="One neutral sentence; it stands at the address of each page.",
    )


@admin.register(Intervention)
class InterventionAdmin(Printed, Audited, KeptAdmin, Guarded, admin.ModelAdmin):
    """Treatments. A new regulatory status is printed by pages as they are saved and published anew."""

    printed_as = Use.Kind.INTERVENTION
    change_form_template = "admin/studies/intervention.html"
    view_right = Action.SEE_LIBRARY
    add_right = change_right = delete_right = Action.EDIT_TERMS
    list_display = ("name", "status", "status_note", "live_pages")
    list_filter = ("status",)
    search_fields = ("name", "description")
    ordering = ("name",)
    prepopulated_fields = {"slug": ("name",)}  # noqa: RUF012
    readonly_fields = ("used_in", "older_marks")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Intervention]:
        return super().get_queryset(request).annotate(live_count=live_count(Use.Kind.INTERVENTION))

    @admin.display(description="live pages", ordering="live_count")
    def live_pages(self, intervention: Intervention) -> int:
        return intervention.live_count

    @admin.display(description="pages with an older status")
    def older_marks(self, intervention: Intervention) -> Any:
        return listed_drift(drift(Use.Kind.INTERVENTION, [intervention.pk]) if intervention.pk else [])

    def render_change_form(self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any):
        context["may_take_down"] = can(request.user, Action.EDIT_CLINIC)
        return super().render_change_form(request, context, *args, **kwargs)

    def get_urls(self) -> list[URLPattern]:
        screen = self.admin_site.admin_view(self.pages_view)
        return [path("<int:pk>/pages/", screen, name="studies_intervention_pages"), *super().get_urls()]

    def pages_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """The owner takes down all pages about a treatment, and puts them back (PAGE-08)."""
        if not can(request.user, Action.EDIT_CLINIC):
            raise PermissionDenied
        treatment = get_object_or_404(Intervention, pk=pk)
        form = TakeDownForm(request.POST if "take_down" in request.POST else None)
        refused = ""
        if request.method == "POST":
            try:
                if done := self._done(request, treatment, form):
                    messages.success(request, done)
                    return HttpResponseRedirect(reverse("admin:studies_intervention_pages", args=[pk]), status=303)
            except Refused as refusal:
                refused = str(refusal)
        context = {
            **self.admin_site.each_context(request),
            "title": "All pages about it",
            "subtitle": treatment.name,
            "treatment": treatment,
            "form": form,
            "refused": refused,
            "live": pages_about(Use.Kind.INTERVENTION, pk),
            "withdrawn": pages_about(Use.Kind.INTERVENTION, pk, state=Page.PublicState.WITHDRAWN).filter(
                trashed_at=None
            ),
        }
        status = 422 if form.errors or refused else 200
        return render(request, "admin/studies/intervention_pages.html", context, status=status)

    def _done(self, request: HttpRequest, treatment: Intervention, form: TakeDownForm) -> str:
        """What was done, in words; empty where the form has to be mended first."""
        kind = Use.Kind.INTERVENTION
        if "put_back" in request.POST:
            chosen = [int(number) for number in request.POST.getlist("pages") if number_in(number)]
            return f"Put back: {put_back(kind, treatment, chosen, by=request.user)}."
        if not form.is_valid():
            return ""
        return f"Taken down: {take_down(kind, treatment, by=request.user, reason=form.cleaned_data['reason'])}."
