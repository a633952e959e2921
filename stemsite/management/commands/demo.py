from argparse import ArgumentParser
from typing import Any

from django.core.management.base import CommandError

from stemsite.days import SiteCommand
from stemsite.example_site.loading import NotATrial, load
from stemsite.example_site.removing import remove
from stemsite.example_site.staff import STAFF, load_staff, login_file
from stemsite.example_site.synthetic_articles import add_articles
from stemsite.example_site.synthetic_leads import add_leads
from stemsite.example_site.synthetic_studies import add_studies


class Command(SiteCommand):
    help = "Load the example site (safe to repeat), add synthetic pages for scale trials, or take all of it away."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--password", default="", help="Set this password for every sample account.")
        parser.add_argument("--articles", type=int, default=0, metavar="N", help="Add N synthetic articles.")
        parser.add_argument("--studies", type=int, default=0, metavar="N", help="Add N synthetic studies.")
        parser.add_argument("--leads", type=int, default=0, metavar="N", help="Add N synthetic people who asked.")
        parser.add_argument("--remove", action="store_true", help="Take away everything that this command made.")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["remove"]:
            self._remove()
            return
        if min(options["articles"], options["studies"], options["leads"]) < 0:
            raise CommandError("N is a number: 0 or more.")
        try:
            loaded = load(options["password"])
        except NotATrial as refusal:
            raise CommandError(str(refusal)) from refusal
        self.stdout.write(f"Published: {len(loaded.published)} pages. Already there: {len(loaded.left_alone)}.")
        self._add(options["articles"], options["studies"], options["leads"])
        names = ", ".join(f"{name}@example.org" for name in STAFF)
        self.stdout.write(f"Log in at /accounts/login/ as one of {names}; the password is in {login_file()}.")

    def _add(self, articles: int, studies: int, leads: int) -> None:
        staff = load_staff()
        for count, add, what in (
            (articles, add_articles, "articles"),
            (studies, add_studies, "studies"),
            (leads, add_leads, "leads"),
        ):
            if count:
                add(count, staff=staff)
                self.stdout.write(f"Added: {count} synthetic {what}.")

    def _remove(self) -> None:
        removed = remove()
        for what, count in removed.counts.items():
            self.stdout.write(f"Removed: {count} {what}.")
        for reason in removed.kept:
            self.stdout.write(f"Kept: {reason}")
        if not (removed.counts or removed.kept):
            self.stdout.write("There is nothing of the example site here.")
