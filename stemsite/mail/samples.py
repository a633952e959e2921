"""Letters to staff as a sample person would get them, for the preview (LEAD-67)."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Any

from django.conf import settings

from .kinds import Letter, register_words
from .outbox import render

Samples = Mapping[str, tuple[str, Mapping[str, Any]]]
"""Kind -> what it is called, and what its templates are given besides an address."""


def register_samples(samples: Samples) -> None:
    """From ``ready()``: kinds whose words are written when they are queued, each with its sample."""
    for kind, (label, context) in samples.items():
        register_words(kind, label=label, sample=partial(_sample, kind, context))


def _sample(kind: str, context: Mapping[str, Any]) -> Letter:
    subject, text, html = render(kind, {"url": f"{settings.SITE_URL}/admin/", **context})
    return Letter(to=("Robin Sample", "robin@example.org"), subject=subject, text=text, html=html)
