"""What must hold before a site with forms goes public."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.apps import AppConfig
from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, register

from stemsite.tokens import LONGEST

from .pipeline.clock import parse_hours

MOST_CHARACTERS = 74
"""A longer address becomes an encoded word in the mail header, and one-click unsubscribing silently dies (LEAD-49)."""


@register(Tags.security, deploy=True)
def check_limits(app_configs: Sequence[AppConfig] | None, **kwargs: Any) -> list[CheckMessage]:
    if settings.LEADS_LIMITS:
        return []
    return [Error("LEADS_LIMITS is off: anybody may send any number of forms.", hint="Unset it.", id="leads.E001")]


@register()
def check_length_of_links(app_configs: Sequence[AppConfig] | None, **kwargs: Any) -> list[CheckMessage]:
    length = len(f"{settings.SITE_URL}/u/") + LONGEST
    if length <= MOST_CHARACTERS or settings.IS_TRIAL:
        return []
    return [
        Error(
            f"Addresses for unsubscribing would have {length} characters; mail headers carry {MOST_CHARACTERS}.",
            hint="Choose a SITE_URL with a shorter host name.",
            id="leads.E002",
        )
    ]


@register()
def check_hours(app_configs: Sequence[AppConfig] | None, **kwargs: Any) -> list[CheckMessage]:
    try:
        parse_hours(settings.LEADS_HOURS)
    except ValueError as error:
        return [Error(f"LEADS_HOURS cannot be read. {error}", id="leads.E003")]
    return []
