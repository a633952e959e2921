"""Comments on a page: said, answered, resolved; where each stands now, and which stop a publication (PUB-38)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Literal

from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from stemsite.access import Action, can
from stemsite.audit.recording import record

from . import telling
from .content import Content
from .families import content_of, family_of, specific
from .gate import Finding, Refused
from .models import Comment, Page
from .words import name_of, plain

LONGEST = 4000
LONGEST_QUOTE = 1000
WHOLE_PAGE = "the whole page"

Standing = Literal["here", "elsewhere", "removed"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Thread:
    """A comment with its replies, and where the words it is about stand in the draft now."""

    comment: Comment
    replies: tuple[Comment, ...]
    standing: Standing
    place: str
    """What the section is called now; what it was called then, where it is gone."""
    field: str = ""
    """The section to go to; empty where there is none."""


class Places:
    """The sections and fields of the draft, with their words."""

    def __init__(self, page: Page) -> None:
        found = draft_content(page)
        blocks = family_of(page).says(found).blocks
        self.texts: dict[str, str] = {}
        for block in blocks:
            self.texts[block.key] = f"{self.texts.get(block.key, '')} {plain(block.text)}".strip()
        self.names = {
            key: name_of(key, blocks) or f"section {number}" for number, key in enumerate(self.texts, start=1)
        }

    def standing_of(self, comment: Comment) -> tuple[Standing, str]:
        """Whether what a comment is about is still there, and in which section."""
        words = plain(comment.quote)
        if not words:
            return ("here", comment.field) if not comment.field or comment.field in self.texts else ("removed", "")
        if words in self.texts.get(comment.field, ""):
            return "here", comment.field
        other = next((key for key, text in self.texts.items() if words in text), "")
        return ("elsewhere", other) if other else ("removed", "")


def draft_content(page: Page) -> Content:
    if page.latest_version is not None:
        return content_of(page, page.latest_version)
    return family_of(page).freeze(specific(page))


@transaction.atomic
def say(page: Page, *, by: Any, text: str, field: str = "", quote: str = "", is_blocking: bool = False) -> Comment:
    """A comment on the page, on one of its sections, or on words of it; those whom the page concerns are told."""
    _require_words(text)
    places = Places(page)
    if field and field not in places.texts:
        raise Refused(Finding(severity="block", message="That section is gone. Choose another one.", field="field"))
    words = plain(quote)
    if words and not field:
        field = next((key for key, found in places.texts.items() if words in found), "")
    if words and words not in places.texts.get(field, ""):
        raise Refused(
            Finding(severity="block", message="These words do not stand there. Copy them from the text.", field="quote")
        )
    comment = Comment.objects.create(
        page_id=page.pk,
        field=field[:60],
        heading=places.names.get(field, "")[:200],
        quote=" ".join(quote.split())[:LONGEST_QUOTE],
        text=text.strip()[:LONGEST],
        is_blocking=is_blocking,
        made_by=by,
    )
    record("commented", by=by, obj=page, comment=comment.pk, blocking=is_blocking)
    _tell(page, comment, by=by)
    return comment


@transaction.atomic
def reply(comment: Comment, *, by: Any, text: str) -> Comment:
    _require_words(text)
    if comment.reply_to_id is not None:
        raise Refused("Answer the comment itself.")
    answer = Comment.objects.create(page_id=comment.page_id, reply_to=comment, text=text.strip()[:LONGEST], made_by=by)
    record("answered a comment", by=by, obj=comment.page, comment=comment.pk)
    _tell(comment.page, answer, comment.made_by, by=by)
    return answer


@transaction.atomic
def resolve(comment: Comment, *, by: Any) -> None:
    """Close a comment; a blocking one is closed by whoever made it or by those who decide about the page."""
    if not may_resolve(comment, by):
        raise Refused(
            f"{comment.made_by} wants this settled before the page is published. "
            "They resolve it, or a reviewer or publisher does."
        )
    now = timezone.now()
    if Comment.objects.open().filter(pk=comment.pk).update(resolved_at=now, resolved_by=by):
        record("resolved a comment", by=by, obj=comment.page, comment=comment.pk, blocking=comment.is_blocking)


@transaction.atomic
def reopen(comment: Comment, *, by: Any) -> None:
    closed = Comment.objects.filter(pk=comment.pk, reply_to=None, resolved_at__isnull=False)
    if closed.update(resolved_at=None, resolved_by=None):
        record("opened a comment again", by=by, obj=comment.page, comment=comment.pk, blocking=comment.is_blocking)


def may_resolve(comment: Comment, by: Any) -> bool:
    if not comment.is_blocking or comment.made_by_id == by.pk:
        return True
    return can(by, Action.REQUEST_CHANGES, comment.page)


def threads(page: Page) -> list[Thread]:
    """Every comment of the page: open ones first, each group as it was said."""
    rows = list(
        Comment.objects.filter(page_id=page.pk).select_related("made_by", "resolved_by").order_by("made_at", "pk")
    )
    places = Places(page) if rows else None
    found = []
    for comment in rows:
        if comment.reply_to_id is not None or places is None:
            continue
        comment.page = page
        standing, field = places.standing_of(comment)
        replies = tuple(row for row in rows if row.reply_to_id == comment.pk)
        place = places.names.get(field) or comment.heading or WHOLE_PAGE
        found.append(Thread(comment=comment, replies=replies, standing=standing, place=place, field=field))
    return sorted(found, key=lambda thread: thread.comment.resolved_at is not None)


def comment_findings(page: Page, content: Any) -> Iterator[Finding]:
    """What the gate says of them before a publication: each one that will stop it."""
    if page.pk is None:
        return
    open_now = Comment.objects.open().filter(page_id=page.pk).select_related("made_by").order_by("made_at", "pk")
    for comment in open_now:
        if comment.is_blocking:
            yield Finding(severity="warn", message=_stops(comment), rule="PUB-38", url=address(page))


def require_settled(page: Page) -> None:
    """No publication of any kind passes an open blocking comment."""
    rows = Comment.objects.open().filter(page_id=page.pk, is_blocking=True).select_related("made_by")
    if waiting := list(rows.order_by("made_at", "pk")):
        raise Refused(
            *(Finding(severity="block", message=_stops(one), rule="PUB-38", url=address(page)) for one in waiting)
        )


def _stops(comment: Comment) -> str:
    return f"{comment.made_by} wants this settled before publication: “{str(comment).strip()}”"


def address(page: Page) -> str:
    return reverse("admin:publishing_comments", args=[page.pk])


def _require_words(text: str) -> None:
    if not text.strip():
        raise Refused(Finding(severity="block", message="Write the comment.", field="text"))


def _tell(page: Page, comment: Comment, *others: Any, by: Any) -> None:
    people = [*telling.people_of(page, page.latest_version), page.reviewer, *others]
    telling.tell(
        [person for person in people if person is not None],
        "page_commented",
        page,
        f"comment-{comment.pk}",
        but=by,
        path=address(page),
        by=str(by),
        text=comment.text,
    )
