"""Whatever is done through the admin is in the chain, and the history of a record is read from it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.contrib.admin.utils import unquote
from django.contrib.admin.views.main import PAGE_VAR
from django.core.exceptions import PermissionDenied
from django.db.models import Model
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse

from ..reading import events_of
from ..recording import record

Message = list[dict[str, dict[str, Any]]] | str


class Audited:
    """A mixin for ModelAdmins, first in line. Field names are recorded, never what was typed."""

    def log_addition(self, request: HttpRequest, obj: Model, message: Message) -> None:
        record("added", by=request.user, obj=obj, **_fields(message))

    def log_change(self, request: HttpRequest, obj: Model, message: Message) -> None:
        if message:
            record("changed", by=request.user, obj=obj, **_fields(message))

    def log_deletions(self, request: HttpRequest, queryset: Iterable[Model]) -> None:
        for obj in queryset:
            record("deleted", by=request.user, obj=obj)

    def history_view(
        self, request: HttpRequest, object_id: str, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """The events about one record that the viewer may read."""
        obj = self.get_object(request, unquote(object_id))
        if obj is None:
            return self._get_obj_does_not_exist_redirect(request, self.opts, object_id)
        if not self.has_view_or_change_permission(request, obj):
            raise PermissionDenied
        paginator = self.get_paginator(request, events_of(obj, request.user).order_by("-number"), 100)
        page = paginator.get_page(request.GET.get(PAGE_VAR, 1))
        context = {
            **self.admin_site.each_context(request),
            "title": f"History: {obj}",
            "events": page,
            "page_range": paginator.get_elided_page_range(page.number),
            "page_var": PAGE_VAR,
            "module_name": str(self.opts.verbose_name_plural).capitalize(),
            "object": obj,
            "opts": self.opts,
            **(extra_context or {}),
        }
        request.current_app = self.admin_site.name
        return TemplateResponse(request, "admin/stemsite/history.html", context)


def _fields(message: Message) -> dict[str, Any]:
    """The names of changed fields, and of the rows beneath by their kind; no values and no names of records."""
    if isinstance(message, str):
        return {}
    names: list[str] = []
    for step in message:
        for verb, said in step.items():
            kind = said.get("name", "")
            names += [f"{kind}: {field}" if kind else field for field in said.get("fields", [])]
            names += [f"{verb} {kind}"] if kind and not said.get("fields") else []
    return {"fields": names} if names else {}
