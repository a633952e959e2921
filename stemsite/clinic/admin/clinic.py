from __future__ import annotations

import zoneinfo
from copy import copy
from typing import Any

from django import forms
from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.shortcuts import render
from django.urls import URLPattern, path, resolve, reverse
from django.utils.decorators import method_decorator
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from stemsite.access import Action, can
from stemsite.audit.admin import Audited
from stemsite.guarded import Guarded

from ..changing import save_clinic
from ..frame import proposed
from ..models import Clinic


class ClinicForm(forms.ModelForm):
    time_zone = forms.ChoiceField(choices=lambda: [(name, name) for name in sorted(zoneinfo.available_timezones())])


@admin.register(Clinic)
class ClinicAdmin(Audited, Guarded, admin.ModelAdmin):
    """The one row. Publishers write the sentence about the clinic (PUB-143); the rest is the owner's."""

    form = ClinicForm
    change_form_template = "admin/clinic/change_form.html"
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

    def render_change_form(self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any):
        context["may_pause"] = can(request.user, Action.EDIT_CLINIC)
        return super().render_change_form(request, context, *args, **kwargs)

    def get_urls(self) -> list[URLPattern]:
        preview = self.admin_site.admin_view(self.preview_view)
        return [path("preview/", preview, name="clinic_clinic_preview"), *super().get_urls()]

    @method_decorator([require_POST, never_cache])
    def preview_view(self, request: HttpRequest) -> HttpResponse:
        """The home page with what is typed; nothing is written (PUB-37)."""
        clinic = Clinic.current()
        if not self.has_change_permission(request, clinic):
            raise PermissionDenied
        form = self.get_form(request, clinic, change=True)(request.POST, instance=clinic)
        if not form.is_valid():
            context = {**self.admin_site.each_context(request), "title": "This cannot be shown yet", "form": form}
            return render(request, "admin/clinic/not_shown.html", context, status=422)
        look = copy(request)
        look.method, look.path, look.path_info, look.GET = "GET", "/", "/", QueryDict()
        with proposed(form.instance):
            return resolve("/").func(look)

    def save_model(self, request: HttpRequest, obj: Clinic, form: Any, change: bool) -> None:
        save_clinic(obj)
