"""What every template of the public site may say without loading anything."""

from __future__ import annotations

import datetime

from django import template
from django.utils import timezone
from django.utils.html import format_html
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
