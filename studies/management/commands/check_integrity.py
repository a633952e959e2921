import json
from argparse import ArgumentParser
from dataclasses import asdict
from pathlib import Path
from typing import Any

from django.core.management.base import CommandError
from django.utils import timezone

from stemsite.days import SiteCommand
from studies import monitoring, watching
from studies.sources.base import FileRefused
from studies.sources.live import sources


class Command(SiteCommand):
    help = "One run of the retraction and correction monitor: a Retraction Watch file, or the registries themselves."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--retraction-watch", type=Path, metavar="FILE", help="the CSV of Retraction Watch")
        parser.add_argument("--source", choices=("crossref", "pubmed"), help="ask only this registry")
        parser.add_argument("--due", action="store_true", help="ask only about what is due, as the worker does")
        parser.add_argument("--limit", type=int, help="ask about at most so many references")
        parser.add_argument("--dry-run", action="store_true", help="say what is new and write nothing")
        parser.add_argument("--json", action="store_true", help="one line of JSON a new event, and one of counts")

    def handle(self, *args: Any, **options: Any) -> None:
        dry, limit = options["dry_run"], options["limit"]
        runs: list[monitoring.Run] = []
        if options["retraction_watch"]:
            try:
                with options["retraction_watch"].open(encoding="utf-8-sig", errors="replace", newline="") as lines:
                    runs.append(monitoring.check_retraction_watch(lines, dry=dry))
            except (OSError, FileRefused) as error:
                raise CommandError(str(error), returncode=2) from error
        else:
            among = {name: watching.due(name, timezone.now()) for name in watching.ASKED} if options["due"] else {}
            if options["source"] != "pubmed":
                chosen = among.get(monitoring.CROSSREF)
                runs.append(monitoring.check_crossref(sources().crossref, among=chosen, limit=limit, dry=dry))
            if options["source"] != "crossref":
                chosen = among.get(monitoring.PUBMED)
                runs.append(monitoring.check_pubmed(sources().pubmed, among=chosen, limit=limit, dry=dry))
        self._report(runs, as_json=options["json"])

    def _report(self, runs: list[monitoring.Run], *, as_json: bool) -> None:
        counts = sum((run.counts for run in runs), start=type(runs[0].counts)())
        for found in (found for run in runs for found in run.new):
            line = asdict(found) | {"kind": str(found.kind), "notice_on": str(found.notice_on or "")}
            words = f"reference {found.reference}: {found.kind}, says {found.source}. {found.notice}"
            self.stdout.write(json.dumps(line, ensure_ascii=False) if as_json else words.strip())
        if as_json:
            self.stdout.write(json.dumps({"counts": dict(counts)}))
        else:
            self.stdout.write(", ".join(f"{count} {name}" for name, count in sorted(counts.items())) + ".")
