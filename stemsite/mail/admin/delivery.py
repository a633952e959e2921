from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.urls import path

from stemsite.access import Action, can
from stemsite.audit.recording import record
from stemsite.guarded import Guarded
from stemsite.tasks.admin.retrying import Retrying

from ..files import is_filed
from ..models import Delivery
from ..reading import may_read
from .letters import letter, letters


@admin.register(Delivery)
class DeliveryAdmin(Retrying, Guarded, admin.ModelAdmin):
    """The outbox: how each letter fares, for those who keep the site running; who it went to only for SEE_MAIL."""

    view_right = Action.SEE_JOBS
    change_list_template = "admin/stemsite/deliveries.html"
    list_display = ("kind", "state", "mailer", "attempts", "queued_at", "due_at", "finished_at")
    list_filter = ("state", "kind", "mailer")
    show_facets = admin.ShowFacets.NEVER
    ordering = ("-pk",)
    show_full_result_count = False
    fare = (
        "kind", "reference", "mailer", "state", "queued_at", "due_at", "started_at", "finished_at", "attempts",
        "last_error",
    )  # fmt: skip

    def has_view_permission(self, request: HttpRequest, obj: Delivery | None = None) -> bool:
        return super().has_view_permission(request, obj) or can(request.user, Action.SEE_MAIL)

    def has_retry_permission(self, request: HttpRequest) -> bool:
        return self.has_view_permission(request)

    def get_fields(self, request: HttpRequest, obj: Delivery | None = None) -> Any:
        if obj is None or not _opens(request, obj):
            return self.fare
        return (*self.fare, "to", "subject", "text") if is_filed(obj.mailer) else (*self.fare, "to", "subject")

    def get_readonly_fields(self, request: HttpRequest, obj: Delivery | None = None) -> Any:
        return self.get_fields(request, obj)

    def render_change_form(self, request: HttpRequest, context: Any, *args: Any, obj: Any = None, **kwargs: Any) -> Any:
        """Reading a letter, or only to whom it went, is written down."""
        if obj is not None and _opens(request, obj):
            record("saw a letter", by=request.user, obj=obj)
        return super().render_change_form(request, context, *args, obj=obj, **kwargs)

    def get_urls(self) -> Any:
        wrap = self.admin_site.admin_view
        return [
            path("letters/", wrap(letters), name="mail_letters"),
            path("letters/<str:name>/", wrap(letter), name="mail_letter"),
            *super().get_urls(),
        ]


def _opens(request: HttpRequest, delivery: Delivery) -> bool:
    return can(request.user, Action.SEE_MAIL) and may_read(request.user, (delivery.to.lower(),))
