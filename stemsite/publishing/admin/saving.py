"""Saving a page's form: compare-and-swap on the counter, then a Version; the second saver gets 409 and keeps it all."""

from __future__ import annotations

from typing import Any

from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from stemsite.outages import is_outage
from stemsite.picking import ManyField

from .. import workflow
from ..choosing import choose
from ..drafts import to_page
from ..models import Page
from .readmitting import readmit


class Conflict(Exception):
    """Somebody saved the page between the reading of it and this save."""


class Saving:
    """A mixin for ModelAdmins of pages: what happens between the press of Save and the answer."""

    def changeform_view(self, request: HttpRequest, object_id=None, form_url="", extra_context=None) -> HttpResponse:
        """As stock. When the swap fails the first pass is rolled back, and the second one shows the conflict."""
        if request.method == "POST" and request.POST.get("_continue") == "overwrite":
            request.POST = request.POST.copy()
            request.POST["lock_version"] = request.POST.get("seen_lock_version", "")
        try:
            return super().changeform_view(request, object_id, form_url, extra_context)
        except Conflict:
            return super().changeform_view(request, object_id, form_url, extra_context)
        except (OperationalError, InterfaceError) as error:
            if request.method != "POST" or not is_outage(error):
                raise
            request.could_not_save = True
            # Without the transaction around it: what only shows the form must not wait for the write lock again.
            return self._changeform_view(request, object_id, form_url, extra_context)

    def get_form(self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any) -> type[Any]:
        form = super().get_form(request, obj, change=change, **kwargs)
        form.could_not_save = getattr(request, "could_not_save", False)
        return form

    def get_formset_kwargs(self, request: HttpRequest, obj: Any, inline: Any, prefix: str) -> dict[str, Any]:
        kwargs = super().get_formset_kwargs(request, obj, inline, prefix)
        if "data" in kwargs and obj.pk:
            own = kwargs["queryset"].filter(**{to_page(inline.model): obj.pk})
            known = {str(pk) for pk in own.values_list("pk", flat=True)}
            kwargs["data"] = readmit(kwargs["data"], prefix, known)
        return kwargs

    def save_model(self, request: HttpRequest, obj: Page, form: Any, change: bool) -> None:
        """Only the fields of the form are written, so that no step taken meanwhile is undone."""
        obj.saved_at, obj.saved_by = timezone.now(), request.user
        if not change:
            obj.created_by = request.user
            obj.keeper = obj.keeper or request.user
            obj.save()
            return
        sent = form.cleaned_data["lock_version"]
        request.page_before = Page.objects.values("saved_at", "saved_by", "lock_version").get(pk=obj.pk)
        swapped = Page.objects.filter(pk=obj.pk, lock_version=sent)
        if swapped.update(lock_version=sent + 1, saved_at=obj.saved_at, saved_by=request.user) != 1:
            raise Conflict
        columns = {field.name for field in obj._meta.concrete_fields}
        obj.save(update_fields=[name for name in form.cleaned_data if name in columns - {"lock_version"}])

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        """Rows, then the Version. An empty save gives the counter back, so that it causes nobody a conflict."""
        super().save_related(request, form, formsets, change)
        for name in [name for name, field in form.fields.items() if isinstance(field, ManyField)]:
            choose(form.instance, name, form.cleaned_data[name])
        if change and not form.has_changed() and not any(formset.has_changed() for formset in formsets):
            Page.objects.filter(pk=form.instance.pk).update(**request.page_before)
        workflow.saved(form.instance, by=request.user)

    def log_addition(self, request: HttpRequest, obj: Any, message: Any) -> None:
        """Versions and transitions are the record of a page."""

    def log_change(self, request: HttpRequest, obj: Any, message: Any) -> None:
        """Versions and transitions are the record of a page."""
