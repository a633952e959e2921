from __future__ import annotations

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest

from stemsite.access import Action, can
from stemsite.guarded import Guarded

from .. import pausing
from ..models import Pause


@admin.register(Pause)
class PauseAdmin(Guarded, admin.ModelAdmin):
    """What stands still, why, and since when; going on is one action."""

    view_right = Action.SEE_JOBS
    list_display = ("words", "since", "probe_at")
    ordering = ("-since",)
    actions = ("go_on",)
    fields = readonly_fields = ("words", "reason", "since", "probe_at", "probes")

    def has_view_permission(self, request: HttpRequest, obj: Pause | None = None) -> bool:
        return super().has_view_permission(request, obj) or can(request.user, Action.SEE_MAIL)

    def has_resume_permission(self, request: HttpRequest) -> bool:
        return self.has_view_permission(request)

    @admin.action(description="Go on sending", permissions=["resume"])
    def go_on(self, request: HttpRequest, queryset: QuerySet[Pause]) -> None:
        resumed = [pause.words for pause in queryset if pausing.resume(pause, by=request.user)]
        self.message_user(request, f"{len(resumed)} go on." if resumed else "Nothing stood still any more.")
