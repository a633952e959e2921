from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.contrib.auth import get_user_model
from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.utils import timezone

from stemsite.access import Action
from stemsite.audit.admin import Audited
from stemsite.choices import NamedChoices
from stemsite.guarded import Guarded
from stemsite.kept import KeptAdmin

from ..changing import save_person
from ..models import Person


class Credential(admin.SimpleListFilter):
    title = "credential"
    parameter_name = "credential"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [("valid", "Can sign"), ("lapsed", "Reviewer who cannot sign")]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Person]) -> QuerySet[Person]:
        lapsed = Person.objects.lapsed().values("pk")
        if self.value() == "valid":
            return queryset.exclude(pk__in=lapsed)
        if self.value() == "lapsed":
            return queryset.filter(pk__in=lapsed, is_reviewer=True)
        return queryset


@admin.register(Person)
class PersonAdmin(Audited, NamedChoices, KeptAdmin, Guarded, admin.ModelAdmin):
    """Profiles. They decide who can sign, so they are the owner's; what was signed keeps what it printed."""

    view_right = Action.SEE_LIBRARY
    add_right = change_right = delete_right = Action.EDIT_CLINIC
    list_display = ("name", "credentials", "specialty", "is_author", "is_reviewer", "licence", "is_former")
    list_filter = (Credential, "is_author", "is_reviewer", "is_former")
    search_fields = ("name", "credentials", "specialty")
    ordering = ("name",)
    prepopulated_fields = {"slug": ("name",)}  # noqa: RUF012
    autocomplete_fields = ("photo",)
    readonly_fields = ("used_in",)
    fieldsets = (
        (None, {"fields": ("name", "credentials", "slug", "photo", ("is_author", "is_reviewer", "is_former"), "user")}),
        ("Training", {"fields": ("degrees", "specialty", "board", "certifying_body", "experience", "orcid")}),
        ("Licence", {"fields": (("licence_state", "licence_number"), "licence_url", "licence_valid_until")}),
        ("Conflict of interest", {"fields": ("conflict", "conflict_on")}),
        ("Use", {"fields": ("used_in",)}),
    )

    def get_prepopulated_fields(self, request: HttpRequest, obj: Person | None = None) -> Any:
        return {} if obj else super().get_prepopulated_fields(request, obj)

    def get_readonly_fields(self, request: HttpRequest, obj: Person | None = None) -> Any:
        return (*self.readonly_fields, "slug") if obj and obj.is_used() else self.readonly_fields

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        if db_field.name == "user":
            staff = get_user_model().objects.filter(Q(is_active=True, is_staff=True) | Q(person__isnull=False))
            kwargs["queryset"] = staff.order_by("email")
        return super().formfield_for_foreignkey(db_field, request, **kwargs)

    def save_model(self, request: HttpRequest, obj: Person, form: Any, change: bool) -> None:
        save_person(obj)

    @admin.display(description="licence", ordering="licence_valid_until")
    def licence(self, person: Person) -> str:
        if not person.is_reviewer:
            return "–"
        until = person.licence_valid_until
        if until is None:
            return "no end is known"
        return f"{'until' if until >= timezone.localdate() else 'lapsed'} {until:%b %-d, %Y}"
