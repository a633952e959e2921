"""What must be true of an article before it goes live (PUB-05, PUB-12, PUB-52, PUB-100)."""

from __future__ import annotations

from collections.abc import Iterator

from stemsite.clinic.statutory import why_education_only
from stemsite.images.alt import alt_problem
from stemsite.publishing.gate import Finding
from stemsite.publishing.models import Page
from stemsite.publishing.wordings import missing_notices, statute_findings
from studies.checks import reference_findings
from studies.freezing import cited_ids, statutes
from studies.models import Study

from . import content
from .content import GUIDE_ORDER, ArticleContent
from .freezing import notice_kinds, texts_of

REQUIRED_ROLES: dict[str, tuple[content.Role, ...]] = {
    "condition": ("key points", "what it is", "treatments", "unknowns", "harms", "next steps"),
    "therapy": ("key points", "what it is", "unknowns", "harms", "next steps"),
}


def article_findings(page: Page, found: object) -> Iterator[Finding]:
    if not isinstance(found, ArticleContent):
        return
    yield from _completeness(found)
    yield from _roles(found)
    yield from _sections(found)
    yield from _studies(found)
    yield from _citations(found)
    yield from _notices(found)


def _block(message: str, field: str, **more: str) -> Finding:
    return Finding(severity="block", message=message, field=field, **more)


def _completeness(found: ArticleContent) -> Iterator[Finding]:
    if not found.summary:
        yield _block("The summary is missing: one sentence for lists and search results.", "summary")
    if not found.sections:
        yield _block("The page has no text yet. Add a section.", "sections")
    if found.kind in {"guide", "article"} and not found.authors:
        yield _block("Choose who wrote the page.", "authors", rule="TR-01")
    if found.kind == "guide" and found.subject == "condition" and not found.conditions:
        yield _block("Choose the condition this guide is about.", "conditions")
    if found.kind != "plain" and found.interventions and not found.offers_subject:
        yield _block(
            "Answer whether the clinic sells what this page is about; readers are told.", "offers_subject", rule="TR-08"
        )


def _roles(found: ArticleContent) -> Iterator[Finding]:
    if found.kind != "guide":
        return
    present = [section.role for section in found.sections if section.role]
    for role in REQUIRED_ROLES[found.subject or "condition"]:
        if role not in present:
            yield _block(f"A guide needs a section with the role “{role}”.", "sections", rule="PL-08")
    positions = [GUIDE_ORDER.index(role) for role in dict.fromkeys(present)]
    if positions != sorted(positions):
        yield _block(
            "The sections stand in an unusual order. Keep: " + ", ".join(GUIDE_ORDER) + ".", "sections", rule="PAGE-21"
        )
    questions = [index for index, section in enumerate(found.sections) if section.role == "questions"]
    actions = [index for index, section in enumerate(found.sections) if isinstance(section, content.CallToAction)]
    if actions and questions and min(actions) < max(questions):
        yield _block("A call to action stands only after the questions to ask.", "sections", rule="PAGE-22")


def _sections(found: ArticleContent) -> Iterator[Finding]:
    for section in found.sections:
        match section:
            case content.Figure():
                if problem := alt_problem(section.alt, decorative=section.decorative):
                    yield _block(problem, section.key, rule="PUB-100")
            case content.Points() | content.Checklist() if not section.items:
                yield _block(f"The list “{section.heading or 'without heading'}” has no items.", section.key)
            case content.Faq() if not section.questions:
                yield _block("Write each question as a heading and its answer below.", section.key)
            case content.Text() | content.Callout() if not section.html:
                yield _block(f"The section “{section.heading or 'without heading'}” is empty.", section.key)


def _studies(found: ArticleContent) -> Iterator[Finding]:
    live = set(
        Study.objects.filter(pk__in=found.studies, public_state=Page.PublicState.LIVE).values_list("pk", flat=True)
    )
    for study in Study.objects.filter(pk__in=set(found.studies) - live):
        yield _block(
            f"The study “{study.title}” is not live, so readers could not see it. Publish it first.",
            "sections",
            rule="PUB-12",
            url=f"/admin/studies/study/{study.pk}/change/",
        )


def _citations(found: ArticleContent) -> Iterator[Finding]:
    known = {citation.reference for citation in found.citations}
    homes = dict.fromkeys(known, "sections")
    homes |= {pk: section.key for section in reversed(found.sections) for pk in cited_ids(texts_of([section]))}
    for pk in cited_ids(texts_of(found.sections)):
        if pk not in known:
            yield _block(f"A citation names reference {pk}, which does not exist. Cite again.", homes[pk], rule="EV-01")
    yield from reference_findings(known, homes, texts_of(found.sections))


def _notices(found: ArticleContent) -> Iterator[Finding]:
    """Notices follow from the data; here is the second look (PUB-52)."""
    wanted = notice_kinds(
        unapproved=found.is_unapproved,
        kind=found.kind,
        subject=found.subject,
        offers=found.offers_subject,
        lawful=bool(found.laws),
    )
    yield from missing_notices(wanted, found)
    sold = found.is_unapproved and found.is_sold
    yield from statute_findings(found, statutes(found.conditions, sold=sold))
    if sold and found.kind == "service" and (why := why_education_only(mark.names for mark in found.conditions)):
        yield _block(why, "offers_subject", rule="NT-02")
