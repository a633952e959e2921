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
from stemsite.publishing.gate import Refused

from ..integrity import confirm_doubt, dismiss_doubt, doubt, record_event
from ..models import IntegrityEvent


class NewEventForm(forms.ModelForm):
    source = forms.CharField(max_length=40, help_text="Who says so: the journal, PubMed, Crossref, Retraction Watch.")

    class Meta:
        model = IntegrityEvent
        fields = ("reference", "kind", "source", "notice", "notice_url", "notice_on")

    def clean(self) -> dict[str, Any]:
        """Open events are unique, and whether one is open is no field of this form."""
        values: dict[str, Any] = super().clean() or {}
        same = {name: values.get(name) for name in ("reference", "kind", "source", "notice")}
        whole = all(same[name] for name in ("reference", "kind", "source"))
        if whole and IntegrityEvent.objects.filter(**same, ended_at=None).exists():
            raise ValidationError("This notice is recorded already.")
        return values


class DoubtForm(forms.ModelForm):
    doubt = forms.CharField(
        label="it is wrong, because",
        max_length=300,
        help_text="A colleague has to agree. Until then readers see the notice; it stays on the record in any case.",
    )

    class Meta:
        model = IntegrityEvent
        fields = ()


class SecondForm(forms.ModelForm):
    second = forms.ChoiceField(
        label="a colleague says that this is wrong",
        choices=[("", "not decided"), ("agree", "I agree: end it"), ("stands", "The notice stands")],
    )

    class Meta:
        model = IntegrityEvent
        fields = ()

    def clean_second(self) -> str:
        choice = str(self.cleaned_data["second"])
        if choice == "agree" and self.instance.doubted_by_id == self.person.pk:
            raise forms.ValidationError("You said so yourself. A colleague has to look at it too.")
        return choice


def _for(person: Any, form: type[forms.ModelForm]) -> type[forms.ModelForm]:
    """The form as it is filled in by ``person``."""
    return type(form.__name__, (form,), {"person": person})


@admin.register(IntegrityEvent)
class IntegrityEventAdmin(NamedChoices, Guarded, admin.ModelAdmin):
    """Added, and ended by two people; never changed or deleted. Readers see either at once (PUB-14, EVD-56)."""

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
            form = SecondForm if obj.doubted_at else DoubtForm
            return super().get_form(request, obj, change, **{**kwargs, "form": _for(request.user, form)})
        return super().get_form(request, obj, change, **kwargs)

    def get_fields(self, request: HttpRequest, obj: IntegrityEvent | None = None) -> Any:
        if obj is None:
            return NewEventForm.Meta.fields
        if not self.has_change_permission(request, obj):
            return (*self.known, "ended_because", "ended_by")
        return (*self.known, "doubted_because", "doubted_by", "second") if obj.doubted_at else (*self.known, "doubt")

    def get_readonly_fields(self, request: HttpRequest, obj: IntegrityEvent | None = None) -> Any:
        if obj is None:
            return ()
        if self.has_change_permission(request, obj):
            return (*self.known, "doubted_because", "doubted_by")
        return (*self.known, "ended_because", "ended_by")

    def change_view(self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None) -> Any:
        """A stale tab is told how things stand (PUB-51)."""
        event = self.get_object(request, unquote(object_id))
        if request.method == "POST" and event is not None and event.ended_at is not None:
            self.message_user(request, "This event has already ended; nothing was changed.", level="WARNING")
            return HttpResponseRedirect(request.path)
        try:
            return super().change_view(request, object_id, form_url, extra_context)
        except (ValidationError, Refused) as refused:
            words = " ".join(refused.messages) if isinstance(refused, ValidationError) else str(refused)
            self.message_user(request, words, level="WARNING")
            return HttpResponseRedirect(request.path)

    def save_model(self, request: HttpRequest, obj: IntegrityEvent, form: Any, change: bool) -> None:
        if change:
            if "doubt" in form.cleaned_data:
                doubt(obj, because=form.cleaned_data["doubt"], by=request.user)
            elif form.cleaned_data["second"] == "agree":
                confirm_doubt(obj, by=request.user)
            else:
                dismiss_doubt(obj, by=request.user)
            return
        values = {name: getattr(obj, name) for name in NewEventForm.Meta.fields}
        obj.pk = record_event(**values, by=request.user).pk

    def log_addition(self, request: HttpRequest, obj: IntegrityEvent, message: Any) -> None:
        """``record_event`` has written it down."""

    def log_change(self, request: HttpRequest, obj: IntegrityEvent, message: Any) -> None:
        """What was done has written itself down."""
