"""Looking for people: posted, kept sealed, shown under an opaque key (LEAD-100)."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_POST

from leads.models import LeadSearch
from leads.pipeline import searching
from leads.pipeline.tables import TABLES
from stemsite.audit.recording import record

from .forms import SearchForm
from .frame import for_leads, screen, see_other


@require_POST
@for_leads()
def search(request: HttpRequest, slug: str) -> HttpResponse:
    table = TABLES.get(slug)
    if table is None:
        raise Http404
    form = SearchForm(request.POST, table=table)
    if not form.is_valid():
        return screen(
            request, "search.html", title="Nothing was looked for yet", status=422, search_form=form, table=table
        )
    found = searching.keep(table, form.asked(), by=request.user)
    if name := form.cleaned_data["name"]:
        found.title, found.is_kept = name, True
        found.is_shared = form.cleaned_data["is_shared"]
        found.save(update_fields=["title", "is_kept", "is_shared"])
    return see_other(f"leads_{slug}_changelist", query=f"?in={found.key}")


@require_POST
@for_leads()
def forget(request: HttpRequest, key: str) -> HttpResponse:
    """Whoever made a search takes it away again."""
    found = get_object_or_404(LeadSearch, key=key, by=request.user)
    record("forgot a search", by=request.user, obj=found)
    found.delete()
    messages.success(request, "The search is gone.")
    return see_other(f"leads_{found.table}_changelist")
