from argparse import ArgumentParser
from typing import Any

from django.core.management.base import CommandError

from leads.erasing import OnHold, erase
from leads.holding import requests_of
from leads.persons import person
from stemsite.days import SiteCommand


class Command(SiteCommand):
    help = "Erase one person. Without --yes it only says what would go."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("person", help="The reference (L-7K3Q-9M2X), or the e-mail address.")
        parser.add_argument("--yes", action="store_true", help="Really erase; it cannot be undone.")

    def handle(self, *args: Any, **options: Any) -> None:
        contact = person(options["person"])
        requests = len(requests_of(contact))
        if not options["yes"]:
            self.stdout.write(f"{contact}: name, address and {requests} requests would be erased. Add --yes to do it.")
            return
        try:
            erase(contact)
        except OnHold as error:
            raise CommandError(f"{contact} is under a legal hold: {contact.hold_reason}") from error
        self.stdout.write(f"{contact} is erased, with {requests} requests.")
