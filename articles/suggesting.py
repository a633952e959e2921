"""Pages that the clinic shows first for words somebody searched for, marked as its own choice (PUB-134)."""

from __future__ import annotations

from stemsite.publishing.models import Page
from stemsite.search.words import terms_of

from .entries import Entry, entries
from .models import Suggestion

MOST = 3


def suggested(query: str) -> tuple[Entry, ...]:
    """The live pages that staff put before the results of ``query``; a query, and one more where there are any."""
    terms = f" {' '.join(terms_of(query))} "
    if not terms.strip():
        return ()
    meant = [row.page_id for row in Suggestion.objects.order_by("pk") if row.is_meant(terms)]
    if not meant:
        return ()
    pages = Page.objects.live().addressed().in_bulk(meant)
    return entries([pages[pk] for pk in meant if pk in pages][:MOST])
