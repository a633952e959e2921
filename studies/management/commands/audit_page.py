import json
import sys
from argparse import ArgumentParser
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from studies.auditing.audit import Audit, audit
from studies.auditing.pages import read_page
from studies.cases import read_index
from studies.matching.index import RecordIndex
from studies.records import library_records
from studies.sources.base import FileRefused


class Command(BaseCommand):
    help = "Say what is wrong with the citations of an existing page: plain text, HTML or a Word file."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument("--index", type=Path, help="a file of records; without it, the references of this library")
        parser.add_argument(
            "--json", action="store_true", help="one line of JSON for each reference, study and finding"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            lines = read_page(options["file"].read_bytes())
            index = read_index(options["index"].read_bytes()) if options["index"] else _library()
        except (OSError, FileRefused) as error:
            raise CommandError(str(error), returncode=2) from error
        found = audit(lines, index)
        for line in _json_lines(found) if options["json"] else _words(found):
            self.stdout.write(line)
        if any(finding.severity == "error" for finding in found.findings):
            sys.exit(1)


def _library() -> RecordIndex | None:
    """The references of this installation; none of them means that nobody could be asked."""
    records = library_records()
    return RecordIndex(records) if records else None


def _json_lines(found: Audit) -> Iterator[str]:
    lines = [*(one.as_json() for one in found.references), *(one.as_json() for one in found.studies)]
    lines += [{"kind": "finding", **asdict(finding)} for finding in found.findings]
    return (json.dumps(line, ensure_ascii=False) for line in lines)


def _words(found: Audit) -> Iterator[str]:
    yield f"{len(found.references)} references, {len(found.studies)} studies, {len(found.findings)} findings."
    where = ""
    for finding in found.findings:
        if finding.where != where:
            where = finding.where
            yield f"\n{where}"
        yield f"  {finding.severity}: {finding.message}"
