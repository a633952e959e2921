"""An issue to named staff, as a reader would get it (LEAD-76)."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from typing import Any

from django.contrib.auth import get_user_model
from django.db import transaction

from stemsite.access import Action, can
from stemsite.audit.recording import record
from stemsite.mail.kinds import Built, NotAnyMore, register_builder
from stemsite.mail.models import Delivery
from stemsite.mail.outbox import queue_for
from stemsite.publishing.gate import Refused

from ..models import IssueEdition, NewsletterIssue
from .delivering import letter, sample_links
from .workflow import keep_edition, locked

KIND = "issue_proof"


@transaction.atomic
def send_proof(issue: NewsletterIssue, *, to: Iterable[Any], by: Any) -> int:
    """Queue the letter as it is saved now to each of ``to``; all of them are staff who may see issues."""
    if not can(by, Action.SEE_ISSUES):
        raise Refused("Your role does not allow sending a test.")
    people = {user.pk: user for user in to}.values()
    if not people:
        raise Refused("Choose who gets the test.")
    if strangers := [str(user) for user in people if not can(user, Action.SEE_ISSUES)]:
        raise Refused(f"A test goes to staff who may see issues, so not to {strangers[0]}.")
    edition = keep_edition(locked(issue), by=by)
    for user in people:
        reference = f"{edition.pk}-{user.pk}-{uuid.uuid4().hex[:12]}"
        queue_for(KIND, reference, recipient=user.email, mailer="newsletter", is_sample=issue.is_sample)
    record("newsletter issue test", by=by, obj=issue, edition=edition.number, letters=len(people))
    return len(people)


def build(delivery: Delivery) -> Built:
    edition_id, user_id, _ = delivery.reference.split("-")
    edition = IssueEdition.objects.filter(pk=edition_id).first()
    user = get_user_model().objects.filter(pk=user_id).first()
    if edition is None or user is None or not can(user, Action.SEE_ISSUES):
        return NotAnyMore(reason="not staff any more")
    return letter(edition, to=user.email, subject=f"[Test] {edition.subject}", **sample_links())


def register() -> None:
    register_builder(KIND, build, label="Newsletter issue: test to staff", mailer="newsletter", for_staff=True)
