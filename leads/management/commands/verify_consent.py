from typing import Any

from django.core.management.base import CommandError

from leads.verifying import differences
from stemsite.days import SiteCommand


class Command(SiteCommand):
    help = "Compare every subscription with the consent ledger and name what differs."

    def handle(self, *args: Any, **options: Any) -> None:
        found = list(differences())
        for line in found:
            self.stdout.write(line)
        if found:
            raise CommandError(f"{len(found)} subscriptions differ from the ledger.")
        self.stdout.write("Every subscription agrees with the ledger.")
