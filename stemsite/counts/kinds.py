"""What is counted."""

from django.db import models


class Kind(models.TextChoices):
    PAGE = "page", "page read"
    REFERRER = "referrer", "came from"
    SEARCH = "search", "searched for"
    MISSED = "missed", "searched for, nothing found"
    ABSENT = "absent", "address where no page stands"


BY_MONTH = {Kind.SEARCH, Kind.MISSED}
"""Counted by the month, the others by the day: few look for the same words on one day."""
