import json
import sys
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from studies import cases
from studies.sources.base import FileRefused


class Command(BaseCommand):
    help = "Compare references with their records: labelled ones from a file with --cases and --index."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--cases", type=Path, help="a JSON file of references, with or without labels")
        parser.add_argument("--index", type=Path, help="a file of records to search in place of the registries")
        parser.add_argument("--json", action="store_true", help="one line of JSON a case")

    def handle(self, *args: Any, **options: Any) -> None:
        if not options["cases"] or not options["index"]:
            raise CommandError(
                "Name a file of references with --cases and a file of records with --index.", returncode=2
            )
        try:
            index = cases.read_index(options["index"].read_bytes())
            outcomes = list(cases.run(options["cases"].read_bytes(), index))
        except (OSError, FileRefused) as error:
            raise CommandError(str(error), returncode=2) from error
        for outcome in outcomes:
            self.stdout.write(
                json.dumps(outcome.as_json(), ensure_ascii=False) if options["json"] else _in_words(outcome)
            )
        agreeing = sum(outcome.agrees for outcome in outcomes)
        labelled = sum(outcome.expected is not None for outcome in outcomes)
        wrongly = sum(outcome.is_wrongly_verified for outcome in outcomes)
        if labelled and not options["json"]:
            self.stdout.write(f"{agreeing} of {len(outcomes)} as labelled; {wrongly} wrongly verified.")
        if agreeing < len(outcomes):
            sys.exit(1)


def _in_words(outcome: cases.Outcome) -> str:
    found = outcome.verification
    record = f" – {found.record.id} {found.record.title}" if found.record else ""
    lines = [f"{outcome.id}: {found.verdict.replace('_', ' ')}{record}"]
    lines += [f"    {mismatch}" for mismatch in found.mismatches]
    lines += [f"    standing: {found.integrity}"] if found.integrity != "none" else []
    lines += [f"    note: {note}" for note in found.notes]
    lines += [] if outcome.agrees else [f"    LABELLED: {json.dumps(outcome.expected, ensure_ascii=False)}"]
    return "\n".join(lines)
