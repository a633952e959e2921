"""The screens that answer what a page said on a day: as a record, and as readers got it (PUB-29)."""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from typing import Any

from django import forms
from django.contrib.admin import site
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from stemsite.clinic.models import Clinic
from stemsite.images.renditions import PictureSources, sources_for

from ..as_of import Record, Shown, record_at
from ..clocks import AmbiguousHour, NoSuchHour, moment
from ..diffing import compare
from ..families import content_of
from ..looking_back import show_at
from ..models import Page, Version
from .finding_pages import page_for
from .framing import framed_by_us
from .naming import names_in
from .step_form import day_field

REST_OF_MINUTE = datetime.timedelta(seconds=59, microseconds=999_999)
"""What happened within the minute that was asked for counts."""


class Day(forms.Form):
    day = day_field("Day")
    time = forms.TimeField(label="Time", widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M"))

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = self.cleaned_data
        if "day" in data and "time" in data:
            wall = datetime.datetime.combine(data["day"], data["time"])
            zone = Clinic.current().time_zone
            try:
                data["moment"] = moment(wall, zone) + REST_OF_MINUTE
            except AmbiguousHour:
                data["moment"] = moment(wall, zone, second=True) + REST_OF_MINUTE
            except NoSuchHour:
                self.add_error("time", "The clocks never showed this time on that day. Choose another.")
        return data


@require_safe
def on_day(request: HttpRequest, pk: int) -> HttpResponse:
    page = page_for(request, pk)
    now = timezone.localtime(timezone=Clinic.current().zone)
    form = Day(request.GET or {"day": f"{now:%Y-%m-%d}", "time": f"{now:%H:%M}"}, use_required_attribute=False)
    asked = form.cleaned_data["moment"] if form.is_valid() else None
    record = record_at(page, asked) if asked is not None else None
    context = {
        **site.each_context(request),
        "title": "What it said on a day",
        "subtitle": page.title,
        "page": page,
        "form": form,
        "asked": asked,
        "record": record,
        "query": request.GET.urlencode() or f"day={now:%Y-%m-%d}&time={now:%H:%M}",
        "zone": Clinic.current().time_zone,
        **(_texts(record) if record is not None else {}),
    }
    return render(request, "admin/publishing/as_of.html", context, status=200 if form.is_valid() else 422)


@require_safe
@framed_by_us
def page_of_day(request: HttpRequest, pk: int) -> HttpResponse:
    """The page itself as readers got it then, with all that was joined to it."""
    page = page_for(request, pk)
    form = Day(request.GET)
    shown = show_at(request, page, form.cleaned_data["moment"]) if form.is_valid() else None
    if shown is None:
        raise Http404
    return shown


def _texts(record: Record) -> dict[str, Any]:
    """Every word of the version, and of the studies and pages it showed."""
    return {
        "whole": _whole(record.page, record.version),
        "pictures": list(_pictures(record)),
        "shown": [(one, _whole(one.page, one.version) if _is_study(one) else None) for one in record.shown],
    }


def _pictures(record: Record) -> Iterator[tuple[str, PictureSources]]:
    """The very files that were shown, each use with its alternative text, and the portrait beside the signature."""
    signed, sections = record.signature, record.version.content.get("sections", ())
    uses = [(each["picture"], each.get("alt") or "decorative") for each in sections if each.get("picture")]
    if signed is not None and signed.photo_file:
        uses.insert(0, (signed.photo_file, signed.name))
    files = sources_for(pk for pk, _ in uses)
    yield from ((words, files[pk]) for pk, words in uses if pk in files)


def _is_study(one: Shown) -> bool:
    return one.version is not None and one.page.family == "study"


def _whole(page: Page, version: Version | None) -> Any:
    if version is None:
        return None
    content = content_of(page, version)
    return compare(None, content, names=names_in(page, content))
