from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import path

from stemsite.access import Action, can
from stemsite.audit.recording import record
from stemsite.guarded import Guarded
from stemsite.tasks.admin.retrying import Retrying

from .. import outbox, pulse
from ..files import is_filed
from ..kinds import kind_of
from ..models import Delivery, Pause
from ..reading import may_read
from .letters import letter, letters
from .parking import park
from .previews import letter_html, letter_preview, previews


class Deferred(admin.SimpleListFilter):
    title = "tries"
    parameter_name = "tries"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [("deferred", "Deferred: tried, and tried again later"), ("bounced", "Came back after it was sent")]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Delivery]) -> QuerySet[Delivery]:
        if self.value() == "deferred":
            return queryset.filter(state=Delivery.State.QUEUED, attempts__gt=0)
        return queryset.filter(bounced_at__isnull=False) if self.value() == "bounced" else queryset


@admin.register(Delivery)
class DeliveryAdmin(Retrying, Guarded, admin.ModelAdmin):
    """The outbox: how each letter fares, for those who keep the site running; who it went to only for SEE_MAIL."""

    view_right = Action.SEE_JOBS
    change_list_template = "admin/stemsite/deliveries.html"
    list_display = ("kind_label", "shown_state", "outcome", "attempts", "next_try", "mailer")
    list_filter = ("state", Deferred, "kind", "mailer")
    actions = ("try_again", "cancel", "let_go")
    show_facets = admin.ShowFacets.NEVER
    ordering = ("-pk",)
    show_full_result_count = False
    fare = (
        "kind_label", "reference", "mailer", "shown_state", "queued_at", "next_try", "started_at", "finished_at",
        "attempts", "verdict", "last_error", "bounced_at",
    )  # fmt: skip

    def has_view_permission(self, request: HttpRequest, obj: Delivery | None = None) -> bool:
        return super().has_view_permission(request, obj) or can(request.user, Action.SEE_MAIL)

    def has_retry_permission(self, request: HttpRequest) -> bool:
        return self.has_view_permission(request)

    def has_steer_permission(self, request: HttpRequest) -> bool:
        return can(request.user, Action.SEE_MAIL)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Delivery]:
        sealed = ("recipient", "letter", "pin")
        listing = request.resolver_match is not None and request.resolver_match.url_name == "mail_delivery_changelist"
        return super().get_queryset(request).defer(*sealed) if listing else super().get_queryset(request)

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

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> Any:
        context = {
            "pauses": Pause.objects.order_by("pk"),
            "parked": Delivery.objects.filter(state=Delivery.State.PARKED).count(),
            "may_park": can(request.user, Action.LIFT_SUPPRESSION),
            **(extra_context or {}),
        }
        return super().changelist_view(request, context)

    def get_urls(self) -> Any:
        wrap = self.admin_site.admin_view
        return [
            path("letters/", wrap(letters), name="mail_letters"),
            path("letters/<str:name>/", wrap(letter), name="mail_letter"),
            path("park/", wrap(park), name="mail_park"),
            path("previews/", wrap(previews), name="mail_previews"),
            path("previews/<slug:name>/", wrap(letter_preview), name="mail_preview"),
            path("previews/<slug:name>/html/", wrap(letter_html), name="mail_preview_html"),
            *super().get_urls(),
        ]

    @admin.display(description="letter", ordering="kind")
    def kind_label(self, delivery: Delivery) -> str:
        kind = kind_of(delivery.kind)
        return kind.label if kind else delivery.kind.replace("_", " ").capitalize()

    @admin.display(description="state", ordering="state")
    def shown_state(self, delivery: Delivery) -> str:
        return f"{delivery.shown_state}, came back" if delivery.bounced_at else delivery.shown_state

    @admin.display(description="next try", ordering="due_at", empty_value="-")
    def next_try(self, delivery: Delivery) -> Any:
        return delivery.due_at if delivery.state == Delivery.State.QUEUED else None

    @admin.display(description="what happened last")
    def outcome(self, delivery: Delivery) -> str:
        return delivery.last_error[:120] or delivery.verdict

    @admin.action(description="Take back what waits", permissions=["steer"])
    def cancel(self, request: HttpRequest, queryset: QuerySet[Delivery]) -> None:
        self._each(request, queryset, lambda row: outbox.cancel(row, verdict="by staff", by=request.user), "taken back")

    @admin.action(description="Let go what is parked", permissions=["steer"])
    def let_go(self, request: HttpRequest, queryset: QuerySet[Delivery]) -> None:
        self._each(request, queryset, lambda row: pulse.release(row, by=request.user), "let go")

    def _each(
        self, request: HttpRequest, queryset: QuerySet[Delivery], act: Callable[[Delivery], bool], done: str
    ) -> None:
        """Item by item; what cannot be is left alone and counted."""
        outcomes = [act(row) for row in queryset]
        left = outcomes.count(False)
        said = f"{outcomes.count(True)} {done}." + (f" {left} stood otherwise and were left alone." if left else "")
        self.message_user(request, said)


def _opens(request: HttpRequest, delivery: Delivery) -> bool:
    return can(request.user, Action.SEE_MAIL) and may_read(request.user, (delivery.to.lower(),))
