from __future__ import annotations

import zoneinfo
from typing import Any

from django import forms
from django.contrib import admin
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse

from stemsite.access import Action, can
from stemsite.audit.admin import Audited
from stemsite.guarded import Guarded

from ..changing import save_clinic
from ..models import Clinic


class ClinicForm(forms.ModelForm):
    time_zone = forms.ChoiceField(choices=lambda: [(name, name) for name in sorted(zoneinfo.available_timezones())])


@admin.register(Clinic)
class ClinicAdmin(Audited, Guarded, admin.ModelAdmin):
    """The one row. Publishers write the sentence about the clinic (PUB-143); the rest is the owner's."""

    form = ClinicForm
    view_right = Action.SEE_LIBRARY
    change_right = Action.EDIT_FRAME
    fieldsets = (
        ("Who we are", {"fields": ("name", "legal_name", "statement")}),
        ("How to reach us", {"fields": ("address", "phone", "email", "hours", "directions")}),
        ("What the forms ask and promise", {"fields": ("answers_within", "asks_condition")}),
        (
            "How pages are reviewed",
            {
                "fields": (
                    *("review_policy", "review_months", "overdue_grace_days", "answer_days"),
                    *("time_zone", "jurisdiction"),
                )
            },
        ),
    )

    def get_readonly_fields(self, request: HttpRequest, obj: Clinic | None = None) -> Any:
        if can(request.user, Action.EDIT_CLINIC):
            return ()
        return [name for _, options in self.fieldsets for name in options["fields"] if name != "statement"]

    def get_object(self, request: HttpRequest, object_id: str, from_field: str | None = None) -> Clinic | None:
        """The clinic, an empty one where none is stored yet."""
        clinic = Clinic.current()
        return clinic if object_id == str(clinic.pk) else None

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        """There is one clinic: its form is the list."""
        return HttpResponseRedirect(reverse("admin:clinic_clinic_change", args=[Clinic.current().pk]))

    def save_model(self, request: HttpRequest, obj: Clinic, form: Any, change: bool) -> None:
        save_clinic(obj)
