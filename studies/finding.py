"""What search needs to know about studies."""

from __future__ import annotations

import re
from collections.abc import Iterator

from stemsite.publishing import finding
from stemsite.publishing.models import Page
from stemsite.publishing.prose import text_of
from stemsite.search.index import Document

from .content import study_content
from .models import Condition, Study


def document(pk: int) -> Document | None:
    """The searchable side of a live study: words, names of the condition, and every identifier."""
    page = Page.objects.live().filter(pk=pk, family=Study.FAMILY).first()
    if page is None:
        return None
    return document_of(page)


def document_of(page: Page) -> Document:
    found = study_content(page.version_for_readers().content)
    names = [name for condition in found.conditions for name in (condition.name, *condition.other_names)]
    names += [found.official_title, found.heading, found.cells, found.venue]
    names += [registration.number for registration in found.registrations]
    for paper in (*((found.primary,) if found.primary else ()), *(paper.citation for paper in found.further)):
        names += [paper.doi, paper.pmid, paper.pmcid, paper.text]
    text = " ".join([found.summary, *(text_of(section.html) for section in found.sections)])
    return finding.document_of(
        page,
        found,
        kind="Study",
        names=[name for name in names if name],
        text=re.sub(r"\s+", " ", text),
        year=found.year or 0,
    )


def condition_names() -> Iterator[tuple[str, ...]]:
    """Names of each condition, which mean the same to somebody who looks for it."""
    for name, short, others in Condition.objects.values_list("name", "short_name", "other_names"):
        yield tuple(filter(None, (name, short, *others.splitlines())))
