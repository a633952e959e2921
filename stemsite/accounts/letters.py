"""The letters about accounts, as a sample person would get them; each is queued with the change it tells of."""

from __future__ import annotations

from functools import partial
from typing import Any

from django.conf import settings

from stemsite.mail.kinds import Letter, register_words
from stemsite.mail.outbox import render

SAMPLES: dict[str, tuple[str, dict[str, Any]]] = {
    "invitation": ("Invitation to staff", {"name": "Robin", "by": "Sam Sample", "days": 7}),
    "password_reset": ("A new password", {}),
    "account_changed": ("An account was changed", {"what": "Your password was changed."}),
}


def register_letters() -> None:
    """From ``ready()``: every kind with its sample, for the preview."""
    for kind, (label, context) in SAMPLES.items():
        register_words(kind, label=label, sample=partial(_sample, kind, context))


def _sample(kind: str, context: dict[str, Any]) -> Letter:
    subject, text, html = render(kind, {**context, "url": f"{settings.SITE_URL}/accounts/sample/"})
    return Letter(to=("Robin Sample", "robin@example.org"), subject=subject, text=text, html=html)
