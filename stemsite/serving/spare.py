"""What this process last saw of the stored pages: readers get it while the database is away (SEC-03)."""

import time
from collections.abc import Mapping
from urllib.parse import urlencode

from django.db import DatabaseError
from django.utils import timezone

from stemsite.outages import is_outage

from . import store
from .models import StoredPage

MOST = 200
PAUSE = 2.0  # Seconds for which a database that was away is not asked again, so that nobody waits for it.


class Spare:
    """Holds pages of one generation only: once this process sees that anything public changed, all are dropped."""

    def __init__(self) -> None:
        self.pages: dict[str, StoredPage] = {}
        self.generation = self.away_until = -1.0

    def find(self, path: str, query: Mapping[str, str]) -> StoredPage | None:
        """As ``store.find``; the page last seen when the database does not answer."""
        address = f"{path}?{urlencode(sorted(query.items()))}"
        try:
            if time.monotonic() >= self.away_until:
                return self._remembered(address, store.find(path, query))
        except DatabaseError as error:
            if not is_outage(error):
                raise
            self.away_until = time.monotonic() + PAUSE
        held = self.pages.get(address)
        return held if held and (held.good_until is None or held.good_until > timezone.now()) else None

    def _remembered(self, address: str, page: StoredPage | None) -> StoredPage | None:
        if page is None:
            self.pages.pop(address, None)
        else:
            if page.generation != self.generation or len(self.pages) >= MOST:  # type: ignore[attr-defined]
                self.pages, self.generation = {}, page.generation  # type: ignore[attr-defined]
            self.pages[address] = page
        return page
