"""The addresses of registries are checked when the site starts, not when somebody waits for an answer (EVD-27)."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, Warning, register

from .sources.http import base_problem, is_loopback

BASES = ("CROSSREF_URL", "EUTILS_URL", "IDCONV_URL", "CTGOV_URL", "RETRACTION_WATCH_URL")


@register
def check_bases(**kwargs: Any) -> list[CheckMessage]:
    """Each base is https, or on this machine."""
    return [
        Error(f"{name} cannot be used: {problem}.", hint="Give an https address.", id="studies.E001")
        for name in BASES
        if (problem := base_problem(getattr(settings, name)))
    ]


@register(Tags.security, deploy=True)
def check_bases_are_public(**kwargs: Any) -> list[CheckMessage]:
    """A public site that asks itself is checked with nothing."""
    return [
        Warning(f"{name} points at this machine.", hint="Leave it out to use the registry's own.", id="studies.W001")
        for name in BASES
        if is_loopback(urlsplit(getattr(settings, name)).hostname or "")
    ]
