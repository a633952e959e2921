"""Reports on live pages whose sources, treatments or conditions read differently today."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from stemsite.publishing.models import Use
from stemsite.publishing.reports import Line, Report, page_url

from .drift import drift


def _lines(kind: str) -> Callable[[], Iterator[Line]]:
    def lines() -> Iterator[Line]:
        for found in drift(kind):
            why = "From what the page prints to what the record reads today:"
            yield Line(label=found.title, url=page_url(found.page), why=why, pieces=found.pieces)

    return lines


SOURCES = Report(
    key="sources",
    title="Source changed since publish",
    advice="Open the page, look at the citation, save, and have it signed anew if the difference matters.",
    lines=_lines(Use.Kind.REFERENCE),
)
TREATMENTS = Report(
    key="treatments",
    title="Pages that carry an older regulatory status or name of a treatment",
    advice="Save the page: it takes today's status and the notices that follow. Then have it signed and publish it.",
    lines=_lines(Use.Kind.INTERVENTION),
)
CONDITIONS = Report(
    key="conditions",
    title="Pages that describe a condition as it was described before",
    advice="Save the page to take today's names and codes, then have it signed and publish it.",
    lines=_lines(Use.Kind.CONDITION),
)
