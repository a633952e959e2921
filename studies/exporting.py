"""What readers take along: the sources of a live page as records, as the page prints them (PAGE-57, EVD-66)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from stemsite.publishing.content import Citation
from stemsite.publishing.families import content_of
from stemsite.publishing.models import Page, Use

from .citations import doi_url
from .content import StudyContent, study_content
from .freezing import citation
from .models import Reference, Study
from .records import record_of
from .sources.base import StudyRecord

EXTENSIONS = {"ris": "ris", "bib": "bibtex", "json": "csl"}
"""The end of an address, and the format it names."""
NAMES = {"ris": "RIS", "bib": "BibTeX", "json": "CSL-JSON"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """One source as the page prints it, and as a record."""

    mark: Citation
    record: StudyRecord


def sources_of(page: Page) -> tuple[list[Source], list[str]]:
    """The sources of a live page in the order of its text, and the keys of what they depend on."""
    version = page.version_for_readers()
    found = content_of(page, version)
    shown = Use.objects.filter(version=version, kind=Use.Kind.STUDY).values("object_id")
    studies = list(Page.objects.live().filter(pk__in=shown, family=Study.FAMILY).order_by("pk"))
    marks: dict[int, Citation] = {}
    primaries = [study_content(study.version_for_readers().content).primary for study in studies]
    own = (found.primary, *(paper.citation for paper in found.further)) if isinstance(found, StudyContent) else ()
    for mark in filter(None, (*own, *found.citations, *primaries)):
        marks.setdefault(mark.reference, mark)
    references = Reference.objects.in_bulk(marks)
    keys = [f"reference:{pk}" for pk in marks] + [f"shows:{study.pk}" for study in studies]
    return [Source(mark=mark, record=record_for(mark, references.get(pk))) for pk, mark in marks.items()], keys


def record_for(mark: Citation, reference: Reference | None) -> StudyRecord:
    """The source's own fields, where they still print what was signed; else the printed words and identifiers."""
    if reference is not None and citation(reference) == mark:
        return record_of(reference)
    return StudyRecord(
        type=mark.kind,
        title=mark.text,
        doi=mark.doi or None,
        pmid=mark.pmid or None,
        pmcid=mark.pmcid or None,
        url=mark.url or (doi_url(mark.doi) if mark.doi else ""),
        integrity=(reference.standing.replace(" ", "_") if reference else "") or "none",
    )


def named(sources: list[Source], reference: int) -> Iterator[Source]:
    return (source for source in sources if source.mark.reference == reference)
