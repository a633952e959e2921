"""The letters about pages, as a sample person would get them."""

from __future__ import annotations

from functools import partial
from typing import Any

from django.conf import settings

from stemsite.mail.kinds import Letter, register_words
from stemsite.mail.outbox import render

SAMPLES: dict[str, tuple[str, dict[str, Any]]] = {
    "review_wanted": ("A review is wanted", {"by": "Sam Sample", "note": "Please look at the table."}),
    "changes_wanted": ("Changes are wanted", {"by": "Sam Sample", "reason": "The second number needs its source."}),
    "page_approved": ("A page was approved", {"by": "Sam Sample"}),
    "changed_after_signature": ("Changed after a signature", {"by": "Sam Sample"}),
    "shown_page_withdrawn": (
        "A study was withdrawn",
        {"shown": "A sample study", "reason": "Its authors withdrew the paper."},
    ),
    "schedule_done": ("A schedule was carried out", {"what": "publish"}),
    "schedule_failed": (
        "A schedule could not be carried out",
        {"what": "publish", "reasons": ["A source is retracted."]},
    ),
}


def register_letters() -> None:
    """From ``ready()``: every kind with its sample, for the preview."""
    for kind, (label, context) in SAMPLES.items():
        register_words(kind, label=label, sample=partial(_sample, kind, context))


def _sample(kind: str, context: dict[str, Any]) -> Letter:
    values = {"page_title": "A sample page", "url": f"{settings.SITE_URL}/admin/", **context}
    subject, text, html = render(kind, values)
    return Letter(to=("Robin Sample", "robin@example.org"), subject=subject, text=text, html=html)
