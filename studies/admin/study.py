"""A study with its facts, outcome groups, registrations and the news about it."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin
from django.db.models import OuterRef, QuerySet, StringAgg, Subquery, Value
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html

from stemsite.publishing.admin.page import PageAdmin, PageRights
from studies.evidence import certainty_by_rule
from studies.freezing import freeze_study
from studies.models import Coverage, OutcomeGroup, Registration, Study, StudyFact, StudyPaper
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
    fields = ("kind", "known", "people", "of", "text", "passage", "reading")
    readonly_fields = ("reading",)
    extra = 0
    max_num = len(StudyFact.Kind)

    def get_queryset(self, request: HttpRequest) -> QuerySet[StudyFact]:
        return super().get_queryset(request).select_related("read_by")

    @admin.display(description="who read the report", empty_value="–")
    def reading(self, fact: StudyFact) -> str | None:
        """Named by the save that says "not reported" (EVD-31)."""
        return f"{fact.read_by}, {fact.read_on:%Y-%m-%d}" if fact.read_by and fact.read_on else None


class PaperInline(PageRights, admin.TabularInline):
    model = StudyPaper
    fields = ("role", "reference")
    autocomplete_fields = ("reference",)
    verbose_name_plural = "further papers of the study; the primary paper is named above"
    extra = 0


class OutcomeGroupInline(PageRights, admin.TabularInline):
    model = OutcomeGroup
    fields = ("label", "people", "direction", "ordering")
    extra = 0


class RegistrationInline(PageRights, admin.TabularInline):
    model = Registration
    fields = ("registry", "number", "title", "status", "registry_says", "started_in", "url")
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
    inlines = (FactInline, PaperInline, OutcomeGroupInline, RegistrationInline, CoverageInline)
    list_display = ("title", "year", *PageAdmin.list_display[1:])
    list_select_related = (*PageAdmin.list_select_related, "primary")
    list_filter = (*PageAdmin.list_filter, "design", "has_results")
    search_fields = ("title", "slug", "official_title", "heading", "numbers")
    autocomplete_fields = ("authors", "conditions", "interventions", "primary")
    readonly_fields = ("from_a_record", "year_shown", "by_the_rule")
    fieldsets = (
        (None, {"fields": ("from_a_record", "title", "slug", "summary", "heading")}),
        ("Record", {"fields": ("primary", "official_title", "year_shown", "venue", ("is_preprint", "has_results"))}),
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
        (
            "Certainty",
            {
                "fields": ("by_the_rule", ("certainty_set", "certainty_because")),
                "description": "What readers are told follows from the facts, by the rule that the site publishes.",
            },
        ),
        ("About", {"fields": ("conditions", "interventions")}),
        ("Text", {"fields": ("methods", "people", "results", "harms", "limits", "money")}),
        ("People", {"fields": ("authors", "reviewer", "keeper", "deputy")}),
    )

    def get_search_results(self, request: HttpRequest, queryset: QuerySet[Study], term: str) -> Any:
        """Numbers beside the study, not joined to it: the newest that answer are read and no more."""
        numbers = Registration.objects.filter(study=OuterRef("pk")).order_by().values("study")
        all_numbers = numbers.values(found=StringAgg("number", Value(" ")))
        return super().get_search_results(request, queryset.alias(numbers=Subquery(all_numbers)), term)

    def save_formset(self, request: HttpRequest, form: Any, formset: Any, change: bool) -> None:
        if formset.model is StudyFact:
            for row in formset.forms:
                row.instance.note_reader(request.user, timezone.localdate())
        super().save_formset(request, form, formset, change)

    def save_model(self, request: HttpRequest, obj: Study, form: Any, change: bool) -> None:
        """Who departs from the rule is named; it is written first, for the row is refused without it (EV-13)."""
        if {"certainty_set", "certainty_because"} & set(form.changed_data):
            obj.certainty_by = request.user if obj.certainty_set else None
            if change and obj.certainty_set:
                Study.objects.filter(pk=obj.pk).update(certainty_by=request.user)
        super().save_model(request, obj, form, change)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Study]:
        return super().get_queryset(request).prefetch_related("registrations")

    @admin.display(description="year", empty_value="not known")
    def year(self, study: Study) -> int | None:
        return study.year.value

    @admin.display(description="year")
    def year_shown(self, study: Study) -> str:
        """Where it comes from is said beside it, so that whoever finds it wrong knows what to correct (EVD-85)."""
        return str(study.year) if study.pk else "That of the primary paper, else of the start of the registration."

    @admin.display(description="by the rule")
    def by_the_rule(self, study: Study) -> str:
        if not study.pk:
            return "Follows from the facts."
        derived = certainty_by_rule(freeze_study(study))
        return f"{derived.level or 'no word'}: {'; '.join(derived.steps)}"

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
