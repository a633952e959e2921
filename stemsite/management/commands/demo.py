from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from stemsite.example_site.loading import NotATrial, load
from stemsite.example_site.staff import STAFF, login_file


class Command(BaseCommand):
    help = "Load the example site (safe to repeat), add synthetic pages for scale trials, or take all of it away."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--password", default="", help="Set this password for every sample account.")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            loaded = load(options["password"])
        except NotATrial as refusal:
            raise CommandError(str(refusal)) from refusal
        self.stdout.write(f"Published: {len(loaded.published)} pages. Already there: {len(loaded.left_alone)}.")
        names = ", ".join(f"{name}@example.org" for name in STAFF)
        self.stdout.write(f"Log in at /accounts/login/ as one of {names}; the password is in {login_file()}.")
