"""Keeping rendered pages, and forgetting exactly those that depend on what changed.

Everything lies in the database: a page is forgotten in the transaction that changes what it
shows, so from that commit on no process answers with the older bytes. A page that was being
rendered meanwhile is not kept, because the generation has moved on.
"""

from __future__ import annotations

import datetime
import gzip
import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from urllib.parse import urlencode

import brotli
from django.conf import settings
from django.db import connection, transaction
from django.db.models import F, Q, Subquery
from django.utils import timezone

from stemsite.audit.recording import hold_chain

from . import disk, purging
from .answers import BEST_BROTLI, HELD, QUICK_BROTLI
from .memory import changed
from .models import Dependency, Generation, StoredPage

MAX_PAGES = 20_000
MAX_ADDRESS = 400


@dataclass(frozen=True, slots=True, kw_only=True)
class Rendered:
    """An answer ready to be kept."""

    status: int
    headers: tuple[tuple[str, str], ...]
    body: bytes
    keys: frozenset[str]
    parameters: tuple[str, ...] = ()
    """The query parameters the answer took notice of; any other makes no difference to it."""
    good_until: datetime.datetime | None = None

    def packed(self, *codings: str) -> StoredPage:
        """As a page that is not stored yet, in ``codings`` packed as well as a waiting reader has time for."""
        return StoredPage(
            status=self.status,
            headers=[list(header) for header in self.headers],
            body=self.body,
            gzipped=gzip.compress(self.body, 9, mtime=0) if "gzip" in codings else b"",
            brotli=brotli.compress(self.body, quality=QUICK_BROTLI) if "br" in codings else b"",
            brotli_quality=QUICK_BROTLI,
            etag=etag(self.body),
            parameters=sorted(self.parameters),
            good_until=self.good_until,
        )


def is_on() -> bool:
    return bool(settings.PAGE_STORE)


def generation() -> int:
    """The number to remember before rendering and to hand to ``keep``."""
    with connection.cursor() as cursor:  # Asked twice for each page that is made, and ten times as fast as by the ORM.
        cursor.execute("SELECT number FROM serving_generation WHERE id = 1")
        row = cursor.fetchone()
    return row[0] if row else 0


def find(path: str, query: Mapping[str, str] | None = None) -> StoredPage | None:
    """The stored answer to ``path`` with the parameters of ``query`` that matter to it; none when its time is over."""
    page = _find(path)
    if not query:
        return page
    if page is None:
        return _find(address_of(path, query, query))
    address = address_of(path, query, page.parameters)
    return page if address == path else _find(address)


def address_of(path: str, query: Mapping[str, str], parameters: Iterable[str]) -> str:
    """The one address of an answer: its known parameters alone, in order, without empty ones."""
    known = urlencode(sorted((name, query[name]) for name in parameters if query.get(name)))
    return f"{path}?{known}" if known else path


def _find(address: str) -> StoredPage | None:
    if len(address) > MAX_ADDRESS:
        return None
    return (
        StoredPage.objects.annotate(generation=Subquery(Generation.objects.filter(pk=1).values("number")))
        .filter(address=address)
        .filter(Q(good_until__isnull=True) | Q(good_until__gt=timezone.now()))
        .first()
    )


def keep(address: str, rendered: Rendered, *, began: int) -> StoredPage | None:
    """Store ``rendered`` unless something public changed since generation ``began``."""
    if len(address) > MAX_ADDRESS:
        return None
    page = purging.shared(rendered, address).packed(*HELD)
    page.address = address
    with transaction.atomic():
        # The row lock orders this against ``forget`` on PostgreSQL; SQLite has one writer at a time.
        Generation.objects.get_or_create(pk=1)
        if Generation.objects.select_for_update().get(pk=1).number != began:
            return None
        _make_room(address)
        StoredPage.objects.filter(address=address).delete()
        page.save(force_insert=True)
        Dependency.objects.bulk_create(Dependency(page=page, key=key) for key in sorted(rendered.keys))
    return page


def pack_better(most: int = 200) -> int:
    """Pack pages that were packed while a reader waited with brotli's best, an eighth smaller; how many were."""
    pages = StoredPage.objects.exclude(brotli_quality=BEST_BROTLI).order_by("pk").only("pk", "body", "etag")[:most]
    better = sum(
        StoredPage.objects.filter(pk=page.pk, etag=page.etag).update(
            brotli=brotli.compress(bytes(page.body), quality=BEST_BROTLI), brotli_quality=BEST_BROTLI
        )
        for page in pages
    )
    if better:
        changed()  # So that what is at hand in the web processes is fetched again.
    return better


def _make_room(address: str) -> None:
    """Let the oldest pages go where the store is full; a page that is in it already needs no room."""
    if StoredPage.objects.count() < MAX_PAGES or StoredPage.objects.filter(address=address).exists():
        return
    oldest = StoredPage.objects.order_by("stored_at", "pk").values_list("pk", flat=True)[: MAX_PAGES // 100 + 1]
    pages = StoredPage.objects.filter(pk__in=list(oldest))
    purging.purge(pages)  # Nobody would know any longer what their copies elsewhere depend on.
    pages.delete()


def etag(body: bytes) -> str:
    """A strong entity tag for ``body`` (RFC 9110, 8.8.3), without the quotes."""
    return hashlib.sha256(body).hexdigest()[:32]


@transaction.atomic
def forget(*keys: str) -> None:
    """Remove every stored page that depends on one of ``keys``, in the caller's transaction."""
    _advance()
    pages = StoredPage.objects.filter(pk__in=Dependency.objects.filter(key__in=set(keys)).values("page_id"))
    purging.purge(pages)
    pages.delete()


@transaction.atomic
def forget_all() -> None:
    _advance()
    purging.purge_everything()
    StoredPage.objects.all().delete()


def _advance() -> None:
    changed()
    disk.take_away_with_change()
    hold_chain()  # Every change of something public is audited too, before this or after it.
    Generation.objects.get_or_create(pk=1)
    Generation.objects.filter(pk=1).update(number=F("number") + 1)
