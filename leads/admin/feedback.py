"""What readers say about pages, for whoever looks after the page and for publishers (PAGE-09)."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from leads.feedback import sections_of, seen_by
from leads.models import Feedback
from stemsite.access import Action, can
from stemsite.audit.admin import Audited
from stemsite.audit.recording import record
from stemsite.guarded import Guarded


@admin.register(Feedback)
class FeedbackAdmin(Audited, Guarded, admin.ModelAdmin):
    """Nothing is searched, as texts are sealed; nobody adds a note in a reader's name."""

    view_right = Action.SEE_LIBRARY
    list_display = ("created_at", "about", "verdict", "has_text", "state")
    list_filter = ("state", "verdict", "is_doubtful")
    show_facets = admin.ShowFacets.NEVER
    list_select_related = ("page",)
    ordering = ("-created_at", "-pk")
    fields = ("about", "part", "read", "verdict", "text", "created_at", "is_doubtful", "state")
    readonly_fields = ("about", "part", "read", "verdict", "text", "created_at")
    actions = None

    def get_queryset(self, request: HttpRequest) -> QuerySet[Feedback]:
        return super().get_queryset(request).filter(pk__in=seen_by(request.user).values("pk"))

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        if obj is None:
            return self.has_view_permission(request)
        return can(request.user, Action.EDIT, obj.page)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """A note that tells of somebody's health can go at once."""
        return obj is not None and can(request.user, Action.EDIT, obj.page)

    @admin.display(description="page", ordering="page__title")
    def about(self, note: Feedback) -> str:
        return note.page.title

    @admin.display(description="part of the page")
    def part(self, note: Feedback) -> str:
        if not note.section:
            return "The whole page"
        return dict(sections_of(note.page, note.version)).get(note.section, "A part that is no more")

    @admin.display(description="version that was read")
    def read(self, note: Feedback) -> str:
        live = note.version_id == note.page.live_version_id
        return f"{note.version.short}, {'which is live' if live else 'which is live no more'}"

    @admin.display(description="with words", boolean=True)
    def has_text(self, note: Feedback) -> bool:
        return bool(note.text)

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        note = self.get_object(request, object_id)
        if note is not None and request.method == "GET" and self.has_view_permission(request, note):
            record("read a note of a reader", by=request.user, obj=note)
        return super().change_view(request, object_id, form_url, extra_context)

    def save_model(self, request: HttpRequest, obj: Feedback, form: Any, change: bool) -> None:
        if "state" in form.changed_data:
            is_done = obj.state == Feedback.State.DONE
            obj.done_at, obj.done_by = (timezone.now(), request.user) if is_done else (None, None)
        obj.save(update_fields=["state", "is_doubtful", "done_at", "done_by"])
