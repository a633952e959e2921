"""The figures and the list of what should not be: numbers for the house, links for those who mend (LEAD-104)."""

from __future__ import annotations

import datetime
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from leads.models import Contact, WeeklyTotal
from leads.pipeline import figures as numbers
from leads.pipeline.quality import LACKS
from stemsite.audit.recording import record
from stemsite.charts import chart

from .frame import for_leads, screen
from .listing import queue_links

SHOWN = 50
By = WeeklyTotal.By


@require_safe
@for_leads()
def figures(request: HttpRequest) -> HttpResponse:
    mondays = numbers.weeks()
    since = timezone.make_aware(datetime.datetime.combine(mondays[0], datetime.time.min))
    forms = numbers.totals(By.ALL, mondays)
    together = numbers.together(forms, mondays)
    outcomes = [numbers.confirmed(mondays), numbers.converted(mondays)]
    tables = [
        ("Requests by form", "Form", [*forms, together]),
        ("What became of them", "Outcome", outcomes),
        ("Requests by source", "Source", numbers.totals(By.SOURCE, mondays)[:12]),
        ("Requests by condition", "Condition", numbers.totals(By.CONDITION, mondays)[:12]),
        ("Signals of spam", "Signal", numbers.totals(By.SIGNAL, mondays)),
        ("Signals that staff overruled", "Signal", numbers.overruled(mondays)),
    ]
    drawn = [together, *(each for each in (*forms, *outcomes) if each.total)]
    charts = [chart(f"{each.label} a week", mondays, each.values) for each in drawn]
    return screen(
        request,
        "figures.html",
        title="Figures of the last twelve weeks",
        mondays=mondays,
        tables=tables,
        charts=charts,
        answering=numbers.answering(since),
        standing=numbers.standing(since),
        queues=queue_links(request.user),
    )


@require_safe
@for_leads()
def quality(request: HttpRequest) -> HttpResponse:
    found = []
    for lack in LACKS:
        rows = list(lack.rows()[: SHOWN + 1])
        found.append((lack, [_line(lack, row) for row in rows[:SHOWN]], len(rows) > SHOWN))
    shown = sum(len(lines) for _, lines, _ in found)
    record("saw a list of people", by=request.user, list="quality", rows=shown, fields=[])
    return screen(request, "quality.html", title="What should not be", found=found)


def _line(lack: Any, row: Any) -> dict[str, Any]:
    """A reference and a moment: who it is, the page behind the link says."""
    if lack.is_letter:
        return {"label": str(row), "at": row.finished_at, "url": reverse("admin:mail_delivery_change", args=[row.pk])}
    contact = row if isinstance(row, Contact) else row.contact
    url = reverse("admin:leads_contact_change", args=[contact.pk])
    return {"label": contact.reference, "at": row.created_at, "url": url}
