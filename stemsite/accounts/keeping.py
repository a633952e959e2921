"""What was sent after a session had ended is kept for the same person, and nobody else (SEC-12, PUB-77)."""

from __future__ import annotations

import datetime
from typing import Any

from django.http import HttpRequest
from django.utils import timezone

from stemsite.outages import kept_form

from .models import KeptForm

KEPT = datetime.timedelta(hours=12)
LONGEST_ADDRESS = 300
TOKEN = "csrfmiddlewaretoken"  # noqa: S105 - the name of a field


def keep(request: HttpRequest, user: Any) -> KeptForm | None:
    """Keep the form that ``user`` sent, if it came from a page of ours and is one that a browser shows an answer to."""
    if request.headers.get("Sec-Fetch-Mode", "navigate") != "navigate":
        return None
    sent = kept_form(request)
    if sent is None or len(sent.address) > LONGEST_ADDRESS:
        return None
    fields: Any = [[name, value] for name, value in sent.fields if name != TOKEN]
    return KeptForm.objects.create(user=user, address=sent.address, fields=fields)


def forget_old() -> int:
    return KeptForm.objects.filter(kept_at__lt=timezone.now() - KEPT).delete()[0]
