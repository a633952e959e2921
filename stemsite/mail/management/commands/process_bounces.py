"""``manage.py process_bounces``: one report by pipe, or every file of a folder such as a Maildir."""

from __future__ import annotations

import sys
from collections import Counter
from pathlib import Path
from typing import Any

from django.core.management.base import CommandError, CommandParser

from stemsite.days import SiteCommand
from stemsite.mail.bounces import Result, take
from stemsite.mail.reports import LARGEST


class Command(SiteCommand):
    help = "Read delivery reports and complaints: from standard input, or from the files of a folder."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("folder", nargs="?", type=Path, help="a Maildir, or a folder with one message a file")
        parser.add_argument("--to", default="", help="the address the message came to (in Postfix: ${recipient})")
        parser.add_argument("--keep", action="store_true", help="leave the files of the folder where they are")

    def handle(self, *, folder: Path | None, to: str, keep: bool, **options: Any) -> None:
        if folder is None:
            self.stdout.write(str(take(sys.stdin.buffer.read(LARGEST), recipient=to)))
            return
        if not folder.is_dir():
            raise CommandError(f"{folder} is no folder.")
        found: Counter[Result] = Counter()
        for path in self._messages(folder):
            result = take(path.read_bytes(), recipient=to)
            found[result] += 1
            if not keep and result not in {Result.NO_REPORT, Result.UNKNOWN}:
                path.unlink()
        for result, count in sorted(found.items()):
            self.stdout.write(f"{count} {result}")

    def _messages(self, folder: Path) -> list[Path]:
        """Of a Maildir what is new and what is read; never what is still being written."""
        parts = [folder / name for name in ("new", "cur") if (folder / name).is_dir()] or [folder]
        return sorted(path for part in parts for path in part.iterdir() if path.is_file())
