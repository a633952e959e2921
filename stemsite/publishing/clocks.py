"""From the time on the clinic's wall clock to the moment it means; the odd hours of clock changes included (PUB-64)."""

from __future__ import annotations

import datetime
from zoneinfo import ZoneInfo


class NoSuchHour(ValueError):
    """The clocks go forward over this time: it does not exist on that day."""


class AmbiguousHour(ValueError):
    """The clocks go back over this time: it comes twice on that day."""


def moment(wall: datetime.datetime, zone: str, *, second: bool | None = None) -> datetime.datetime:
    """The moment at which a clock in ``zone`` shows ``wall``; ``second`` chooses where it shows it twice."""
    first = wall.replace(tzinfo=ZoneInfo(zone), fold=0)
    later = wall.replace(tzinfo=ZoneInfo(zone), fold=1)
    if first.utcoffset() == later.utcoffset():
        try:
            return first.astimezone(datetime.UTC)
        except OverflowError:  # The last hours of the year 9999.
            raise NoSuchHour from None
    if first.astimezone(datetime.UTC).astimezone(first.tzinfo).replace(tzinfo=None) != wall:
        raise NoSuchHour
    if second is None:
        raise AmbiguousHour
    return (later if second else first).astimezone(datetime.UTC)
