"""The figures and the list of what should not be: numbers for the house, links for those who mend (LEAD-104)."""

from __future__ import annotations

import datetime
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from leads.models import Contact, WeeklyTotal
from leads.pipeline import figures as numbers
from leads.pipeline import veiling
from leads.pipeline.figures import Series
from leads.pipeline.quality import LACKS
from stemsite.access import Action, can
from stemsite.audit.recording import record
from stemsite.charts import chart

from .frame import for_leads, screen
from .listing import queue_links

SHOWN = 50
MOST_ROWS = 12
By = WeeklyTotal.By


@require_safe
@for_leads(Action.SEE_FIGURES)
def figures(request: HttpRequest) -> HttpResponse:
    """The exact numbers for those who see people, numbers in steps for everybody else on the staff."""
    mondays = numbers.weeks()
    since = timezone.make_aware(datetime.datetime.combine(mondays[0], datetime.time.min))
    answering, standing = numbers.answering(since), numbers.standing(since)
    if can(request.user, Action.SEE_LEADS):
        found = _exact(mondays)
        around = {"answering": answering, "standing": standing, "queues": queue_links(request.user), "veil": False}
    else:
        found = _veiled(mondays)
        around = {"facts": veiling.facts(answering, standing), "veil": True}
    drawn = [found.together, *(each for each in (*found.forms, *found.outcomes) if each.total)]
    return screen(
        request,
        "figures.html",
        title="Figures of the last twelve weeks",
        mondays=mondays,
        tables=found.tables,
        charts=[chart(f"{each.label} a week", mondays, each.values, each.cells) for each in drawn],
        **around,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Figures:
    forms: list[Series]
    together: Series
    outcomes: list[Series]
    by: dict[str, list[Series]]

    @property
    def tables(self) -> list[tuple[str, str, list[Series]]]:
        return [
            ("Requests by form", "Form", [*self.forms, self.together]),
            ("What became of them", "Outcome", self.outcomes),
            ("Requests by source", "Source", self.by[By.SOURCE][:MOST_ROWS]),
            ("Requests by condition", "Condition", self.by[By.CONDITION][:MOST_ROWS]),
            ("Signals of spam", "Signal", self.by[By.SIGNAL]),
            ("Signals that staff overruled", "Signal", self.by[By.EVENT]),
        ]


def _exact(mondays: tuple[datetime.date, ...]) -> _Figures:
    forms = numbers.totals(By.ALL, mondays)
    by = {str(kind): numbers.totals(kind, mondays) for kind in (By.SOURCE, By.CONDITION, By.SIGNAL)}
    return _Figures(
        forms=forms,
        together=numbers.together(forms, mondays),
        outcomes=[numbers.confirmed(mondays), numbers.converted(mondays)],
        by={**by, By.EVENT: numbers.overruled(mondays)},
    )


def _veiled(mondays: tuple[datetime.date, ...]) -> _Figures:
    found = _exact(mondays)
    forms = veiling.veiled(found.forms)
    return _Figures(
        forms=forms,
        together=veiling.veiled_together(forms, len(mondays)),
        outcomes=veiling.veiled_outcomes(found.outcomes),
        by={kind: veiling.veiled(series) for kind, series in found.by.items()},
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
