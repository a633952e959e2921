"""What takes too long for an answer: asking the world about our mail domain."""

from __future__ import annotations

from django.contrib.auth import get_user_model
from django.tasks import task

from stemsite.audit.recording import record
from stemsite.mail.domain import Level, Network, findings
from stemsite.mail.senders import sendings

from .steps import DOMAIN_CHECKED


@task(queue_name="long")
def check_domain(by_id: int) -> int:
    """Ask about every domain that we send from, and keep what is to be mended; returns how much that is."""
    found = [finding for sending in sendings() for finding in findings(sending, Network())]
    to_mend = [finding for finding in found if finding.level in {Level.BAD, Level.UNKNOWN}]
    said = " ".join(f"{finding.subject}: {finding.said}" for finding in to_mend)
    by = get_user_model().objects.filter(pk=by_id).first()
    record(DOMAIN_CHECKED, by=by, note=said[:2000], bad=len(to_mend))
    return len(to_mend)
