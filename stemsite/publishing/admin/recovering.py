"""The doors of what is typed and not saved yet: keep it, look at it, take it back into the form, let it go."""

from __future__ import annotations

import copy
import json
import uuid
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse, QueryDict
from django.shortcuts import render
from django.urls import URLPattern, path, reverse
from django.utils import timezone

from stemsite.access import Action, can
from stemsite.crypto import Unreadable

from .. import buffering
from ..diffing import Difference, compare
from ..families import family_of
from ..models import Buffer, Page
from .naming import names_in
from .unsaved import bound, typed_content

LATEST_TURN = 2**31 - 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Sent:
    """What a window sends to be kept; without ``fields``, it lets go of what it held."""

    key: uuid.UUID
    user: int
    turn: int
    fields: tuple[tuple[str, str], ...] | None


class Recovering:
    """A mixin for ModelAdmins of pages."""

    def get_urls(self) -> list[URLPattern]:
        name = f"{self.opts.app_label}_{self.opts.model_name}"
        wrap = self.admin_site.admin_view
        return [
            path("add/buffer/", wrap(self.buffer_view), name=f"{name}_add_buffer"),
            path("<int:object_id>/buffer/", wrap(self.buffer_view), name=f"{name}_buffer"),
            path("add/unsaved/<uuid:key>/", wrap(self.unsaved_view), name=f"{name}_add_unsaved"),
            path("<int:object_id>/unsaved/<uuid:key>/", wrap(self.unsaved_view), name=f"{name}_unsaved"),
            *super().get_urls(),
        ]

    def buffer_view(self, request: HttpRequest, object_id: int | None = None) -> HttpResponse:
        """Keep what a window holds. Nothing of it is checked, and nothing else is written (PUB-75, PUB-79)."""
        if request.method != "POST":
            return HttpResponse(status=405, headers={"Allow": "POST"})
        page = self._page_to_edit(request, object_id)
        sent = read(request.body)
        if sent is None:
            return HttpResponse(status=400)
        if sent.user != request.user.pk:
            return JsonResponse({"other": str(request.user)}, status=409)
        if sent.fields is None:
            buffering.forget(request.user, str(sent.key))
            return JsonResponse({"kept": True})
        place = {"family": self.model.FAMILY, "page_id": page.pk if page else None}
        kept = buffering.keep(request.user, sent.key, turn=sent.turn, fields=sent.fields, **place)
        return JsonResponse({"kept": kept, "turn": self._turn(request, str(sent.key))})

    def unsaved_view(self, request: HttpRequest, key: uuid.UUID, object_id: int | None = None) -> HttpResponse:
        """Own unsaved text: compared with the draft by GET; by POST taken back into the form, or let go (PUB-74)."""
        page = self._page_to_edit(request, object_id)
        found = buffering.find(request.user, self.model.FAMILY, page.pk if page else None, str(key))
        form_url = self._form_url(page)
        if found is None or isinstance(found.fields, Unreadable):
            if request.method != "POST":
                raise Http404
            messages.info(request, "This unsaved text was taken back or let go already.")
            return HttpResponseRedirect(form_url, status=303)
        if request.method != "POST":
            return self._compared(request, page, found)
        if request.POST.get("do") == "discard":
            buffering.forget(request.user, str(key))
            messages.success(request, "The unsaved text was let go.")
            return HttpResponseRedirect(form_url, status=303)
        return self._restored(request, page, found)

    def _restored(self, request: HttpRequest, page: Page | None, found: Buffer) -> HttpResponse:
        """The form with what was typed, under a key of this window: another one may still hold the former."""
        found.key = uuid.uuid4()
        found.save(update_fields=["key"])
        data = buffering.as_posted(found)
        data["buffer_key"], data["typed_by"] = str(found.key), str(request.user.pk)
        request.POST, request.recovered = data, found
        return self.changeform_view(request, str(page.pk) if page else None, self._form_url(page))

    def _compared(self, request: HttpRequest, page: Page | None, found: Buffer) -> HttpResponse:
        context = {
            **self.admin_site.each_context(request),
            "title": "Unsaved text",
            "subtitle": page.title if page else self.opts.verbose_name,
            "page": page,
            "offer": found,
            "change_url": self._form_url(page),
            "list_url": reverse(f"admin:{self.opts.app_label}_{self.opts.model_name}_changelist"),
            "opts": self.opts,
            "difference": self._difference(request, page, buffering.as_posted(found)),
        }
        return render(request, "admin/publishing/unsaved.html", context)

    def _difference(self, request: HttpRequest, page: Page | None, data: QueryDict) -> Difference:
        before = family_of(page).freeze(page) if page else None
        form, formsets = bound(self, posting(request, data), page)
        after = typed_content(form, formsets)
        named = names_in(form.instance, *filter(None, (before, after)))
        return compare(before, after, names=named)

    def _page_to_edit(self, request: HttpRequest, object_id: int | None) -> Page | None:
        page = self.get_object(request, str(object_id)) if object_id is not None else None
        if object_id is not None and page is None:
            raise Http404
        if not can(request.user, Action.CREATE if page is None else Action.EDIT, page):
            raise PermissionDenied
        return page

    def _form_url(self, page: Page | None) -> str:
        name = f"admin:{self.opts.app_label}_{self.opts.model_name}"
        return reverse(f"{name}_change", args=[page.pk]) if page else reverse(f"{name}_add")

    def _turn(self, request: HttpRequest, key: str) -> int:
        known = buffering.key_in(key)
        found = Buffer.objects.filter(user=request.user, key=known).values_list("turn", flat=True).first()
        return found or 0

    def recovery(self, request: HttpRequest, page: Page | None) -> dict[str, Any]:
        """What the form's script needs to keep what is typed, and what is offered from another window."""
        name = f"admin:{self.opts.app_label}_{self.opts.model_name}"
        args = [page.pk] if page else []
        typed = request.POST.get("buffer_key", "") if request.method == "POST" else ""
        key = typed if buffering.key_in(typed) else str(uuid.uuid4())
        offer = buffering.offered(request.user, self.model.FAMILY, page.pk if page else None, besides=key)
        door = f"{name}_unsaved" if page else f"{name}_add_unsaved"
        return {
            "buffer_key": key,
            "buffer_turn": self._turn(request, key) if typed else 0,
            "buffer_url": reverse(f"{name}_buffer" if page else f"{name}_add_buffer", args=args),
            "recovered": getattr(request, "recovered", None),
            "offer": offer,
            "offer_url": reverse(door, args=[*args, offer.key]) if offer else "",
            "now": timezone.now(),
        }


def posting(request: HttpRequest, data: QueryDict) -> HttpRequest:
    """``request`` as if it had sent ``data``."""
    sent = copy.copy(request)
    sent.method = "POST"
    _ = sent.FILES  # Read first: reading them later would undo what is set here.
    sent.POST = data
    return sent


def read(body: bytes) -> Sent | None:
    """What was sent, if it has the shape of a form; what stands in the fields is nobody's business here."""
    try:
        values = json.loads(body)
        key, user, turn, fields = (values[name] for name in ("key", "user", "turn", "fields"))
        known = buffering.key_in(key)
        if fields is not None:
            fields = tuple((name, value) for name, value in fields)
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return None
    texts = all(isinstance(text, str) for pair in fields or () for text in pair)
    numbers = type(user) is int and type(turn) is int and 0 <= turn <= LATEST_TURN
    if known is None or not (texts and numbers) or not _storable(fields or ()):
        return None
    return Sent(key=known, user=user, turn=turn, fields=fields)


def _storable(fields: tuple[tuple[str, str], ...]) -> bool:
    """Whether every text can be encoded: halves of characters cannot."""
    try:
        return all(text.encode() is not None for pair in fields for text in pair)
    except UnicodeEncodeError:
        return False
