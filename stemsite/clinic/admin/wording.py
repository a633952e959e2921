from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.db.models import Exists, OuterRef, QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html

from stemsite.access import Action, can
from stemsite.audit.admin import Audited
from stemsite.guarded import Guarded
from stemsite.kept import KeptAdmin, listed
from stemsite.uses import uses_of

from ..changing import add_wording
from ..claiming import claims_in, in_words
from ..models import Clinic, Wording


class Newest(admin.SimpleListFilter):
    title = "version"
    parameter_name = "newest"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [("yes", "In force"), ("no", "Replaced")]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Wording]) -> QuerySet[Wording]:
        current = Wording.objects.current().values("pk")
        if self.value() == "yes":
            return queryset.filter(pk__in=current)
        return queryset.exclude(pk__in=current) if self.value() == "no" else queryset


@admin.register(Wording)
class WordingAdmin(Audited, KeptAdmin, Guarded, admin.ModelAdmin):
    """A wording is never changed: the next version is written from it, and pages that carry the old one are listed.

    Notices, disclaimers and consents are the owner's; headings and success words of forms the publisher's too.
    """

    view_right = Action.SEE_LIBRARY
    add_right = Action.EDIT_FRAME
    list_display = ("kind", "jurisdiction", "version", "in_force", "lead", "cleared_by", "created_at")
    list_filter = (Newest, "kind", "jurisdiction")
    search_fields = ("lead", "text")
    ordering = ("kind", "jurisdiction", "-version")
    fields = ("kind", "jurisdiction", "lead", "text", "cleared_by")
    shown = ("version", "created_at", "created_by", "carried_by", "older_carried_by")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Wording]:
        newer = Wording.objects.filter(
            kind=OuterRef("kind"), jurisdiction=OuterRef("jurisdiction"), version__gt=OuterRef("version")
        )
        return super().get_queryset(request).select_related("created_by").annotate(is_replaced=Exists(newer))

    def get_fields(self, request: HttpRequest, obj: Wording | None = None) -> Any:
        return ("next_version", *self.fields, *self.shown) if obj else self.fields

    def get_readonly_fields(self, request: HttpRequest, obj: Wording | None = None) -> Any:
        return ("next_version", *self.fields, *self.shown) if obj else ()

    def formfield_for_choice_field(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        if db_field.name == "kind" and not can(request.user, Action.EDIT_WORDINGS):
            kwargs["choices"] = [choice for choice in Wording.Kind.choices if choice[0] in Wording.FORM_WORDS]
        return super().formfield_for_choice_field(db_field, request, **kwargs)

    def get_changeform_initial_data(self, request: HttpRequest) -> dict[str, Any]:
        """The words of ``?after=<pk>``, to be changed into the next version; never who cleared them."""
        after = request.GET.get("after", "")
        found = Wording.objects.filter(pk=int(after)).first() if after.isdecimal() and len(after) < 19 else None
        if found is None:
            return {"jurisdiction": Clinic.current().jurisdiction}
        return {"kind": found.kind, "jurisdiction": found.jurisdiction, "lead": found.lead, "text": found.text}

    def save_model(self, request: HttpRequest, obj: Wording, form: Any, change: bool) -> None:
        add_wording(obj, by=request.user)
        for found in (*claims_in(obj.lead, obj.scope), *claims_in(obj.text, obj.scope)):
            self.message_user(request, f"Look again. {in_words(found)}", level="WARNING")
        older = self._older_uses(obj)
        live = sum(use.mark == "live" for use in older)
        if live:
            url = reverse("admin:clinic_wording_change", args=[obj.pk])
            self.message_user(
                request,
                format_html('{} live pages still carry an older wording. <a href="{}">See which</a>.', live, url),
                level="WARNING",
            )

    @admin.display(description="in force", boolean=True)
    def in_force(self, wording: Wording) -> bool:
        return not wording.is_replaced

    @admin.display(description="change it")
    def next_version(self, wording: Wording) -> Any:
        url = f"{reverse('admin:clinic_wording_add')}?after={wording.pk}"
        return format_html('<a href="{}">Write the next version from this one</a>', url)

    @admin.display(description="pages that carry it")
    def carried_by(self, wording: Wording) -> Any:
        return self.used_in(wording)

    @admin.display(description="pages that still carry an older version")
    def older_carried_by(self, wording: Wording) -> Any:
        uses = self._older_uses(wording)
        return listed(uses) if uses else "None."

    def _older_uses(self, wording: Wording) -> Any:
        older = Wording.objects.filter(
            kind=wording.kind, jurisdiction=wording.jurisdiction, version__lt=wording.version
        )
        uses = uses_of(Wording.USE_KIND, list(older.values_list("pk", flat=True)))
        return tuple(use for use in uses if use.mark in {"live", "draft"})
