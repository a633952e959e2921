"""``manage.py rotate_keys``: everything sealed moves to the newest of ``FIELD_KEYS``, while the site serves."""

from __future__ import annotations

from typing import Any

from django.core.management.base import CommandError

from stemsite.days import SiteCommand
from stemsite.resealing import reseal_all


class Command(SiteCommand):
    help = "Reseal every personal value with the newest of FIELD_KEYS. Safe to stop and to run again."

    def handle(self, *args: Any, **options: Any) -> None:
        left = 0
        for table in reseal_all():
            left += table.rows
            self.stdout.write(f"{table.table}: {table.rows} left on older keys")
        if left:
            raise CommandError(
                f"{left} left on older keys: they could not be opened, or were saved meanwhile. "
                "Run this again; keep the older keys in FIELD_KEYS until nothing is left."
            )
        self.stdout.write("0 left on older keys. The older keys can be taken out of FIELD_KEYS.")
