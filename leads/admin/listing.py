"""The lists: a queue, what a search found, or everything; each look at one is on the record (LEAD-100, LEAD-111)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.db.models import Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.middleware.csrf import get_token
from django.urls import reverse
from django.views.decorators.http import require_safe

from leads.counting import kept
from leads.models import LeadSearch
from leads.pipeline.paging import part_of
from leads.pipeline.queues import QUEUES, Number, Queue, numbers, queue_named
from leads.pipeline.searching import found_by, search_for
from leads.pipeline.tables import TABLES, Table
from stemsite.audit.recording import record

from .forms import BulkForm, SearchForm
from .frame import for_leads, row_number, screen


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """Which rows of a table are meant: those of a queue, of a search, or all."""

    table: Table
    queue: Queue | None = None
    search: LeadSearch | None = None

    @property
    def query(self) -> dict[str, str]:
        if self.queue is not None:
            return {"queue": self.queue.slug}
        return {"in": self.search.key} if self.search is not None else {}

    def rows(self, user: Any) -> QuerySet[Any]:
        rows = self.table.rows()
        if self.queue is not None:
            return rows.filter(self.queue.waits(user))
        return rows.filter(found_by(self.search) if self.search is not None else Q())

    @property
    def title(self) -> str:
        if self.queue is not None:
            return f"{self.table.title}: {self.queue.label}"
        if self.search is not None and self.search.title:
            return f"{self.table.title}: {self.search.title}"
        return f"{self.table.title}: what was found" if self.search is not None else self.table.title


def choice_of(values: Any, table: Table, user: Any) -> Choice:
    """What an address or a form names; 404 where there is no such queue or search for ``user``."""
    if slug := values.get("queue"):
        queue = queue_named(slug)
        if queue is None or queue.table is not table:
            raise Http404
        return Choice(table=table, queue=queue)
    if key := values.get("in"):
        search = search_for(user, key, table)
        if search is None:
            raise Http404
        return Choice(table=table, search=search)
    return Choice(table=table)


@require_safe
@for_leads()
def table(request: HttpRequest, slug: str) -> HttpResponse:
    shown = TABLES[slug]
    choice = choice_of(request.GET, shown, request.user)
    part = part_of(
        choice.rows(request.user),
        moment=shown.moment,
        before=row_number(request.GET.get("before")),
        after=row_number(request.GET.get("after")),
    )
    record(
        "saw a list of people",
        by=request.user,
        list=shown.slug,
        rows=len(part.rows),
        fields=shown.reveals,
        **({"search": choice.search.pk} if choice.search else choice.query),
    )
    here = reverse(f"admin:leads_{slug}_changelist")
    return screen(
        request,
        "table.html",
        title=choice.title,
        table=shown,
        choice=choice,
        columns=shown.columns,
        lines=[_line(shown, row) for row in part.rows],
        total=kept(*shown.counted) if shown.counted and not choice.query else None,
        empty=choice.queue.empty if choice.queue else shown.about if not choice.search else "",
        newer=_address(here, choice, after=part.newer) if part.newer else "",
        older=_address(here, choice, before=part.older) if part.older else "",
        queues=queue_links(request.user, choice) if slug in {"enquiry", "subscription"} else (),
        tables=[(each, reverse(f"admin:leads_{each.slug}_changelist")) for each in TABLES.values()],
        search_form=_search_form(request, choice),
        kept_searches=_kept(request.user, shown, here),
        bulk_form=BulkForm(table=shown, by=request.user),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    value: Any
    column: str
    is_moment: bool
    is_day: bool
    chip: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    pk: int
    url: str
    reference: str
    cells: tuple[Cell, ...]


def _line(shown: Table, row: Any) -> Line:
    contact = shown.contact(row)
    return Line(
        pk=row.pk,
        url=reverse("admin:leads_contact_change", args=[contact.pk]),
        reference=contact.reference,
        cells=tuple(_cell(column.label, column.value(row), row) for column in shown.columns),
    )


def _cell(label: str, value: Any, row: Any) -> Cell:
    is_moment = hasattr(value, "hour")
    chip = f"chip--{TONES.get(getattr(row, 'status', ''), 'plain')}" if label == "Status" else ""
    return Cell(
        value=value, column=label, is_moment=is_moment, is_day=hasattr(value, "day") and not is_moment, chip=chip
    )


TONES = {"new": "notice", "contacted": "good", "qualified": "good", "scheduled": "good", "converted": "good"}


def _address(here: str, choice: Choice, **more: int) -> str:
    return f"{here}?{urlencode({**choice.query, **more})}"


@dataclass(frozen=True, slots=True, kw_only=True)
class QueueLink:
    label: str
    number: str
    url: str
    is_here: bool
    alarm: bool
    is_empty: bool


def queue_links(user: Any, choice: Choice | None = None) -> tuple[QueueLink, ...]:
    """Each queue with its number, and quarantine last; a number leads to exactly the rows it counts."""
    waiting, held = numbers(user)
    found = [
        _queue_link(
            queue.label,
            waiting[queue.slug],
            f"{reverse(f'admin:leads_{queue.table.slug}_changelist')}?queue={queue.slug}",
            is_here=choice is not None and choice.queue is queue,
            alarm=queue.alarm,
        )
        for queue in QUEUES
    ]
    url = reverse("admin:leads_quarantine")
    return (*found, _queue_link("In quarantine", held, url, is_here=False, alarm=False))


def _queue_link(label: str, number: Number, url: str, *, is_here: bool, alarm: bool) -> QueueLink:
    return QueueLink(
        label=label,
        number=number.words,
        url=url,
        is_here=is_here,
        alarm=alarm and number.value > 0,
        is_empty=not number.value,
    )


def _search_form(request: HttpRequest, choice: Choice) -> SearchForm:
    values = choice.search.values if choice.search is not None and isinstance(choice.search.values, dict) else {}
    return SearchForm(initial={**values, "table": choice.table.slug}, table=choice.table)


def _kept(user: Any, shown: Table, here: str) -> list[tuple[LeadSearch, str]]:
    found = LeadSearch.objects.for_user(user).filter(is_kept=True, table=shown.slug).order_by("pk")[:30]
    return [(search, f"{here}?in={search.key}") for search in found]


@require_safe
@for_leads()
def still_here(request: HttpRequest) -> HttpResponse:
    """Whether the reader is still signed in, for a page that was covered while nobody looked (SEC-12)."""
    return JsonResponse({"user": request.user.pk, "token": get_token(request)})
