"""Words for the ids that content holds, so that a difference names pages instead of numbers."""

from __future__ import annotations

from ..content import Content
from ..diffing import Names
from ..families import family_of
from ..models import Page, Use


def names_in(page: Page, *contents: Content) -> Names:
    """Titles of the studies and pages that any of ``contents`` shows: one query."""
    uses = {use for content in contents for use in family_of(page).uses(content)}
    shown = {pk for kind, pk in uses if kind in {Use.Kind.STUDY, Use.Kind.PAGE}}
    titles = dict(Page.objects.filter(pk__in=shown).values_list("pk", "title"))
    return {(field, pk): title for pk, title in titles.items() for field in ("study", "related")}
