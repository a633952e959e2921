"""Who must not be written to: entered with a reason by coordinator or owner, lifted by the owner alone (LEAD-70)."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin
from django.core.exceptions import ValidationError
from django.http import HttpRequest

from stemsite.access import Action
from stemsite.audit.admin import Audited
from stemsite.guarded import Guarded

from ..models import Suppression
from ..suppressing import is_suppressed, lift, suppress


class AddForm(forms.ModelForm):
    address = forms.EmailField(label="e-mail address", help_text="Only a keyed digest is kept, never the address.")

    class Meta:
        model = Suppression
        fields = ("note",)
        labels = {"note": "why"}  # noqa: RUF012

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["note"].required = True

    def clean_address(self) -> str:
        if is_suppressed(self.cleaned_data["address"]):
            raise ValidationError("This address gets no mail already.")
        return self.cleaned_data["address"]


class LiftForm(forms.ModelForm):
    class Meta:
        model = Suppression
        fields = ("lifted_note",)
        labels = {"lifted_note": "When and how the person asked for mail again"}  # noqa: RUF012

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "lifted_note" in self.fields:
            self.fields["lifted_note"].required = True


@admin.register(Suppression)
class SuppressionAdmin(Audited, Guarded, admin.ModelAdmin):
    view_right = add_right = Action.SEE_MAIL
    change_right = Action.LIFT_SUPPRESSION
    list_display = ("at", "reason", "source", "by", "lifted_at", "lifted_by")
    list_display_links = ("at", "reason")
    list_filter = ("reason", ("lifted_at", admin.EmptyFieldListFilter))
    list_select_related = ("by", "lifted_by")
    show_facets = admin.ShowFacets.NEVER
    ordering = ("-pk",)
    actions = None
    show_full_result_count = False
    facts = ("reason", "source", "note", "at", "by")

    def get_form(self, request: HttpRequest, obj: Suppression | None = None, **kwargs: Any) -> Any:
        return super().get_form(request, obj, **{**kwargs, "form": LiftForm if obj else AddForm})

    def get_fields(self, request: HttpRequest, obj: Suppression | None = None) -> Any:
        if obj is None:
            return ("address", "note")
        return (*self.facts, "lifted_note") if obj.lifted_at is None else (*self.facts, *self.lifted)

    lifted = ("lifted_at", "lifted_by", "lifted_note")

    def get_readonly_fields(self, request: HttpRequest, obj: Suppression | None = None) -> Any:
        return () if obj is None else self.facts

    def has_change_permission(self, request: HttpRequest, obj: Suppression | None = None) -> bool:
        return super().has_change_permission(request, obj) and (obj is None or obj.lifted_at is None)

    def render_change_form(self, request: HttpRequest, context: Any, *args: Any, **kwargs: Any) -> Any:
        one_button = {"show_save_and_continue": False, "show_save_and_add_another": False}
        return super().render_change_form(request, {**context, **one_button}, *args, **kwargs)

    def save_model(self, request: HttpRequest, obj: Suppression, form: Any, change: bool) -> None:
        if change:
            lift(obj, by=request.user, note=form.cleaned_data["lifted_note"])
            return
        address = form.cleaned_data["address"]
        kept = suppress(address, Suppression.Reason.STAFF, note=obj.note, source="staff", by=request.user)
        obj.pk = kept.pk if kept else None

    def log_addition(self, request: HttpRequest, obj: Suppression, message: Any) -> None:
        """Said already, by what was done."""

    def log_change(self, request: HttpRequest, obj: Suppression, message: Any) -> None:
        """Said already, by what was done."""
