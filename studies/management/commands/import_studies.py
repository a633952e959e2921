import json
import sys
from argparse import ArgumentParser
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from studies.previewing import preview
from studies.sources.base import FileRefused, Row
from studies.sources.reading import FORMATS, read


class Command(BaseCommand):
    help = "Read reference files and say what each record is; nothing is written to the library with --dry-run."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("paths", nargs="+", type=Path, metavar="FILE")
        parser.add_argument("--format", default="auto", choices=("auto", *FORMATS))
        parser.add_argument("--dry-run", action="store_true", help="only say what the records would become")
        parser.add_argument("--json", action="store_true", help="one line of JSON a record")

    def handle(self, *args: Any, **options: Any) -> None:
        if not options["dry_run"]:
            raise CommandError("Files are imported in the admin; here they are read with --dry-run.", returncode=2)
        counts: Counter[str] = Counter()
        for one in preview(self._files(options["paths"], options["format"], counts)):
            counts[one.state] += 1
            if options["json"]:
                self.stdout.write(json.dumps(one.as_json(), ensure_ascii=False))
                continue
            record = one.row.record
            named = f"{record.id} {record.title}".strip() if record else ""
            self.stdout.write(f"{one.file} {one.row.number}: {one.state} {named} {one.problem}".rstrip())
        readable = counts.total() - counts["failed"] - counts["refused"]
        if not options["json"]:
            self.stdout.write(", ".join(f"{count} {state}" for state, count in sorted(counts.items())) + ".")
        if counts["failed"] or counts["refused"]:
            sys.exit(1 if readable else 2)

    def _files(self, paths: list[Path], format: str, counts: Counter[str]) -> Iterator[tuple[str, tuple[Row, ...]]]:
        for path in paths:
            try:
                yield path.name, read(path.read_bytes(), format=format).rows
            except (OSError, FileRefused) as error:
                counts["refused"] += 1
                self.stderr.write(f"{path.name}: {error}")
