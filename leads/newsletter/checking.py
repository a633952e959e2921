"""What must be true of an issue before it is approved and before it goes out (LEAD-74, LEAD-65, LEAD-66, LEAD-119)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from django.urls import reverse
from django.utils import timezone

from stemsite.checks import Block, check_blocks, packaged
from stemsite.checks.finding import gravest
from stemsite.clinic.models import Clinic
from stemsite.publishing.claiming import GATED, in_words
from stemsite.publishing.families import content_of, family_of
from stemsite.publishing.gate import Finding
from stemsite.publishing.models import Page
from stemsite.publishing.prose import text_of
from stemsite.publishing.reading import signature
from stemsite.publishing.saying import line, prose
from stemsite.publishing.versions import is_intact
from studies.content import StudyContent
from studies.models import Reference

from ..models import IssueCard, NewsletterIssue
from .composing import FAMILIES, Composed, cited, compose
from .naming import condition_names, medical_words, names_in

UNDER_CONCERN = (Reference.Standing.RETRACTED, Reference.Standing.PARTLY_RETRACTED, Reference.Standing.CONCERN)
LONGEST_LINE = 998
"""Octets; longer ones are broken up by mail servers (LEAD-65)."""


def findings(issue: NewsletterIssue) -> tuple[Finding, ...]:
    """Everything that stands in the way (``block``) or deserves a second look."""
    composed = compose(issue)
    return (*_words(issue, composed), *_claims(issue), *_cards(issue), *_frame(composed))


def _block(message: str, field: str = "", rule: str = "", url: str = "") -> Finding:
    return Finding(severity="block", message=message, field=field, rule=rule, url=url)


def own_words(issue: NewsletterIssue) -> str:
    """What this issue says besides the pages it tells of."""
    return " ".join(
        (issue.subject, text_of(issue.introduction), *issue.cards.order_by("pk").values_list("words", flat=True))
    )


def why_a_clinician_reads(issue: NewsletterIssue) -> tuple[str, ...]:
    """The medical words of its own; empty where the issue is made only of live, signed content (LEAD-137)."""
    return medical_words(own_words(issue))


def _claims(issue: NewsletterIssue) -> Iterator[Finding]:
    """What the content checks hear in the issue's own words; in a letter nothing is let stand, it is changed."""
    found = check_blocks(tuple(_blocks(issue)), "email", lexicon=packaged(), glossary=condition_names())
    for one in gravest(found):
        if one.severity != "info" and one.rule.startswith(GATED):
            yield replace(in_words(one), fingerprint="")


def _blocks(issue: NewsletterIssue) -> Iterator[Block]:
    yield from line(issue.subject, key="subject", kind="title")
    yield from prose(issue.introduction, key="introduction")
    for words in issue.cards.order_by("ordering", "pk").values_list("words", flat=True):
        yield from line(words, key="cards")
    yield from line(issue.signature, key="signature")


def _words(issue: NewsletterIssue, composed: Composed) -> Iterator[Finding]:
    if not issue.introduction:
        yield _block("Write the introduction: a few sentences to one reader.", "introduction")
    if "<cite" in issue.introduction:
        yield _block("A letter has no list of sources. Say it on a page, and add that page.", "introduction")
    if named := names_in(issue.subject, condition_names()):
        yield _block(
            f"The subject names a condition ({named[0]}), and everybody who sees the mailbox can read it.",
            "subject",
            "LEAD-65",
        )
    if not issue.signature:
        yield _block("Say who writes: a letter has a signature.", "signature")
    if any(len(line.encode()) > LONGEST_LINE for line in composed.html.splitlines()):
        yield _block("A paragraph is too long for a letter. Divide it.", "introduction", "LEAD-65")


def _cards(issue: NewsletterIssue) -> Iterator[Finding]:
    rows = list(issue.cards.select_related("page__live_version", "version").prefetch_related("version__sign_offs"))
    if not rows:
        yield _block("Add a live article or study: an issue tells what is new on the site.", "cards", "LEAD-74")
    for card in rows:
        yield from _card(card)


def _card(card: IssueCard) -> Iterator[Finding]:
    page, version = card.page, card.version
    url = reverse("admin:publishing_page", args=[page.pk])
    if page.family not in FAMILIES:
        yield _block(f"“{page}” is no article and no study.", "cards", "LEAD-74", url)
        return
    if not page.is_live or page.live_version_id is None:
        yield _block(f"“{page}” is {page.get_public_state_display()}. Only live pages enter.", "cards", "LEAD-74", url)
        return
    if version is None or version.pk != page.live_version_id:
        yield _block(f"“{page}” was published anew. Save the issue: it takes what is live now.", "cards", "LEAD-74")
        return
    if not is_intact(version):
        yield _block(f"The stored text of “{page}” does not match its fingerprint.", "cards", "LEAD-74", url)
        return
    found = content_of(page, version)
    if signature(version) is None and family_of(page).needs_reviewer(found):
        yield _block(f"“{page}” is live without a signature, so it cannot enter.", "cards", "LEAD-137", url)
    yield from _standing(page, found, url)
    if page.review_due_on is not None and page.review_due_on < timezone.localdate():
        yield Finding(severity="warn", message=f"The review of “{page}” is overdue.", field="cards", url=url)


def _standing(page: Page, found: object, url: str) -> Iterator[Finding]:
    """A study under concern cannot enter; of an article that cites such a paper, staff are told."""
    primary = found.primary.reference if isinstance(found, StudyContent) and found.primary else None
    for reference in Reference.objects.filter(pk__in=cited(found), standing__in=UNDER_CONCERN).order_by("pk"):
        words = f"“{page}”: {reference.short} is {reference.get_standing_display().lower()}."
        if reference.pk == primary:
            yield _block(f"{words} It is under concern, so it cannot enter.", "cards", "LEAD-74", url)
        else:
            yield Finding(severity="warn", message=f"{words} Look at what the page says of it.", field="cards", url=url)


def _frame(composed: Composed) -> Iterator[Finding]:
    clinic = Clinic.current()
    if not clinic.address.strip():
        yield _block("The clinic's postal address is missing. The owner adds it under Clinic.", "", "LEAD-119")
    if not clinic.email:
        yield _block("The clinic's public e-mail address is missing: answers to the letter go there.", "", "LEAD-65")
    kinds = {wording.kind for wording in composed.notices}
    if "disclaimer" not in kinds:
        yield _block("The wording “disclaimer” is missing. The owner adds it under Wordings.", "", "NT-01")
    if composed.laws and not composed.after_laws:
        yield _block("The wording “statute_after” is missing. The owner adds it under Wordings.", "", "NT-02")
    if composed.names_product and "status_full" not in kinds:
        yield _block("The wording “status_full” is missing. The owner adds it under Wordings.", "", "LEAD-66")
