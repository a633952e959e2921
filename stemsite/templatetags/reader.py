"""What every template of the public site may say without loading anything."""

from __future__ import annotations

import datetime
import functools
import re
from collections.abc import Iterable
from pathlib import Path

from django import template
from django.conf import settings
from django.utils import timezone
from django.utils.html import escape, format_html
from django.utils.safestring import SafeString

register = template.Library()


@register.filter
def day(value: datetime.date | None) -> SafeString:
    """A whole day for people and machines: the month in words, the date in ISO 8601 (PAGE-50)."""
    if value is None:
        return SafeString("")
    if isinstance(value, datetime.datetime):
        value = timezone.localtime(value)
    return format_html('<time datetime="{}">{}</time>', f"{value:%Y-%m-%d}", f"{value:%B} {value.day}, {value.year}")


@register.filter
def marked(pieces: Iterable[tuple[str, bool]]) -> SafeString:
    """A sentence in pieces, with what was looked for in bold; a loop of the template takes twice as long."""
    return SafeString("".join(f"<b>{escape(piece)}</b>" if is_found else escape(piece) for piece, is_found in pieces))


@register.simple_tag
def icon(name: str) -> SafeString:
    """A small drawing beside its words; within the page, because a file of icons would be one request more."""
    return _icons().get(name, SafeString(""))


@functools.cache
def _icons() -> dict[str, SafeString]:
    """Every symbol of the one file that holds them, as it stands in a page."""
    drawn = Path(settings.BASE_DIR, "templates", "components", "icons.svg").read_text(encoding="utf-8")
    return {
        name: SafeString(f'<svg class="icon" viewBox="{box}" width="24" height="24" aria-hidden="true">{shapes}</svg>')
        for name, box, shapes in re.findall(r'<symbol id="(\w+)" viewBox="([^"]+)">(.*?)</symbol>', drawn)
    }
