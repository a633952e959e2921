from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin
from django.contrib.admin.utils import unquote
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponseRedirect

from stemsite.access import Action
from stemsite.choices import NamedChoices
from stemsite.guarded import Guarded

from ..integrity import end_event, record_event
from ..models import IntegrityEvent


class NewEventForm(forms.ModelForm):
    source = forms.CharField(max_length=40, help_text="Who says so: the journal, PubMed, Crossref, Retraction Watch.")

    class Meta:
        model = IntegrityEvent
        fields = ("reference", "kind", "source", "notice", "notice_url", "notice_on")


class EndEventForm(forms.ModelForm):
    ended_because = forms.CharField(
        label="end it, because", max_length=300, help_text="The event stays on the record; readers no longer see it."
    )

    class Meta:
        model = IntegrityEvent
        fields = ("ended_because",)


@admin.register(IntegrityEvent)
class IntegrityEventAdmin(NamedChoices, Guarded, admin.ModelAdmin):
    """Added and ended, never changed or deleted; readers see either at once (PUB-14)."""

    view_right = Action.SEE_LIBRARY
    add_right = change_right = Action.VERIFY_SOURCES
    list_display = ("reference", "kind", "source", "notice_on", "first_seen_at", "ended_at")
    list_filter = ("kind", ("ended_at", admin.EmptyFieldListFilter), "source")
    list_select_related = ("reference",)
    search_fields = ("reference__title", "reference__doi", "reference__pmid", "notice")
    show_facets = admin.ShowFacets.NEVER
    ordering = ("-first_seen_at", "-pk")
    autocomplete_fields = ("reference",)
    known = ("reference", "kind", "source", "notice", "notice_url", "notice_on", "first_seen_at", "ended_at")

    def get_queryset(self, request: HttpRequest) -> QuerySet[IntegrityEvent]:
        return super().get_queryset(request).select_related("reference")

    def lookup_allowed(self, lookup: str, value: Any, request: HttpRequest) -> bool:
        return lookup == "reference__id__exact" or super().lookup_allowed(lookup, value, request)

    def has_change_permission(self, request: HttpRequest, obj: IntegrityEvent | None = None) -> bool:
        """An event that has ended is history."""
        return (obj is None or obj.ended_at is None) and super().has_change_permission(request, obj)

    def get_form(
        self, request: HttpRequest, obj: IntegrityEvent | None = None, change: bool = False, **kwargs: Any
    ) -> Any:
        if obj is None:
            return super().get_form(request, obj, change, **{**kwargs, "form": NewEventForm})
        if self.has_change_permission(request, obj):
            return super().get_form(request, obj, change, **{**kwargs, "form": EndEventForm})
        return super().get_form(request, obj, change, **kwargs)

    def get_fields(self, request: HttpRequest, obj: IntegrityEvent | None = None) -> Any:
        return NewEventForm.Meta.fields if obj is None else (*self.known, "ended_because")

    def get_readonly_fields(self, request: HttpRequest, obj: IntegrityEvent | None = None) -> Any:
        if obj is None:
            return ()
        return self.known if self.has_change_permission(request, obj) else (*self.known, "ended_because")

    def change_view(self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None) -> Any:
        """A stale tab is told how things stand (PUB-51)."""
        event = self.get_object(request, unquote(object_id))
        if request.method == "POST" and event is not None and event.ended_at is not None:
            self.message_user(request, "This event has already ended; nothing was changed.", level="WARNING")
            return HttpResponseRedirect(request.path)
        try:
            return super().change_view(request, object_id, form_url, extra_context)
        except ValidationError as refused:
            self.message_user(request, " ".join(refused.messages), level="WARNING")
            return HttpResponseRedirect(request.path)

    def save_model(self, request: HttpRequest, obj: IntegrityEvent, form: Any, change: bool) -> None:
        if change:
            end_event(obj, because=form.cleaned_data["ended_because"], by=request.user)
            return
        values = {name: getattr(obj, name) for name in NewEventForm.Meta.fields}
        obj.pk = record_event(**values, by=request.user).pk

    def log_addition(self, request: HttpRequest, obj: IntegrityEvent, message: Any) -> None:
        """``record_event`` has written it down."""

    def log_change(self, request: HttpRequest, obj: IntegrityEvent, message: Any) -> None:
        """``end_event`` has written it down."""
