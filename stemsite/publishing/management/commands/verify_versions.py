"""Recompute the fingerprint of every stored version, and name each one that was altered (PUB-27)."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from stemsite.publishing.models import Version
from stemsite.publishing.versions import is_intact


class Command(BaseCommand):
    help = "Recompute the hash of every version and name those whose stored text was altered."

    def handle(self, *args: Any, **options: Any) -> None:
        altered = checked = 0
        for version in Version.objects.select_related("page").order_by("page_id", "number").iterator(chunk_size=100):
            checked += 1
            if not is_intact(version):
                altered += 1
                self.stderr.write(f"{version.page} (page {version.page_id}): {version} was altered.")
        if altered:
            raise CommandError(f"{altered} of {checked} versions differ from their fingerprint.")
        self.stdout.write(f"{checked} versions are as they were stored.")
