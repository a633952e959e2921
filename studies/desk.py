"""What the evidence library adds to the staff site's first page (PUB-112)."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.urls import reverse

from stemsite.access import Action, can
from stemsite.publishing.watching import Line

from .board import open_events
from .models import Reference


def evidence_lines(user: Any) -> Iterable[Line]:
    """Notices about sources that nobody has looked at, and references that differ from their records."""
    if not can(user, Action.SEE_LIBRARY):
        return
    board = reverse("admin:studies_board")
    notices = open_events().count()
    yield Line(label="Notices about sources", number=notices, url=board, alarm=notices > 0)
    wrong = (Reference.Verdict.MISMATCH, Reference.Verdict.WRONG_IDENTIFIER)
    differing = Reference.objects.filter(verdict__in=wrong, is_retired=False).count()
    yield Line(label="References that differ from their records", number=differing, url=board, alarm=differing > 0)
