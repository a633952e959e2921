from __future__ import annotations

from typing import Any

from django import forms
from django.conf import settings
from django.contrib import admin
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html

from stemsite.access import Action
from stemsite.audit.admin import Audited
from stemsite.guarded import Guarded
from stemsite.kept import KeptAdmin
from stemsite.publishing.models import Use
from stemsite.publishing.usage import live_count

from ..authors import as_lines, from_lines
from ..checking import fingerprint, judge_anew
from ..drift import drift
from ..models import Reference
from ..tasks import check_reference
from .fields import verdict_in_words
from .moved import Printed, listed_drift


class AuthorsField(forms.CharField):
    """A list of names as one author per line."""

    widget = forms.Textarea(attrs={"rows": 6})

    def prepare_value(self, value: Any) -> Any:
        return as_lines(value) if isinstance(value, list) else value

    def to_python(self, value: Any) -> list[list[str]]:
        try:
            return from_lines(super().to_python(value))
        except ValueError as error:
            raise ValidationError(str(error), code="authors") from None

    def has_changed(self, initial: Any, data: Any) -> bool:
        try:
            return self.to_python(data) != self.to_python(self.prepare_value(initial or []))
        except ValidationError:
            return True


class ReferenceForm(forms.ModelForm):
    authors = AuthorsField(
        required=False,
        help_text="One per line, in order: Barczewska, Monika. A group by its name alone: ALS Study Group.",
    )
    editors = AuthorsField(required=False, help_text="Of the book a chapter stands in, written alike.")

    class Meta:
        model = Reference
        exclude = ("is_sample",)  # noqa: DJ006 - the fieldsets below name every field


class ChangedSince(admin.SimpleListFilter):
    title = "source changed since publish"
    parameter_name = "changed"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [("yes", "Live pages print it differently")]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Reference]) -> QuerySet[Reference]:
        if self.value() != "yes":
            return queryset
        return queryset.filter(pk__in={found.record for found in drift(Use.Kind.REFERENCE)})


@admin.register(Reference)
class ReferenceAdmin(Printed, Audited, KeptAdmin, Guarded, admin.ModelAdmin):
    """Sources. Saving one never changes what live pages print; it lists them (PUB-13)."""

    printed_as = Use.Kind.REFERENCE
    form = ReferenceForm
    view_right = Action.SEE_LIBRARY
    add_right = Action.ADD_TO_LIBRARY
    change_right = delete_right = Action.EDIT_LIBRARY
    list_display = ("title", "first_author", "kind", "verdict_words", "standing_words", "live_pages")
    list_filter = (ChangedSince, "kind", "verdict", "standing", "is_retired")
    search_fields = ("title", "author_names", "doi", "pmid", "registry_id", "outlet")
    ordering = ("-pk",)
    show_full_result_count = False
    readonly_fields = ("verdict_words", "checked_on", "standing_words", "used_in", "printed_elsewhere")
    fieldsets = (
        (None, {"fields": ("kind", "title", "authors")}),
        (
            "Where it appeared",
            {
                "fields": (
                    ("journal", "journal_abbreviation"),
                    ("year", "month", "day"),
                    ("volume", "issue", "pages", "article_number"),
                    "outlet",
                    "editors",
                )
            },
        ),
        (
            "Identifiers",
            {"fields": (("doi", "pmid", "pmcid"), ("registry", "registry_id"), "url", ("updated_on", "accessed_on"))},
        ),
        ("Checks", {"fields": ("verdict_words", "checked_on", "standing_words")}),
        ("Use", {"fields": ("used_in", "printed_elsewhere", "is_retired", "note")}),
    )

    def get_queryset(self, request: HttpRequest) -> QuerySet[Reference]:
        return super().get_queryset(request).annotate(live_count=live_count(Use.Kind.REFERENCE))

    def get_search_results(self, request: HttpRequest, queryset: QuerySet[Reference], term: str) -> Any:
        """Whoever chooses a source, as an autocomplete does, is not offered retired ones."""
        found, duplicates = super().get_search_results(request, queryset, term)
        return (found.filter(is_retired=False) if "field_name" in request.GET else found), duplicates

    def save_model(self, request: HttpRequest, obj: Reference, form: Any, change: bool) -> None:
        before = fingerprint(Reference.objects.get(pk=obj.pk)) if change else ""
        if not change:
            obj.created_by = request.user
        typed = [name for name in form.changed_data if name in form.fields]
        obj.provenance = {**obj.provenance, **dict.fromkeys(typed, f"typed by {request.user.pk}")}
        super().save_model(request, obj, form, change)
        if before != fingerprint(obj):
            judge_anew(obj, by=request.user)
            if settings.EVIDENCE_NETWORK and obj.kind != Reference.Kind.WEB:
                check_reference.enqueue(obj.pk, request.user.pk)

    @admin.display(description="author, year", ordering="author_names")
    def first_author(self, reference: Reference) -> str:
        return reference.short

    @admin.display(description="record", ordering="verdict")
    def verdict_words(self, reference: Reference) -> Any:
        """The verdict with its day, leading to both sides (EVD-83)."""
        if not reference.pk:
            return reference.get_verdict_display()
        url = reverse("admin:studies_reference_check", args=[reference.pk])
        return format_html('<a href="{}">{}</a>', url, verdict_in_words(reference))

    @admin.display(description="notices", ordering="standing")
    def standing_words(self, reference: Reference) -> Any:
        words = reference.get_standing_display() or "no notice known"
        if reference.is_retired:
            words = f"retired; {words}"
        if not reference.standing or not reference.pk:
            return words
        url = f"{reverse('admin:studies_integrityevent_changelist')}?reference__id__exact={reference.pk}"
        return format_html('<a href="{}">{}</a>', url, words)

    @admin.display(description="live pages", ordering="live_count")
    def live_pages(self, reference: Reference) -> int:
        return reference.live_count

    @admin.display(description="changed since publish")
    def printed_elsewhere(self, reference: Reference) -> Any:
        return listed_drift(drift(Use.Kind.REFERENCE, [reference.pk]) if reference.pk else [])
