"""The clinic's days: dates on pages and forms are those of the clinic's own zone, wherever the server stands."""

from __future__ import annotations

import zoneinfo
from collections.abc import Callable

from django.db import DatabaseError
from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from .models import Clinic


class ClinicTimeMiddleware:
    """Inside the page store, so that a stored page costs nothing; one query for every other."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        with timezone.override(_zone()):
            return self.get_response(request)


def _zone() -> zoneinfo.ZoneInfo:
    """The clinic's zone; without a database UTC, so that a view can still say what is wrong (SEC-03)."""
    try:
        return (Clinic.objects.only("time_zone").filter(pk=1).first() or Clinic()).zone
    except DatabaseError:
        return zoneinfo.ZoneInfo("UTC")
