from typing import Any

from leads.erasing import erase_again
from stemsite.days import SiteCommand
from stemsite.mail.pulse import park_all


class Command(SiteCommand):
    help = "After a backup was restored: park every letter it brought back, and erase again whom it brought back."

    def handle(self, *args: Any, **options: Any) -> None:
        parked = park_all("An operator said that the database came out of a backup.", by=None)
        erased = erase_again()
        self.stdout.write(f"Letters parked: {parked}. People erased again: {erased}.")
        if parked:
            self.stdout.write("Let go what was not sent before the restore: staff site, Mail, Deliveries.")
