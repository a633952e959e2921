"""Issues of the newsletter that could go out as they are, and readers who wait for them."""

from __future__ import annotations

from typing import Any

from django.utils import timezone

from leads.models import Contact, IssueCard, NewsletterIssue, Subscription
from leads.newsletter import workflow
from stemsite.access import Role

from .numbers import Numbers
from .pages import make_article, sign_and_publish
from .people import make_clinic, make_user

_numbers = Numbers()


def make_issue(*pages: Any, by: Any = None, **fields: Any) -> NewsletterIssue:
    """An issue in draft with one card for each of ``pages``; without any, for a live article made for it."""
    make_clinic()
    writer = by or make_user(Role.AUTHOR, Role.PUBLISHER)
    values = {
        "subject": "What is new on our site",
        "introduction": "<p>Dear reader,</p><p>here is what we published this month.</p>",
        "signature": "Maria Sample, for all of us",
        "created_by": writer,
    }
    issue = NewsletterIssue(**{**values, **fields})
    issue.full_clean()
    issue.save()
    for place, page in enumerate(pages or (make_live_article(),), start=1):
        IssueCard.objects.create(issue=issue, page_id=page.pk, ordering=place * 10)
    workflow.saved(issue, by=writer, made=True)
    issue.refresh_from_db()
    return issue


def make_live_article(**fields: Any) -> Any:
    article = make_article(**fields)
    sign_and_publish(article)
    return article


def make_reader(email: str = "", *, topics: tuple[str, ...] = (), **fields: Any) -> Subscription:
    """Somebody who confirmed the newsletter."""
    contact = Contact.objects.create(email=email or f"reader{next(_numbers)}@example.org")
    values = {"state": Subscription.State.CONFIRMED, "confirmed_at": timezone.now(), "topics": list(topics)}
    return Subscription.objects.create(contact=contact, **{**values, **fields})
