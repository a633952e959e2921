"""ModelAdmins of records used elsewhere: they show where, and refuse deletion with that list (PUB-15, PUB-23)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from .uses import Kept, RecordUse, in_short, uses_of

SHOWN = 200


def listed(uses: Sequence[RecordUse]) -> SafeString:
    """``uses`` as links, each place once with all its marks."""
    places: dict[tuple[str, int | None, str], list[RecordUse]] = defaultdict(list)
    for use in uses:
        places[use.screen, use.pk, use.label].append(use)
    each = islice(places.values(), SHOWN)
    shown = [(marks[0].url, marks[0].label, ", ".join(use.mark for use in marks)) for marks in each]
    rows = format_html_join("", '<li><a href="{}">{}</a> ({})</li>', shown)
    more = format_html("<li>and {} more</li>", len(places) - SHOWN) if len(places) > SHOWN else SafeString("")
    return format_html("<p>{}</p><ul>{}{}</ul>", in_short(uses), rows, more)


class KeptAdmin:
    """A mixin for ModelAdmins of ``Kept`` models; ``used_in`` belongs into fields and ``readonly_fields``."""

    show_facets = admin.ShowFacets.NEVER
    delete_confirmation_template = "admin/stemsite/delete_kept.html"

    @admin.display(description="used in")
    def used_in(self, obj: Kept) -> Any:
        uses = obj.uses() if obj is not None else ()
        return listed(uses) if uses else "Nothing uses it yet."

    def get_fieldsets(self, request: HttpRequest, obj: Kept | None = None) -> Any:
        """What is only shown is not asked about a record that is yet to be added."""
        fieldsets = super().get_fieldsets(request, obj)  # type: ignore[misc]
        return fieldsets if obj is not None else list(_to_fill_in(fieldsets, self.get_readonly_fields(request)))  # type: ignore[attr-defined]

    def get_deleted_objects(
        self, objs: Iterable[Kept], request: HttpRequest
    ) -> tuple[list[Any], dict[str, int], set[str], list[Any]]:
        objs = list(objs)
        deleted, counts, lacking, protected = super().get_deleted_objects(objs, request)  # type: ignore[misc]
        uses = uses_of(self.model.USE_KIND, [pk for obj in objs for pk in obj.use_ids()])  # type: ignore[attr-defined]
        links = [format_html('<a href="{}">{}</a> ({})', use.url, use.label, use.mark) for use in uses[:SHOWN]]
        links += [format_html("and {} more", len(uses) - SHOWN)] if len(uses) > SHOWN else []
        return deleted, counts, set() if links else lacking, links or protected

    def delete_view(
        self, request: HttpRequest, object_id: str, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """As stock; a use that appeared between question and answer is a message, not an error page."""
        context = {"instead": self.model.INSTEAD, **(extra_context or {})}  # type: ignore[attr-defined]
        try:
            return super().delete_view(request, object_id, context)  # type: ignore[misc,no-any-return]
        except ValidationError as refused:
            messages.error(request, " ".join(refused.messages))
            name = f"admin:{self.opts.app_label}_{self.opts.model_name}_change"  # type: ignore[attr-defined]
            return HttpResponseRedirect(reverse(name, args=[object_id]))


def _to_fill_in(fieldsets: Iterable[tuple[Any, Any]], shown: Sequence[str]) -> Iterator[tuple[Any, Any]]:
    for name, options in fieldsets:
        fields = [field for field in options["fields"] if field not in shown]
        if fields:
            yield name, {**options, "fields": fields}
