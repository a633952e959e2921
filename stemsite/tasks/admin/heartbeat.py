from __future__ import annotations

from django.contrib import admin
from django.utils import timezone

from stemsite.access import Action
from stemsite.guarded import Guarded

from ..models import Heartbeat
from ..worker import SILENT_AFTER


@admin.register(Heartbeat)
class HeartbeatAdmin(Guarded, admin.ModelAdmin):
    view_right = Action.SEE_JOBS
    list_display = ("worker", "started_at", "seen_at", "at_work")
    ordering = ("-seen_at",)
    actions = None
    readonly_fields = ("worker", "started_at", "seen_at")

    @admin.display(description="at work", boolean=True)
    def at_work(self, beat: Heartbeat) -> bool:
        return timezone.now() - beat.seen_at <= SILENT_AFTER
