"""An issue as one letter: its cards from pinned versions, the notices they call for, and both bodies."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

from django.conf import settings
from django.template.loader import render_to_string

from articles.content import ArticleContent
from stemsite.clinic.models import Clinic
from stemsite.publishing.content import Content, Statute, Wording
from stemsite.publishing.families import content_of
from stemsite.publishing.models import Page, Version
from stemsite.publishing.reading import signature
from studies import evidence
from studies.content import StudyContent
from studies.freezing import notices, statutes
from studies.models import Condition, Intervention
from studies.rendering import in_words

from ..models import IssueCard, IssueEdition, NewsletterIssue
from .naming import names_in
from .words import filled, letter_html, letter_text

LEAVE, PREFERENCES = "{{leave}}", "{{preferences}}"
"""Marks in a stored body for the two links that each reader has alone."""

FAMILIES = ("article", "study")
KINDS = {"guide": "Guide", "article": "Article", "service": "About us", "plain": "About us"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Card:
    page: int
    version: int
    hash: str
    kind: str
    title: str
    words: str
    summary: str
    lines: tuple[str, ...]
    """Of a study: how early and small, what happened, who was harmed."""
    reviewed: str
    url: str
    references: tuple[int, ...]
    """The sources it rests on: what happens to one of them stops the issue."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Composed:
    subject: str
    text: str
    html: str
    cards: tuple[Card, ...]
    introduction: str
    signature: str
    notices: tuple[Wording, ...]
    laws: tuple[Statute, ...]
    """Beside a treatment that is not approved and that the clinic sells, what the law wants said (LEAD-126, NT-04)."""
    after_laws: str
    names_product: bool
    """Whether it tells of a treatment that is not approved, and so has to carry the status notice (LEAD-66)."""

    @property
    def content_hash(self) -> str:
        """What an approval binds to (LEAD-75)."""
        return hashlib.sha256(json.dumps([self.subject, self.text, self.html], ensure_ascii=False).encode()).hexdigest()

    def is_in(self, edition: IssueEdition) -> bool:
        """Whether ``edition`` is this very letter, made from these very versions."""
        return self.content_hash == edition.content_hash and self.pins == edition.pins

    @property
    def pins(self) -> list[dict[str, Any]]:
        return [
            {
                "page": card.page,
                "version": card.version,
                "hash": card.hash,
                "title": card.title,
                "references": list(card.references),
            }
            for card in self.cards
        ]

    @property
    def parts(self) -> dict[str, Any]:
        return {
            "introduction": self.introduction,
            "signature": self.signature,
            "cards": [asdict(card) for card in self.cards],
            "notices": [{"lead": wording.lead, "text": wording.text} for wording in self.notices],
            **({"statutes": shown_laws(self.laws), "after_statutes": self.after_laws} if self.laws else {}),
        }


def place(page: int) -> str:
    """The neutral address of a page: it says nothing of what stands there, and is the same for everybody."""
    return f"{settings.SITE_URL}/read/{page}/"


def web_address(issue: NewsletterIssue) -> str:
    return f"{settings.SITE_URL}/newsletter/issues/{issue.pk}/"


def pinned(issue: NewsletterIssue) -> list[IssueCard]:
    """The cards of pages that were live when the issue was saved, with page, version and signatures."""
    rows = issue.cards.filter(version__isnull=False).select_related("page", "version")
    return list(rows.prefetch_related("version__sign_offs").order_by("ordering", "pk"))


def compose(issue: NewsletterIssue) -> Composed:
    """The letter of ``issue`` as it is saved; the same rows give the same bytes."""
    rows = pinned(issue)
    contents = [content_of(row.page, _version(row)) for row in rows]
    cards = tuple(_card(row, content) for row, content in zip(rows, contents, strict=True))
    introduction = letter_html(issue.introduction, site=settings.SITE_URL, places=_places())
    own_words = f"{issue.subject} {issue.introduction} {' '.join(card.words for card in cards)}"
    names_product = _names_product(contents, own_words)
    conditions = _conditions(contents)
    carried = _notices(conditions, names_product=names_product)
    laws = statutes(conditions, sold=names_product and any(content.is_sold for content in contents))
    after_laws = " ".join(wording.text for wording in notices(("statute_after",), conditions, {}) if laws)
    clinic = Clinic.current()
    values = {
        "subject": issue.subject,
        "lang": "en",
        "introduction": introduction,
        "introduction_text": letter_text(introduction),
        "signature": issue.signature,
        "cards": cards,
        "notices": carried,
        "statutes": shown_laws(laws),
        "after_statutes": after_laws,
        "clinic": clinic,
        "address_lines": clinic.address.splitlines(),
        "web": web_address(issue),
        "site_url": settings.SITE_URL,
        "leave": LEAVE,
        "preferences": PREFERENCES,
    }
    return Composed(
        subject=" ".join(issue.subject.split()),
        text=_tidy(render_to_string("mail/issue.txt", {**values, **_as_text(cards, carried, laws, after_laws)})),
        html=render_to_string("mail/issue.html", values),
        cards=cards,
        introduction=introduction,
        signature=issue.signature,
        notices=carried,
        laws=laws,
        after_laws=after_laws,
        names_product=names_product,
    )


