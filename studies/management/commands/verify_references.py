import json
import sys
from argparse import ArgumentParser
from collections import Counter
from pathlib import Path
from typing import Any

from django.core.management.base import CommandError
from django.db.models import QuerySet
from django.utils import timezone

from stemsite.days import SiteCommand
from stemsite.publishing.models import Page, Use
from studies import cases, checking
from studies.matching.index import RecordIndex
from studies.models import Reference
from studies.sources.base import FileRefused
from studies.sources.live import sources


class Command(SiteCommand):
    help = "Compare references with their records: the stored ones, or labelled ones from a file with --cases."

    def add_arguments(self, parser: ArgumentParser) -> None:
        what = parser.add_mutually_exclusive_group(required=True)
        what.add_argument("--all", action="store_true", help="every stored reference")
        what.add_argument("--due", action="store_true", help="stored references not checked for 90 days")
        what.add_argument("--article", metavar="SLUG", help="what the newest version of this page cites")
        what.add_argument("--cases", type=Path, help="a JSON file of references, with or without labels")
        parser.add_argument("--index", type=Path, help="a file of records to search in place of the registries")
        parser.add_argument("--offline", action="store_true", help="ask no registry")
        parser.add_argument("--again", action="store_true", help="ask also what answered within the last day")
        parser.add_argument("--json", action="store_true", help="one line of JSON a case")

    def asks_the_site(self, options: dict[str, Any]) -> bool:
        return not options["cases"]

    def handle(self, *args: Any, **options: Any) -> None:
        if options["cases"] and not options["index"]:
            raise CommandError("Name a file of records to compare the cases with, by --index.", returncode=2)
        try:
            index = cases.read_index(options["index"].read_bytes()) if options["index"] else None
            outcomes = list(cases.run(options["cases"].read_bytes(), index)) if options["cases"] and index else []
        except (OSError, FileRefused) as error:
            raise CommandError(str(error), returncode=2) from error
        if options["cases"]:
            self._report_cases(outcomes, as_json=options["json"])
        else:
            self._check_stored(index, options)

    def _report_cases(self, outcomes: list[cases.Outcome], *, as_json: bool) -> None:
        for outcome in outcomes:
            self.stdout.write(json.dumps(outcome.as_json(), ensure_ascii=False) if as_json else _in_words(outcome))
        agreeing = sum(outcome.agrees for outcome in outcomes)
        labelled = sum(outcome.expected is not None for outcome in outcomes)
        wrongly = sum(outcome.is_wrongly_verified for outcome in outcomes)
        if labelled and not as_json:
            self.stdout.write(f"{agreeing} of {len(outcomes)} as labelled; {wrongly} wrongly verified.")
        if agreeing < len(outcomes):
            sys.exit(1)

    def _check_stored(self, index: RecordIndex | None, options: dict[str, Any]) -> None:
        references = _chosen(options)
        asked = None if options["offline"] or index else sources()
        counts: Counter[str] = Counter()
        for one in checking.check(references, index=index, sources=asked, again=options["again"]):
            counts[one.found.verdict] += 1
            outcome = cases.Outcome(id=str(one.reference.pk), text=str(one.reference), verification=one.found)
            line = outcome.as_json() | {"causes": list(one.causes)}
            self.stdout.write(json.dumps(line, ensure_ascii=False) if options["json"] else _in_words(outcome))
        if not options["json"]:
            told = ", ".join(f"{count} {verdict.replace('_', ' ')}" for verdict, count in sorted(counts.items()))
            self.stdout.write(f"{told or 'Nothing to check'}.")


def _chosen(options: dict[str, Any]) -> QuerySet[Reference]:
    """The references of the library that are to be checked."""
    if slug := options["article"]:
        pages = Page.objects.filter(slug=slug, latest_version__isnull=False)
        if not pages:
            raise CommandError(f"There is no saved page with the address “{slug}”.", returncode=2)
        newest = Use.objects.filter(kind=Use.Kind.REFERENCE, version__in=pages.values("latest_version"))
        return checking.checkable().filter(pk__in=newest.values("object_id"))
    return checking.due(timezone.localdate()) if options["due"] else checking.checkable()


def _in_words(outcome: cases.Outcome) -> str:
    found = outcome.verification
    record = f" – {found.record.id} {found.record.title}" if found.record else ""
    lines = [f"{outcome.id}: {found.verdict.replace('_', ' ')}{record}"]
    lines += [f"    {mismatch}" for mismatch in found.mismatches]
    lines += [f"    standing: {found.integrity}"] if found.integrity != "none" else []
    lines += [f"    note: {note}" for note in found.notes]
    lines += [] if outcome.agrees else [f"    LABELLED: {json.dumps(outcome.expected, ensure_ascii=False)}"]
    return "\n".join(lines)
