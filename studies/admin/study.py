"""A study with its facts, outcome groups, registrations and the news about it."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html

from stemsite.publishing.admin.page import PageAdmin, PageRights
from studies.freezing import freeze_study
from studies.models import Coverage, OutcomeGroup, Registration, Study, StudyFact
from studies.proposals import label_of, unconfirmed
from studies.trial_watch import statuses


class FactsFormSet(forms.BaseInlineFormSet):
    """One row for every fact that is not there yet, so that none is forgotten (EV-06)."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        there = set(self.instance.facts.values_list("kind", flat=True)) if self.instance.pk else set()
        self.initial_extra = [{"kind": kind} for kind in StudyFact.Kind if kind not in there]

    def total_form_count(self) -> int:
        return super().total_form_count() if self.is_bound else self.initial_form_count() + len(self.initial_extra)


class FactForm(forms.ModelForm):
    """A proposed row counts as filled in only when something besides the kind was chosen."""

    def has_changed(self) -> bool:
        return bool(set(self.changed_data) - ({"kind"} if self.instance._state.adding else set()))


class FactInline(PageRights, admin.TabularInline):
    model = StudyFact
    form = FactForm
    formset = FactsFormSet
    fields = ("kind", "known", "people", "of", "text", "passage")
    extra = 0
    max_num = len(StudyFact.Kind)


class OutcomeGroupInline(PageRights, admin.TabularInline):
    model = OutcomeGroup
    fields = ("label", "people", "direction", "ordering")
    extra = 0


class RegistrationInline(PageRights, admin.TabularInline):
    model = Registration
    fields = ("registry", "number", "title", "status", "registry_says", "url")
    readonly_fields = ("registry_says",)
    extra = 0

    @admin.display(description="registry says now")
    def registry_says(self, row: Registration) -> str:
        """As last asked; the page keeps its own words until they are changed here and published (EVD-55)."""
        words, asked_at = statuses([row.number]).get(row.number, ("", None))
        return f"{words}, {timezone.localtime(asked_at):%Y-%m-%d}" if asked_at else "not asked yet"


class CoverageInline(PageRights, admin.StackedInline):
    model = Coverage
    verbose_name_plural = "coverage: news about the study, never counted as one"
    extra = 0


@admin.register(Study)
class StudyAdmin(PageAdmin):
    inlines = (FactInline, OutcomeGroupInline, RegistrationInline, CoverageInline)
    list_display = ("title", "study_year", *PageAdmin.list_display[1:])
    list_filter = (*PageAdmin.list_filter, "design", "has_results")
    search_fields = ("title", "slug", "official_title", "heading", "registrations__number")
    autocomplete_fields = ("authors", "conditions", "interventions", "primary")
    readonly_fields = ("from_a_record",)
    fieldsets = (
        (None, {"fields": ("from_a_record", "title", "slug", "summary", "heading")}),
        ("Record", {"fields": ("primary", "official_title", ("study_year", "venue"), ("is_preprint", "has_results"))}),
        (
            "Design",
            {
                "fields": (
                    ("design", "phase", "masking"),
                    ("outcome_of", "enrolled_is_planned", "one_centre"),
                    ("not_significant", "seller_paid"),
                    ("surrogate", "stopped_because"),
                    "cells",
                    "product_status",
                    "offered",
                )
            },
        ),
        ("About", {"fields": ("conditions", "interventions")}),
        ("Text", {"fields": ("methods", "people", "results", "harms", "limits", "money")}),
        ("People", {"fields": ("authors", "reviewer", "keeper", "deputy")}),
    )

    @admin.display(description="proposed from a record")
    def from_a_record(self, study: Study) -> Any:
        """Which values nobody has confirmed yet, with the way to the screen where that is done (EVD-18)."""
        if not study.pk:
            return "Nothing: a study can be begun from the record of a source."
        waiting = unconfirmed(study.pk, freeze_study(study))
        if not waiting:
            return "Nothing waits to be confirmed."
        names = ", ".join(label_of(row.place) for row in waiting)
        url = reverse("admin:studies_study_proposed", args=[study.pk])
        return format_html('<strong>Not confirmed: {}.</strong> <a href="{}">Confirm or look</a>', names, url)
