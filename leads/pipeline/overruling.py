"""Staff let a request out of quarantine; what had spoken against it is counted, so that weights rest on evidence."""

from __future__ import annotations

from typing import Any

from django.db import transaction

from leads.counting import count_week
from leads.letting_through import release
from leads.models import Request, WeeklyTotal

from .working import require_right

OVERRULED = "overruled: "


@transaction.atomic
def overrule(request: Request, *, by: Any) -> bool:
    """Release ``request``; false when somebody did so before, and then nothing is sent or counted (LEAD-27)."""
    require_right(by)
    if not release(request, by=by):
        return False
    if request.signals:
        count_week(request.FORM, {WeeklyTotal.By.EVENT: [f"{OVERRULED}{signal}" for signal in request.signals]})
    return True
