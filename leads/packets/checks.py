"""What must be true of a packet before it is sent to anybody (LEAD-85, LEAD-87, LEAD-94)."""

from __future__ import annotations

import re
from collections.abc import Iterator

from django.db.models import F
from django.utils import timezone

from articles.content import article_content
from stemsite.publishing.content import dump
from stemsite.publishing.gate import Finding
from stemsite.publishing.models import Page, Version
from stemsite.publishing.reading import signature
from stemsite.publishing.wordings import statute_findings
from studies.checks import reference_findings
from studies.content import StudyContent, study_content
from studies.freezing import cited_ids
from studies.models import IntegrityEvent, StudyFact

from .content import PacketContent, Pin
from .freezing import todays_statutes
from .moved import why_not_live
from .settable import missing_letters

NOTICE_SAYS: tuple[tuple[str, str], ...] = (
    ("which product it is about", r"\b(stem cell|cell)s? products?\b|\bstem cells\b"),
    ("that it is not approved", r"\bnot (been )?approved\b"),
    ("that there is no proof of benefit", r"\bno (proof|evidence)\b|\bdo not know if they help\b"),
    ("infection", r"\binfections?\b"),
    ("blindness", r"\bblind"),
    ("tumors", r"\btumou?rs?\b"),
    ("that long-term effects are unknown", r"\blong[- ]term\b|\bmany years\b"),
    ("that there are other options", r"\bother (care|options|treatments?)\b"),
    ("to talk with one's own doctor", r"\b(your own|ask your|talk with your) \w+"),
    ("how to report harm", r"\breport\b"),
)
"""What LEAD-94 wants said, and how the notice's words show that they say it."""


def packet_findings(page: Page, found: object) -> Iterator[Finding]:
    if not isinstance(found, PacketContent):
        return
    yield from _completeness(found)
    yield from _sources(found)
    yield from _letters(found)
    yield from _notices(found)
    known = {citation.reference for citation in found.citations}
    for section in found.sections:
        for pk in cited_ids([section.html]):
            if pk not in known:
                yield _block(f"A citation names reference {pk}, which does not exist. Cite again.", section.role)
        yield from reference_findings(set(cited_ids([section.html])), section.role, [section.html])


def _block(message: str, field: str = "", rule: str = "", url: str = "") -> Finding:
    return Finding(severity="block", message=message, field=field, rule=rule, url=url)


def _completeness(found: PacketContent) -> Iterator[Finding]:
    if not found.summary:
        yield _block("The summary is missing: one sentence that stands on the cover.", "summary")
    if not found.words("letter"):
        yield _block("Write the letter on the first page.", "letter", "LEAD-87")
    if not found.words("process") and not found.services:
        yield _block("Say how it works and what it costs, or choose the service pages that do.", "process", "LEAD-87")
    if found.guide and not found.words("options") and not found.studies:
        yield _block("Name the other options, registered trials among them.", "options", "LEAD-87")
    if not found.guide and not found.services:
        yield _block(
            "Choose the condition guide, or for the general packet the service pages it is made from.",
            "guide",
            "LEAD-135",
        )
    if not found.clinic.address:
        yield _block("The clinic's postal address is missing. The owner adds it under Clinic.", "", "LEAD-119")


def _sources(found: PacketContent) -> Iterator[Finding]:
    """Only what is live and signed at this moment may enter; drafts and withdrawn pages cannot."""
    pages = Page.objects.in_bulk([pin.id for pin in found.pins])
    wanted = [pin.version for pin in found.pins if pin.version is not None]
    versions = {version.pk: version for version in Version.objects.filter(pk__in=wanted).prefetch_related("sign_offs")}
    fields = {pin.id: "studies" for pin in found.studies} | {pin.id: "services" for pin in found.services}
    for pin in found.pins:
        field = fields.get(pin.id, "guide")
        why, url = why_not_live(pin, pages.get(pin.id))
        if why:
            more = "Save the packet: it takes what is live now." if pin.version and _is_live(pages, pin) else ""
            yield _block(f"“{pin.title}”: {why} {more}".strip(), field, "LEAD-85", "" if more else url)
        elif signature(versions[pin.version or 0]) is None:
            yield _block(f"“{pin.title}” is live without a signature, so it cannot enter.", field, "LEAD-85", url)
    for pin in found.studies:
        if pin.version in versions:
            yield from _study(pin, study_content(versions[pin.version].content))
    if found.guide and found.guide.version in versions:
        yield from _guide(article_content(versions[found.guide.version].content).kind)
    yield from _overdue(found)


def _is_live(pages: dict[int, Page], pin: Pin) -> bool:
    return pin.id in pages and pages[pin.id].is_live


def _study(pin: Pin, study: StudyContent) -> Iterator[Finding]:
    missing = [kind.label for kind in StudyFact.Kind if getattr(study, kind).known == "missing"]
    if missing:
        yield _block(f"“{pin.title}” lacks facts: {', '.join(missing)}.", "studies", "LEAD-85")
    if study.primary is None:
        return
    retracted = IntegrityEvent.objects.filter(
        reference_id=study.primary.reference, ended_at=None, kind=IntegrityEvent.Kind.RETRACTED
    )
    if retracted.exists():
        yield Finding(
            severity="warn",
            message=f"The paper of “{pin.title}” was retracted. Readers are told so in its place; or leave it out.",
            field="studies",
            rule="LEAD-85",
        )


def _guide(kind: str) -> Iterator[Finding]:
    if kind != "guide":
        yield _block("The page chosen as guide is no guide any more. Choose another.", "guide", "LEAD-85")


def _letters(found: PacketContent) -> Iterator[Finding]:
    """The booklet's fonts have Latin, Greek and Cyrillic letters; anything else would be a gap on paper."""
    pins = [pin.version for pin in found.pins if pin.version is not None]
    texts = [str(dump(found)), *map(str, Version.objects.filter(pk__in=pins).values_list("content", flat=True))]
    if missing := missing_letters(" ".join(texts)):
        yield _block(
            f"The booklet cannot print: {' '.join(missing[:20])}. Write them otherwise, here or in the source.",
            "letter",
            "LEAD-90",
        )


def _overdue(found: PacketContent) -> Iterator[Finding]:
    """A source whose review is overdue warns (LEAD-86)."""
    today = timezone.localdate()
    late = Page.objects.filter(pk__in=[pin.id for pin in found.pins], review_due_on__lt=today)
    for page in late.order_by(F("review_due_on"), "pk"):
        yield Finding(
            severity="warn",
            message=f"The review of “{page.title}” has been due since {page.review_due_on:%B %-d, %Y}.",
            rule="LEAD-86",
        )


def _notices(found: PacketContent) -> Iterator[Finding]:
    for kind in ("status", "status_full", "disclaimer"):
        if found.notice(kind) is None:
            yield _block(f"The wording “{kind}” is missing. The owner adds it under Wordings.", "", "LEAD-94")
    if found.laws and found.notice("statute_after") is None:
        yield _block("The wording “statute_after” is missing. The owner adds it under Wordings.", "", "NT-02")
    yield from statute_findings(found, todays_statutes(found))
    notice = found.notice("status_full")
    if notice is None:
        return
    words = f"{notice.lead} {notice.text}"
    silent = [what for what, pattern in NOTICE_SAYS if not re.search(pattern, words, re.IGNORECASE)]
    if silent:
        yield _block(
            f"The full status notice does not say: {'; '.join(silent)}. The owner completes it under Wordings.",
            "",
            "LEAD-94",
        )
