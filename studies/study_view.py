"""A study's own page as its template wants it."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from dataclasses import dataclass

from django.utils.safestring import SafeString, mark_safe

from stemsite.clinic.frame import Frame
from stemsite.images.social import Social
from stemsite.publishing.content import Statute, Wording
from stemsite.publishing.going_live import page_key
from stemsite.publishing.looking_back import pages_at
from stemsite.publishing.models import Page, Use, Version
from stemsite.publishing.reading import (
    Byline,
    Change,
    Past,
    Pending,
    Withdrawn,
    byline,
    corrected_on,
    history,
    local_day,
    withdrawal,
)
from stemsite.publishing.usage import live_pages_showing

from . import evidence
from .asking import NEVER, earliest
from .citing import Numbering
from .content import Coverage, PaperRole, Registration, StudyContent, StudySection
from .rendering import (
    IconArray,
    Integrity,
    ReferenceView,
    certainty_of,
    harms_array,
    integrity_of,
    outcome_array,
    references_in,
)

EMPTY = SafeString("")

ROLE_WORDS: Mapping[PaperRole, str] = {
    "results": "Results",
    "follow-up": "Follow-up",
    "protocol": "Plan of the study (protocol)",
    "secondary": "Further analysis",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class StudySectionView:
    anchor: str
    role: str
    heading: str
    html: SafeString


@dataclass(frozen=True, slots=True, kw_only=True)
class PaperView:
    """One paper of the study: what it is to it, and where it stands in the list of references."""

    role: str
    short: str
    number: int
    anchor: str
    label: str
    tone: str


@dataclass(frozen=True, slots=True, kw_only=True)
class StudyView:
    pk: int
    title: str
    head_title: str
    official_title: str
    summary: str
    description: str
    heading: str
    year: int | None
    venue: str
    path: str
    canonical: str
    language: str
    noindex: bool
    preview: bool
    breadcrumb: tuple[tuple[str, str], ...]
    chips: tuple[evidence.Chip, ...]
    answer: str
    byline: Byline
    notice: Wording | None
    statutes: tuple[Statute, ...]
    after_statutes: str
    conflict: str
    support: str
    disclaimer: Wording | None
    facts: tuple[tuple[str, str, str], ...]
    array: IconArray | None
    harms_array: IconArray | None
    sections: tuple[StudySectionView, ...]
    limits: tuple[str, ...]
    certainty: evidence.Certainty
    product_words: str
    references: tuple[ReferenceView, ...]
    primary: ReferenceView | None
    papers: tuple[PaperView, ...]
    """All of its papers, the primary one first; empty where that is the only one."""
    registrations: tuple[Registration, ...]
    coverage: tuple[Coverage, ...]
    used_by: tuple[tuple[str, str], ...]
    history: tuple[Change, ...]
    integrity: Integrity | None
    checked: str
    version: str
    changed_on: datetime.date | None
    corrected_on: datetime.date | None
    withdrawn: Withdrawn | None
    modified: datetime.datetime | None
    og_type: str
    feeds: tuple[tuple[str, str], ...]
    content: StudyContent
    keys: frozenset[str]
    good_until: datetime.datetime | None
    jsonld: SafeString = EMPTY
    social: Social | None = None
    looked_at: datetime.datetime | None = None
    """The moment that has gone of which staff look at the page."""

    @property
    def export_of(self) -> int | None:
        """The page whose sources readers can take along; none once it is withdrawn."""
        return None if self.withdrawn else self.pk


def study_view(
    page: Page, version: Version, found: StudyContent, site: Frame, *, looked: Pending | Past | None = None
) -> StudyView:
    """``found``, the content of ``version``, as readers get it; ``looked`` where it is previewed or looked back at."""
    preview = isinstance(looked, Pending)
    at = looked.at if isinstance(looked, Past) else None
    further = [paper.citation for paper in found.further]
    cited = {citation.reference: citation for citation in (*found.citations, *further, found.primary) if citation}
    standing = integrity_of(cited, at=at)
    numbering = Numbering(known=frozenset(cited), label=lambda pk: cited[pk].short, sidenotes=False)
    if found.primary:
        numbering.cite(found.primary.reference, "facts")
    for paper in found.further:
        numbering.cite(paper.reference, "papers")
    sections = tuple(_section(section, numbering) for section in found.sections)
    references = references_in(
        [(number, cited[pk], numbering.places.get(pk, [])) for pk, number in numbering.numbers.items()],
        standing,
        at=at,
    )
    line = byline(page, version, found.authors, grace_days=site.grace_days, at=at)
    integrity = standing.get(found.primary.reference) if found.primary else None
    users = pages_that_showed(page, at) if at else pages_showing(page)
    path = page.live_path or f"/studies/{found.slug}/"
    return StudyView(
        pk=page.pk,
        title=found.title,
        head_title=site.titled(found.title),
        official_title=found.official_title,
        summary=found.summary,
        description=found.summary,
        heading=found.heading,
        year=found.year,
        venue=found.venue,
        path=path,
        canonical=f"{site.url}{path}",
        language=found.language,
        noindex=looked is not None or page.public_state == Page.PublicState.WITHDRAWN,
        preview=preview,
        breadcrumb=(("Home", "/"), ("Studies", "/studies/"), (found.title, "")),
        chips=evidence.chips(found),
        answer=evidence.short_line(found),
        byline=line,
        notice=found.status,
        statutes=found.laws,
        after_statutes=_words(found.notice("statute_after")),
        conflict=_words(found.notice("conflict_no") or found.notice("conflict_yes")),
        support=_words(found.notice("support")),
        disclaimer=found.notice("disclaimer"),
        facts=evidence.facts_box(found),
        array=outcome_array(found),
        harms_array=harms_array(found),
        sections=sections,
        limits=(*((integrity.sentence,) if integrity else ()), *evidence.limits(found)),
        certainty=certainty_of(found, integrity),
        product_words=evidence.product_words(found),
        references=references,
        primary=references[0] if found.primary else None,
        papers=_papers(found, numbering, standing),
        registrations=found.registrations,
        coverage=found.coverage,
        used_by=tuple((user.version_for_readers().title, user.live_path or user.get_absolute_url()) for user in users),
        history=history(page, looked),
        integrity=integrity,
        checked=references[0].checked if found.primary else NEVER,
        version=version.short,
        changed_on=local_day(page.updated_at),
        corrected_on=corrected_on(version),
        withdrawn=withdrawal(page),
        modified=page.updated_at,
        og_type="article",
        feeds=(("Studies", "/feeds/studies.xml"),),
        content=found,
        keys=frozenset(
            {
                page_key(page.pk),
                f"shows:{page.pk}",
                "site",
                *line.keys,
                *(f"reference:{pk}" for pk in cited),
                *(page_key(user.pk) for user in users),
            }
        ),
        good_until=earliest(None if line.overdue else line.overdue_from, *(one.holds_until for one in references)),
        looked_at=at,
    )


def _papers(found: StudyContent, numbering: Numbering, standing: Mapping[int, Integrity]) -> tuple[PaperView, ...]:
    main = [("Main report", found.primary)] if found.primary else []
    further = [(ROLE_WORDS[paper.role], paper.citation) for paper in found.further]
    return tuple(
        PaperView(
            role=role,
            short=citation.short,
            number=numbering.numbers[citation.reference],
            anchor=f"ref-{numbering.numbers[citation.reference]}",
            label=standing[citation.reference].label if citation.reference in standing else "",
            tone=standing[citation.reference].tone if citation.reference in standing else "",
        )
        for role, citation in ((*main, *further) if further else ())
    )


def _words(wording: Wording | None) -> str:
    return " ".join(filter(None, (wording.lead, wording.text))) if wording else ""


def _section(section: StudySection, numbering: Numbering) -> StudySectionView:
    return StudySectionView(
        anchor=section.anchor,
        role=section.role,
        heading=section.heading,
        html=mark_safe(numbering.mark(section.html)),
    )


def pages_showing(page: Page) -> list[Page]:
    """Live pages whose live version shows this study."""
    shown = live_pages_showing(Use.Kind.STUDY, page.pk).addressed()
    return list(shown.select_related("live_version").order_by("pk"))


def pages_that_showed(page: Page, at: datetime.datetime) -> list[Page]:
    """The same at a moment that has gone: pages whose version of then shows this study."""
    uses = Use.objects.filter(kind=Use.Kind.STUDY, object_id=page.pk)
    versions = set(uses.values_list("version_id", flat=True))
    named = Page.objects.addressed().filter(versions__in=versions).values_list("pk", flat=True)
    found = pages_at(named, at)
    return [found[pk] for pk in sorted(found) if found[pk].is_live and found[pk].live_version_id in versions]
