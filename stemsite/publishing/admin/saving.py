"""Saving a page's form: compare-and-swap on the counter, then a Version; the second saver gets 409 and keeps it all."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse, JsonResponse, QueryDict
from django.utils import timezone

from stemsite.access import Action, can
from stemsite.outages import is_outage
from stemsite.picking import ManyField

from .. import buffering, workflow
from ..choosing import choose
from ..drafts import to_page
from ..models import Page
from .merging import merge, read_snapshot, untouched
from .readmitting import readmit

DECIDED = frozenset({"overwrite", "merge"})

ASKS = "X-Stemsite-Form"
"""Header by which the form's own script asks for the next address as data."""


class Conflict(Exception):
    """Somebody saved the page between the reading of it and this save."""


class Saving:
    """A mixin for ModelAdmins of pages: what happens between the press of Save and the answer."""

    def changeform_view(self, request: HttpRequest, object_id=None, form_url="", extra_context=None) -> HttpResponse:
        """As stock; the form's script is told where to go, so that it leaves only what was saved (PUB-81)."""
        if request.method == "POST" and request.POST.get("typed_by", str(request.user.pk)) != str(request.user.pk):
            raise PermissionDenied("This text was typed by somebody else.")
        response = self._saved_or_conflict(request, object_id, form_url, extra_context)
        if request.headers.get(ASKS) and response.status_code in {302, 303}:
            return JsonResponse({"to": response["Location"]})
        return response

    def _saved_or_conflict(
        self, request: HttpRequest, object_id: Any, form_url: str, extra_context: Any
    ) -> HttpResponse:
        """When the swap fails the first pass is rolled back, and the second one shows the conflict."""
        if request.method == "POST" and request.POST.get("_continue") in DECIDED:
            request.POST = self._decided(request, object_id)
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

    def _decided(self, request: HttpRequest, object_id: Any) -> QueryDict:
        """What was sent after a conflict was seen: as it stands, or with the other person's edits in it."""
        data = request.POST.copy()
        page = self.get_object(request, str(object_id)) if request.POST["_continue"] == "merge" else None
        if page is not None and can(request.user, Action.EDIT, page):
            plan = merge(request, self, page)
            data = plan.data if plan is not None else data
        data["lock_version"] = request.POST.get("seen_lock_version", "")
        return data

    def get_form(self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any) -> type[Any]:
        form = super().get_form(request, obj, change=change, **kwargs)
        form.could_not_save = getattr(request, "could_not_save", False)
        form.is_recovered = hasattr(request, "recovered")
        return form

    def get_formset_kwargs(self, request: HttpRequest, obj: Any, inline: Any, prefix: str) -> dict[str, Any]:
        kwargs = super().get_formset_kwargs(request, obj, inline, prefix)
        if "data" in kwargs and obj.pk:
            own = kwargs["queryset"].filter(**{to_page(inline.model): obj.pk})
            known = {str(pk) for pk in own.values_list("pk", flat=True)}
            opened = read_snapshot(request.POST.get("opened", ""))
            form = inline.get_formset(request, obj).form
            kwargs["data"] = readmit(kwargs["data"], prefix, known, untouched(kwargs["data"], prefix, form, opened))
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
        buffering.forget(request.user, request.POST.get("buffer_key", ""))

    def log_addition(self, request: HttpRequest, obj: Any, message: Any) -> None:
        """Versions and transitions are the record of a page."""

    def log_change(self, request: HttpRequest, obj: Any, message: Any) -> None:
        """Versions and transitions are the record of a page."""
