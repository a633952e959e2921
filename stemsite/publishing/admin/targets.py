"""Where readers are sent: an address typed by staff that has to be a live page."""

from __future__ import annotations

from django import forms
from django.core.exceptions import ValidationError

from ..models import Page


def target_field(hint: str) -> forms.CharField:
    return forms.CharField(label="Readers are sent to", help_text=hint, required=False, max_length=200)


def live_target(typed: str, page: Page) -> Page | None:
    """The live page at the address that was typed, another one than ``page``; none where nothing was typed."""
    path = typed.strip()
    if not path:
        return None
    found = Page.objects.live().addressed().exclude(pk=page.pk).filter(live_path=path).first()
    if found is None:
        raise ValidationError("No other live page has this address.")
    return found
