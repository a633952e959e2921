"""Links of what is live: collected from the versions, asked one host at a time, politely (PUB-115)."""

from __future__ import annotations

import logging
import time
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import chain, zip_longest
from typing import Any
from urllib.parse import urlsplit

import lxml.html
from django.conf import settings
from django.db import transaction
from django.db.models import F
from django.urls import Resolver404, resolve
from django.utils import timezone

from stemsite.tasks.worker import is_stopping

from .models import Link, LinkUse, Page, Redirect
from .outbound import Verdict, ask

PAUSE = 1.0
"""Seconds between two questions to one host."""
MOST_PER_HOST = 200
LONGEST = 1000

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    target: str
    section: str
    text: str


def links_in(content: Mapping[str, Any]) -> Iterator[Found]:
    """Every link that a stored content shows, with the heading it stands under; each target once a section."""
    for section in content.get("sections", ()):
        heading = section.get("heading", "")
        for target, text in dict(_anchors(section)).items():
            yield Found(target=target, section=heading[:200], text=text[:200])
    for citation in content.get("citations", ()):
        if citation.get("url"):
            yield Found(target=citation["url"], section="References", text=citation.get("short", "")[:200])


def _anchors(value: Any) -> Iterator[tuple[str, str]]:
    match value:
        case str() if "<a " in value:
            for anchor in lxml.html.fragment_fromstring(value, create_parent="div").iter("a"):
                target = (anchor.get("href") or "").strip()
                if target.startswith(("http://", "https://", "/")) and len(target) <= LONGEST:
                    yield target.partition("#")[0] or "/", " ".join(anchor.text_content().split())
        case dict():
            yield from chain.from_iterable(_anchors(item) for item in value.values())
        case list():
            yield from chain.from_iterable(_anchors(item) for item in value)


def collect() -> int:
    """Write down anew where every link of every live page stands; targets nobody names any more go."""
    pages = Page.objects.live().addressed().order_by("pk")
    for page in pages.iterator(chunk_size=100):
        _collect_from(page)
    LinkUse.objects.exclude(page__public_state=Page.PublicState.LIVE).delete()
    Link.objects.filter(uses=None).delete()
    return Link.objects.count()


@transaction.atomic
def _collect_from(page: Page) -> None:
    found = list(links_in(page.version_for_readers().content))
    targets = {each.target for each in found}
    Link.objects.bulk_create([Link(target=target) for target in sorted(targets)], ignore_conflicts=True)
    known = dict(Link.objects.filter(target__in=targets).values_list("target", "pk"))
    LinkUse.objects.filter(page=page).delete()
    LinkUse.objects.bulk_create(
        LinkUse(page=page, link_id=known[each.target], section=each.section, text=each.text) for each in found
    )


Ask = Callable[[str], Verdict]


def check_all(*, ask: Ask = ask, sleep: Callable[[float], None] = time.sleep) -> int:
    """Ask for every link once. Hosts take turns, and none is asked more than once a second."""
    collect()
    asked = 0
    last: dict[str, float] = {}
    for link in _taking_turns():
        if is_stopping():
            break
        host = urlsplit(link.target).hostname or ""
        if host:
            sleep(max(0.0, last.get(host, 0.0) + PAUSE - time.monotonic()))
            last[host] = time.monotonic()
        _write_down(link, _verdict(link.target, ask))
        asked += 1
    return asked


def _taking_turns() -> Iterator[Link]:
    hosts: dict[str, list[Link]] = defaultdict(list)
    for link in Link.objects.order_by(F("tried_at").asc(nulls_first=True), "pk"):
        hosts[urlsplit(link.target).hostname or ""].append(link)
    own = hosts.pop("", [])
    rounds = zip_longest(*(links[:MOST_PER_HOST] for links in hosts.values()))
    yield from own
    yield from (link for turn in rounds for link in turn if link is not None)


def _verdict(target: str, ask: Ask) -> Verdict:
    if target.startswith("/"):
        return Verdict("good") if leads_somewhere(target) else Verdict("failed", "no page of ours stands there")
    if target.startswith(f"{settings.SITE_URL}/"):
        return _verdict(target.removeprefix(settings.SITE_URL), ask)
    if not settings.EVIDENCE_NETWORK:
        return Verdict("unknown", "the site does not ask the network")
    return ask(target)


def leads_somewhere(path: str) -> bool:
    """Whether ``path`` is a live page, a redirect that ends somewhere, or a page of the site itself."""
    return path in leading_somewhere([path])


def leading_somewhere(paths: Iterable[str]) -> set[str]:
    """Those of ``paths`` that lead somewhere: two queries, and one more for each redirect that leads on."""
    asked = {path: urlsplit(path).path for path in paths}
    live = Page.objects.filter(live_path__in=set(asked.values()), public_state=Page.PublicState.LIVE)
    pages = set(live.values_list("live_path", flat=True))
    moved = {one.from_path: one for one in Redirect.objects.select_related("page").filter(from_path__in=asked.values())}

    def leads(path: str) -> bool:
        if path in pages:
            return True
        if path in moved:
            return moved[path].final_target() not in {None, path}
        return _is_of_the_site(path)

    return {path for path, plain in asked.items() if leads(plain)}


def _is_of_the_site(path: str) -> bool:
    try:
        match = resolve(path)
    except Resolver404:
        return False
    return not match.kwargs


def _write_down(link: Link, verdict: Verdict) -> None:
    link.tried_at = timezone.now()
    if verdict.outcome == "failed":
        link.failed(verdict.said, timezone.localdate())
    elif verdict.outcome == "good":
        link.answered(verdict.said)
    else:
        link.said = verdict.said[:200]
    link.save(update_fields=["tried_at", "said", "failed_days", "failing_since", "failed_on"])
