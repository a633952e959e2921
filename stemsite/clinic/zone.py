"""Where the clinic's days begin and end, for whatever runs."""

from __future__ import annotations

import zoneinfo

from django.db import DatabaseError

from stemsite.serving.lasting import lasting

from .models import Clinic


def zone_of_days() -> zoneinfo.ZoneInfo:
    """The clinic's zone; without a database UTC, so that a view can still say what is wrong (SEC-03)."""
    try:
        return _zone()
    except DatabaseError:
        return zoneinfo.ZoneInfo("UTC")


@lasting
def _zone() -> zoneinfo.ZoneInfo:
    return (Clinic.objects.only("time_zone").filter(pk=1).first() or Clinic()).zone
