from typing import Any

from django.core.management.base import CommandError

from stemsite.audit.models import AuditEvent
from stemsite.audit.recording import first_break
from stemsite.days import SiteCommand


class Command(SiteCommand):
    help = "Recompute the chain of audit events and name the first break."

    def handle(self, *args: Any, **options: Any) -> None:
        broken = first_break()
        if broken:
            raise CommandError(f"The audit chain is broken. {broken}")
        self.stdout.write(f"The audit chain is whole: {AuditEvent.objects.count()} events.")
