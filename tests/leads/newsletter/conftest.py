from __future__ import annotations

import pytest
from django.utils import timezone

from leads.models import IssueRun, NewsletterIssue
from leads.newsletter import sending, workflow
from stemsite.mail.mailers import mailer
from stemsite.mail.models import Delivery
from stemsite.mail.sending import send_due
from tests.fakes.mail_server import mail_server


@pytest.fixture
def post_office(settings, tmp_path):
    """A mail server on loopback for the newsletter; what is for staff goes to files."""
    with mail_server() as server:
        filed = mailer("", tmp_path)
        settings.MAILERS = {"default": filed, "transactional": filed, "newsletter": mailer(server.url, tmp_path)}
        yield server


@pytest.fixture
def begin():
    """Start an issue, and let the ten minutes be over."""

    def start(issue) -> NewsletterIssue:
        Delivery.objects.filter(batch="").delete()
        workflow.start(issue, by=issue.created_by)
        IssueRun.objects.filter(issue=issue).update(starts_at=timezone.now())
        return NewsletterIssue.objects.get(pk=issue.pk)

    return start


@pytest.fixture
def work():
    """The mail lane at work for so many turns, or until nothing is left to do."""

    def turn(times: int = 50) -> None:
        for _ in range(times):
            if not sending.advance() + send_due():
                return

    return turn
