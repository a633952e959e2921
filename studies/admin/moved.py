"""How a record shows the live pages that print it differently from today."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.utils.html import format_html, format_html_join

from stemsite.publishing.reports import page_url

from ..drift import Drift

SHOWN = 100


def listed_drift(found: Sequence[Drift]) -> Any:
    """Each page with what it prints and what the record says today."""
    if not found:
        return "Every live page that uses it prints it as it reads today."
    rows = format_html_join(
        "",
        '<li><a href="{}">{}</a><br>prints: <del>{}</del><br>today: <ins>{}</ins></li>',
        ((page_url(item.page), item.title, item.printed, item.today) for item in found[:SHOWN]),
    )
    more = f"and {len(found) - SHOWN} more pages" if len(found) > SHOWN else ""
    return format_html("<ul>{}</ul>{}", rows, more)
