"""Every address of the site, read from the URLconf itself: unlinked views are invisible to crawlers."""

from __future__ import annotations

import re
from collections.abc import Iterator

from django.urls import URLPattern, URLResolver, get_resolver

HEALTH = ("/healthz/live", "/healthz/ready")

_SAMPLES = {"int": "1", "slug": "als", "str": "x", "path": "x/1/", "uuid": "00000000-0000-4000-8000-000000000000"}


def every_address() -> list[str]:
    """One concrete path for each route, sorted."""
    return sorted({"/" + filled(route) for route in routes(get_resolver().url_patterns, "")} | set(HEALTH))


def filled(route: str) -> str:
    """``route`` with a made-up value wherever it takes one."""
    simple = re.sub(r"\(\?P<\w+>(?:[^()]|\([^()]*\))*\)", "x", route)
    simple = re.sub(r"<(?:(\w+):)?\w+>", lambda match: _SAMPLES[match[1] or "str"], simple)
    return re.sub(r"[\^$]|\\Z", "", simple)


def routes(patterns: list[URLPattern | URLResolver], before: str) -> Iterator[str]:
    for pattern in patterns:
        route = before + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            yield from routes(pattern.url_patterns, route)
        else:
            yield route
