import zipfile
from typing import Any

from django.core.management import call_command
from django.core.management.base import CommandError, CommandParser
from django.db import transaction

from stemsite import moving
from stemsite.audit.recording import first_break, record
from stemsite.days import SiteCommand
from stemsite.publishing.models import Page
from stemsite.publishing.versions import altered_versions
from stemsite.search.index import refresh
from stemsite.serving import store


class Command(SiteCommand):
    help = "Fill a fresh, migrated site from a file of export_site, all or nothing, and prove every fingerprint."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", help="a file that export_site wrote")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            with zipfile.ZipFile(options["file"]) as archive, transaction.atomic():
                came = moving.read(archive)
                self._prove()
                record("site imported", by=None, rows=came["rows"], media=came["media"])
        except (OSError, zipfile.BadZipFile) as error:
            raise CommandError(f"{options['file']} cannot be read: {error}.") from error
        except moving.UnfitError as error:
            raise CommandError(str(error)) from error
        for page in Page.objects.live().order_by("pk").values_list("pk", flat=True):
            refresh(page)
        store.forget_all()
        self.stdout.write(f"{came['rows']} rows and {came['media']} files came in; every version is as it was stored.")
        call_command("after_restore", stdout=self.stdout)

    def _prove(self) -> None:
        if altered := [f"page {version.page_id}, {version}: {what}" for version, what in altered_versions()]:
            raise moving.UnfitError(f"Versions were altered: {'; '.join(altered)}")
        if broken := first_break():
            raise moving.UnfitError(f"The audit chain is broken: {broken}")
