"""Every address of the site, read from the URLconf itself: unlinked views are invisible to crawlers."""

from __future__ import annotations

import re
from collections.abc import Iterator

from django.contrib.admin import site
from django.urls import URLPattern, URLResolver, get_resolver

HEALTH = ("/healthz/live", "/healthz/ready")

_SAMPLES = {"int": "1", "slug": "als", "str": "x", "path": "x/1/", "uuid": "00000000-0000-4000-8000-000000000000"}


def every_address() -> list[str]:
    """One concrete path for each route, sorted."""
    return sorted({"/" + filled(route) for route in routes(get_resolver().url_patterns, "")} | set(HEALTH))


def with_rows(*, page: int, version: int) -> set[str]:
    """Those of one row with a row that is there: of the model they belong to, else this page and this version."""
    first = {model: model._default_manager.first() for model in site._registry}
    row = {f"admin/{model._meta.app_label}/{model._meta.model_name}/": row.pk for model, row in first.items() if row}
    found = {f"/{area}{pk}/{name}" for area, pk in row.items() for name in ("", "change/", "delete/", "history/")}
    for route in routes(get_resolver().url_patterns, ""):
        pk = next((pk for area, pk in row.items() if route.startswith(area)), page)
        real = re.sub(r"<int:(older|newer)>", str(version), route)
        real = real.replace("versions/<int:pk>", f"versions/{version}").replace("<int:pk>", str(pk))
        found.add("/" + filled(real))
    return found


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
