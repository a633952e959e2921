import os
import zipfile
from pathlib import Path
from typing import Any

from django.core.management.base import CommandError, CommandParser

from stemsite import moving
from stemsite.audit.recording import record
from stemsite.days import SiteCommand


class Command(SiteCommand):
    help = "Write everything the site holds, JSON and media, into one new zip file. Personal columns stay sealed."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", help="the file to make; it must not exist yet")

    def handle(self, *args: Any, **options: Any) -> None:
        target = Path(options["file"])
        try:
            handle = os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        except OSError as error:
            raise CommandError(f"{target} cannot be made: {error.strerror}.") from error
        record("site exported", by=None, note=target.name)
        with os.fdopen(handle, "wb") as file, zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
            written = moving.write(archive)
        self.stdout.write(f"{written['rows']} rows and {written['media']} files are in {target}.")
        self.stdout.write("It opens only with the field keys of this site (FIELD_KEYS). Keep the two apart.")
