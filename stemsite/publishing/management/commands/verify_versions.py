from typing import Any

from django.core.management.base import CommandError

from stemsite.days import SiteCommand
from stemsite.publishing.models import Version
from stemsite.publishing.versions import altered_versions


class Command(SiteCommand):
    help = "Recompute the fingerprint of every stored version and name those that were altered."

    def handle(self, *args: Any, **options: Any) -> None:
        count = Version.objects.count()
        found = list(altered_versions())
        for version, what in found:
            self.stderr.write(f"Page {version.page_id}, {version} (id {version.pk}): {what}")
        if found:
            raise CommandError(f"{len(found)} of {count} versions were altered after they were stored.")
        self.stdout.write(f"All {count} versions are as they were stored.")