def addressed(body: str, *, leave: str, preferences: str) -> str:
    """``body`` with the links of one reader."""
    return body.replace(LEAVE, leave).replace(PREFERENCES, preferences)


def stored(edition: IssueEdition) -> tuple[Card, ...]:
    """The cards of an edition as they were sent."""
    return tuple(
        Card(**{**card, "lines": tuple(card["lines"]), "references": tuple(card["references"])})
        for card in edition.content.get("cards", ())
    )


def _version(row: IssueCard) -> Version:
    if row.version is None:
        raise ValueError(f"{row} pins no version.")
    return row.version


def _card(row: IssueCard, found: Content) -> Card:
    version = _version(row)
    return Card(
        page=row.page_id,
        version=version.pk,
        hash=version.content_hash,
        kind=KINDS[found.kind] if isinstance(found, ArticleContent) else "Study",
        title=found.title,
        words=row.words,
        summary=found.summary,
        lines=_lines(found) if isinstance(found, StudyContent) else (),
        reviewed=_reviewed(version),
        url=place(row.page_id),
        references=tuple(sorted(cited(found))),
    )


def cited(found: object) -> frozenset[int]:
    """References that a page's content rests on."""
    citations = {citation.reference for citation in getattr(found, "citations", ())}
    primary = getattr(found, "primary", None)
    return frozenset(citations | ({primary.reference} if primary else set()))


def _lines(study: StudyContent) -> tuple[str, ...]:
    """Never a benefit without its other side (EVD-71)."""
    certainty = evidence.certainty(study).words
    early = " ".join(filter(None, (evidence.short_line(study), f"{certainty}." if certainty else "")))
    return (early, evidence.outcome_sentence(study), evidence.harms_sentence(study))


def _reviewed(version: Version) -> str:
    signed = signature(version)
    if signed is None:
        return ""
    on = in_words(signed.reviewed_on)
    return f"Medically reviewed by {signed.name}, {signed.credentials}{f', {on}' if on else ''}"


def _places() -> dict[str, str]:
    """Live address -> neutral address, for links that staff wrote."""
    rows = Page.objects.exclude(live_path=None).values_list("pk", "live_path")
    return {path: place(pk) for pk, path in rows if path}


def _names_product(contents: Sequence[Content], own_words: str) -> bool:
    if any(content.is_unapproved for content in contents):
        return True
    unapproved = Intervention.objects.exclude(status=Intervention.Status.APPROVED).values_list("name", flat=True)
    return bool(names_in(own_words, unapproved))


def _conditions(contents: Sequence[Content]) -> list[Condition]:
    ids = {condition.id for content in contents for condition in content.conditions}
    return list(Condition.objects.filter(pk__in=ids).order_by("pk"))


def shown_laws(laws: Sequence[Statute]) -> list[dict[str, Any]]:
    """Each text in its own lines, for the letter and for the page of it."""
    return [{"lines": law.text.splitlines(), "is_largest": law.is_largest} for law in laws]


def _notices(conditions: Sequence[Condition], *, names_product: bool) -> tuple[Wording, ...]:
    """The status notice wherever an unapproved product is named, and always the disclaimer (LEAD-66)."""
    return notices((*(("status_full",) if names_product else ()), "disclaimer"), conditions, {})


def _as_text(
    cards: Sequence[Card], carried: Sequence[Wording], laws: Sequence[Statute], after_laws: str
) -> dict[str, Any]:
    """Every block of the plain text in lines of its width."""
    return {
        "card_blocks": [_card_text(card) for card in cards],
        "notice_blocks": [
            *(filled(f"{wording.lead} {wording.text}") for wording in carried),
            *(filled(law.text) for law in laws),
            *((filled(after_laws),) if after_laws else ()),
        ],
    }


def _card_text(card: Card) -> str:
    last = "\n".join(filter(None, (filled(card.reviewed), card.url)))
    parts = (f"{card.kind}: {card.title}", card.words, card.summary, *card.lines)
    return "\n\n".join((*(filled(part) for part in parts if part), last))


def _tidy(text: str) -> str:
    """Never more than one empty line together; templates leave many."""
    kept: list[str] = []
    for line in text.strip().splitlines():
        if line.strip() or kept[-1]:
            kept.append(line.rstrip())
    return "\n".join(kept) + "\n"
