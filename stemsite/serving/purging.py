"""Telling a CDN what it may not give any longer, in the worker: a publication never waits for it (ADR 23).

A change writes jobs with itself, so none is lost and none is told that did not happen. Each is sent twice: an answer
may have been on its way to the CDN while we changed it. What cannot be told is an alert; copies end by themselves.
"""

from __future__ import annotations

import datetime
import hashlib
import json
import logging
import urllib.request
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.db import transaction
from django.db.models import QuerySet
from django.tasks import task
from django.utils import timezone

from .models import StoredPage

if TYPE_CHECKING:
    from .store import Rendered

logger = logging.getLogger(__name__)

AT_ONCE = 30
MOST = 300
"""Of more addresses than these, everything is purged."""

AGAIN_AFTER = datetime.timedelta(seconds=15)
TIMEOUT = 5.0
"""Seconds for which the lane of what is due waits."""

EVERYTHING = {"purge_everything": True}


def shared(rendered: Rendered, address: str) -> Rendered:
    """``rendered`` as it is stored: a page may be kept by the operator's CDN, under a mark that it can be purged by."""
    if not settings.CDN_SECONDS or rendered.status != 200:
        return rendered
    own = (("CDN-Cache-Control", f"max-age={settings.CDN_SECONDS}"), ("Cache-Tag", tag_of(address)))
    return replace(rendered, headers=(*rendered.headers, *own))


def tag_of(address: str) -> str:
    """One for each stored page, whatever parameters without a meaning it is asked with."""
    return hashlib.sha256(address.encode()).hexdigest()[:20]


def purge(pages: QuerySet[StoredPage]) -> None:
    """Have the CDN forget ``pages``, as soon as the transaction in hand is committed; before they are deleted."""
    if not settings.CDN_PURGE_URL:
        return
    addresses = list(pages.filter(status=200).order_by("pk").values_list("address", flat=True)[: MOST + 1])
    if len(addresses) > MOST:
        _tell(EVERYTHING)
        return
    for begin in range(0, len(addresses), AT_ONCE):
        _tell(_named(addresses[begin : begin + AT_ONCE]))


def purge_everything() -> None:
    if settings.CDN_PURGE_URL:
        _tell(EVERYTHING)


def purge_overdue() -> int:
    """Take away stored pages whose own words have aged, here and there; how many."""
    if not settings.CDN_PURGE_URL:
        return 0
    with transaction.atomic():
        overdue = StoredPage.objects.filter(good_until__lte=timezone.now())
        pks = list(overdue.order_by("pk").values_list("pk", flat=True)[:MOST])
        pages = StoredPage.objects.filter(pk__in=pks)
        purge(pages)
        pages.delete()
    return len(pks)


def _named(addresses: list[str]) -> dict[str, Any]:
    if settings.CDN_PURGE_BY == "addresses":
        return {"files": [f"{settings.SITE_URL}{address}" for address in addresses]}
    return {"tags": [tag_of(address) for address in addresses]}


def _tell(what: dict[str, Any]) -> None:
    now = timezone.now()
    told_until = (now + datetime.timedelta(seconds=settings.CDN_SECONDS) + AGAIN_AFTER).isoformat()
    for due_at in (now, now + AGAIN_AFTER):
        post_purge.using(run_after=due_at).enqueue(what, told_until)


@task(queue_name="due")
def post_purge(what: dict[str, Any], until: str) -> str:
    """Post ``what``; pointless after ``until``, when no copy of before the change is given any longer."""
    if not settings.CDN_PURGE_URL or timezone.now() > datetime.datetime.fromisoformat(until):
        return "no longer needed"
    try:
        return f"answered {_post(what)}"
    except OSError as error:
        logger.error("serving alert: the CDN could not be told what changed", extra={"facts": {"error": str(error)}})
        raise


def _post(what: dict[str, Any]) -> int:
    token = settings.CDN_PURGE_TOKEN
    headers = {"Content-Type": "application/json", **({"Authorization": f"Bearer {token}"} if token else {})}
    request = urllib.request.Request(settings.CDN_PURGE_URL, data=json.dumps(what).encode(), headers=headers)  # noqa: S310
    with _opener.open(request, timeout=TIMEOUT) as answer:
        return int(answer.status)


class _StayHere(urllib.request.HTTPRedirectHandler):
    """Where the operator said, and nowhere else: the token goes along."""

    def redirect_request(self, *args: Any) -> None:
        return None


_opener = urllib.request.build_opener(_StayHere)
