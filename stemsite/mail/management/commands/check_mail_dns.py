"""``manage.py check_mail_dns``: what receivers find out about our mail domain, and what to mend."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from stemsite.mail.domain import Level, Network, findings
from stemsite.mail.senders import sendings


class Command(BaseCommand):
    help = "Check SPF, DKIM, DMARC, PTR and TLS of the domain that letters come from, and say what to mend."

    def handle(self, *args: Any, **options: Any) -> None:
        bad = 0
        for sending in sendings():
            self.stdout.write(f"Letters from {sending.domain}")
            for finding in findings(sending, Network()):
                bad += finding.level == Level.BAD
                self.stdout.write(f"  {finding.subject:<6}{finding.level:<8}{finding.said}")
                if finding.advice:
                    self.stdout.write(f"  {'':<14}{finding.advice}")
        if bad:
            raise CommandError(f"{bad} to mend before letters reach everybody.")
