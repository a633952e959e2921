from argparse import ArgumentParser
from typing import Any

from leads.retention import run
from stemsite.days import SiteCommand


class Command(SiteCommand):
    help = "Empty requests whose time is over, and erase the people of whom nothing is left. Safe to repeat."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--dry-run", action="store_true", help="Only say what would go.")

    def handle(self, *args: Any, **options: Any) -> None:
        for gone in run(dry=options["dry_run"]):
            self.stdout.write(f"{gone.name}: {gone.number}")
