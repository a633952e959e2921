import json
import sys
from argparse import ArgumentParser
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.contrib.auth import get_user_model
from django.core.management.base import CommandError

from stemsite.days import SiteCommand
from studies.identifiers import read_box
from studies.importing.applying import apply_batch, decide
from studies.importing.reading import read_batch
from studies.importing.storing import NotTaken, store_file, store_identifiers
from studies.models import ImportBatch, ImportRow
from studies.previewing import preview
from studies.sources.base import FileRefused, Row
from studies.sources.live import sources
from studies.sources.reading import FORMATS, read


class Command(SiteCommand):
    help = (
        "Take reference files and identifiers into the library and say what each record became. "
        "Safe to repeat: the same file twice changes nothing. What a person must decide waits in the admin."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("given", nargs="+", metavar="FILE|ID", help="files; or DOI, PMID, PMCID, trial numbers")
        parser.add_argument("--format", default="auto", choices=("auto", *FORMATS))
        parser.add_argument("--dry-run", action="store_true", help="only say what the records would become")
        parser.add_argument("--json", action="store_true", help="one line of JSON a record")
        parser.add_argument("--by", metavar="EMAIL", help="the member of staff in whose name this is done")

    def asks_the_site(self, options: dict[str, Any]) -> bool:
        return not options["dry_run"]

    def handle(self, *args: Any, **options: Any) -> None:
        self.counts: Counter[str] = Counter()
        self.as_json = options["json"]
        paths = [Path(one) for one in options["given"] if _is_path(one)]
        identifiers = [one for one in options["given"] if not _is_path(one)]
        if options["dry_run"]:
            self._dry(paths, identifiers, options["format"])
        else:
            by = _member(options["by"])
            for path in paths:
                self._file(path, options["format"], by)
            if identifiers:
                self._take(lambda: store_identifiers("\n".join(identifiers), by=by), "identifiers", by)
        failed = {"failed", "refused", "not found", "not checked"}
        bad = sum(self.counts[one] for one in failed)
        if not self.as_json:
            self.stdout.write(", ".join(f"{count} {state}" for state, count in sorted(self.counts.items())) + ".")
        if bad:
            sys.exit(1 if self.counts.total() > bad else 2)

    def _dry(self, paths: list[Path], identifiers: list[str], format: str) -> None:
        for one in preview(self._read(paths, format)):
            record = one.row.record
            named = f"{record.id} {record.title}".strip() if record else ""
            words = f"{one.file} {one.row.number}: {one.state} {named} {one.problem}"
            self._say(one.state, one.as_json(), words)
        for line in read_box("\n".join(identifiers)):
            kinds = [{"kind": one.kind, "value": one.value} for one in line.identifiers]
            told = ", ".join(f"{one['kind']} {one['value']}" for one in kinds) or "nothing known"
            self._say("named" if kinds else "failed", {"line": line.text, "identifiers": kinds}, f"{line.text}: {told}")

    def _read(self, paths: list[Path], format: str) -> Iterator[tuple[str, tuple[Row, ...]]]:
        for path in paths:
            try:
                yield path.name, read(path.read_bytes(), format=format).rows
            except (OSError, FileRefused) as error:
                self._refuse(path.name, error)

    def _file(self, path: Path, format: str, by: Any) -> None:
        try:
            data = path.read_bytes()
        except OSError as error:
            self._refuse(path.name, error)
            return
        self._take(lambda: store_file(data, path.name, by=by, format=format), path.name, by)

    def _take(self, store: Any, name: str, by: Any) -> None:
        try:
            batch, _ = store()
        except NotTaken as error:
            self._refuse(name, error)
            return
        read_batch(batch, sources=sources)
        if batch.state == ImportBatch.State.REFUSED:
            self._refuse(name, batch.problem)
            return
        decide(batch)
        apply_batch(batch, by=by)
        for row in batch.rows.select_related("reference").order_by("number"):
            self._tell(row)

    def _tell(self, row: ImportRow) -> None:
        became = row.outcome or row.state
        about = f"reference {row.reference_id}" if row.reference_id else ""
        line = {
            "row": row.number,
            "state": row.state,
            "record": row.record,
            "problem": row.problem,
            "outcome": row.outcome,
            "reference": row.reference_id,
        }
        self._say(became, line, f"{row.batch.name} {row.number}: {became} {about} {row.title} {row.problem}")

    def _say(self, state: str, line: dict[str, Any], words: str) -> None:
        self.counts[state] += 1
        self.stdout.write(json.dumps(line, ensure_ascii=False) if self.as_json else " ".join(words.split()))

    def _refuse(self, name: str, why: object) -> None:
        self.counts["refused"] += 1
        self.stderr.write(f"{name}: {why}")


def _is_path(given: str) -> bool:
    """A file; or what looks like one, so that a mistyped name is reported and not looked up."""
    return Path(given).exists() or not any(line.identifiers for line in read_box(given))


def _member(email: str | None) -> Any:
    if email is None:
        return None
    user = get_user_model().objects.filter(email__iexact=email, is_staff=True).first()
    if user is None:
        raise CommandError(f"Nobody on the staff has the address {email}.", returncode=2)
    return user
