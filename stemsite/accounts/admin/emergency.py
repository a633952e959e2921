"""Opening emergency access, and the owner's list of when that was done and why (LEAD-112)."""

from __future__ import annotations

from typing import ClassVar

from django import forms
from django.contrib import admin, messages
from django.contrib.admin import site
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import path, reverse
from django.utils.decorators import method_decorator
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from stemsite.access import Action, can
from stemsite.guarded import Guarded

from .. import emergency
from ..models import EmergencyAccess


class ReasonForm(forms.Form):
    reason = forms.CharField(
        label="What is the emergency?",
        max_length=500,
        help_text="One sentence. The owner reads it. Do not name a person here.",
        widget=forms.Textarea(attrs={"rows": 3}),
    )


@admin.register(EmergencyAccess)
class EmergencyAccessAdmin(Guarded, admin.ModelAdmin):
    """What was opened cannot be changed; what is still open can be ended."""

    view_right = Action.MANAGE_STAFF
    list_display = ("user", "began_at", "ends_at", "ended_at", "ended_by", "reason")
    list_display_links = None
    list_select_related = ("user", "ended_by")
    ordering = ("-pk",)
    actions = None
    show_facets = admin.ShowFacets.NEVER
    change_list_template = "admin/accounts/emergency_list.html"
    fields: ClassVar = ("user", "reason", "began_at", "ends_at", "ended_at", "ended_by")

    def get_urls(self):
        view = self.admin_site.admin_view
        return [
            path("open/", view(self.open), name="accounts_open_emergency"),
            path("<int:pk>/end/", view(self.end), name="accounts_end_emergency"),
            *super().get_urls(),
        ]

    def changelist_view(self, request, extra_context=None):
        running = EmergencyAccess.objects.in_force().select_related("user").order_by("pk")
        return super().changelist_view(request, {"running": running, **(extra_context or {})})

    @method_decorator([never_cache, require_http_methods(["GET", "HEAD", "POST"])])
    def open(self, request):
        """What it means first; the press with a reason opens it."""
        if not emergency.is_offered(request.user):
            raise PermissionDenied
        form = ReasonForm(request.POST or None)
        if form.is_valid():
            try:
                emergency.begin(request.user, reason=form.cleaned_data["reason"])
            except ValidationError as refused:
                form.add_error(None, refused)
            else:
                messages.success(request, "Open for one hour. The owner has been told.")
                return HttpResponseRedirect(reverse("admin:leads_enquiry_changelist") + "?queue=new", status=303)
        context = {
            **site.each_context(request),
            "title": "Emergency access",
            "form": form,
            "opened": emergency.current(request.user),
        }
        return render(request, "admin/accounts/emergency.html", context, status=422 if form.errors else 200)

    @method_decorator(require_POST)
    def end(self, request, pk):
        opened = get_object_or_404(EmergencyAccess, pk=pk)
        may_see = can(request.user, Action.MANAGE_STAFF)
        if not may_see and opened.user_id != request.user.pk:
            raise PermissionDenied
        try:
            emergency.end(opened, by=request.user)
        except ValidationError as refused:
            messages.error(request, " ".join(refused.messages))
        else:
            messages.success(request, "Emergency access is over.")
        where = "admin:accounts_emergencyaccess_changelist" if may_see else "admin:index"
        return HttpResponseRedirect(reverse(where), status=303)
