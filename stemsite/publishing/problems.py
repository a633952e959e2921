"""What is wrong with pages, in few words, for their lists; each app says what it knows of them (PUB-113)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence

from django.db.models import Count, F

from .models import Hearing, Link, LinkUse, Override, Page
from .queues import queue

Problems = Callable[[Sequence[int]], Iterable[tuple[int, str]]]
"""Ids of pages -> which of them has a problem, and its words; as many queries for many as for one."""

_problems: list[Problems] = []


def register_problems(problems: Problems) -> Problems:
    """Add what an app knows, from ``ready()``."""
    if problems not in _problems:
        _problems.append(problems)
    return problems


def problems_of(pages: Sequence[int]) -> dict[int, tuple[str, ...]]:
    found: dict[int, list[str]] = defaultdict(list)
    for known in _problems:
        for page, words in known(pages):
            found[page].append(words)
    return {page: tuple(words) for page, words in found.items()}


def failed_schedules(pages: Sequence[int]) -> Iterator[tuple[int, str]]:
    failed = queue("failed")
    if failed is not None:
        rows = Page.objects.filter(failed.waits(), pk__in=pages).order_by("pk")
        yield from ((pk, "failed to publish") for pk in rows.values_list("pk", flat=True))


def broken_links(pages: Sequence[int]) -> Iterator[tuple[int, str]]:
    uses = LinkUse.objects.filter(page__in=pages, link__in=Link.objects.broken())
    for page, count in uses.order_by("page").values_list("page").annotate(Count("link", distinct=True)):
        yield page, f"{count} broken link{'s' if count > 1 else ''}"


def claims_heard(pages: Sequence[int]) -> Iterator[tuple[int, str]]:
    """Findings of the night on the live text that nobody let stand."""
    standing = set(Override.objects.standing().filter(page__in=pages).values_list("page_id", "fingerprint"))
    rows = Hearing.objects.filter(page__in=pages, version=F("page__live_version")).exclude(findings=[])
    for page, told in rows.order_by("page").values_list("page_id", "findings"):
        if count := sum((page, one["fingerprint"]) not in standing for one in told):
            yield page, f"{count} finding{'s' if count > 1 else ''} on the live text"
