from argparse import ArgumentParser
from typing import Any

from django.core.management.base import CommandError

from stemsite.days import SiteCommand
from stemsite.publishing.models import Page
from studies.exports import FORMATS, export
from studies.models import Reference
from studies.records import record_of


class Command(SiteCommand):
    help = "Print the references of the library, or of one live page, for a reference manager."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--format", choices=tuple(FORMATS), required=True)
        page = parser.add_mutually_exclusive_group()
        page.add_argument("--article", metavar="SLUG", help="what the live article cites, in its order")
        page.add_argument("--study", metavar="SLUG", help="the primary paper of the live study, and what it cites")

    def handle(self, *args: Any, **options: Any) -> None:
        references = Reference.objects.citable().order_by("pk")
        if slug := options["article"] or options["study"]:
            ids = _cited(slug, family="study" if options["study"] else "article")
            found = Reference.objects.in_bulk(ids)
            records = [record_of(found[pk]) for pk in ids if pk in found]
        else:
            records = [record_of(reference) for reference in references]
        self.stdout.write(export(records, options["format"]), ending="")


def _cited(slug: str, *, family: str) -> list[int]:
    """The references that the live version names, the primary paper first."""
    page = Page.objects.live().filter(family=family, slug=slug).first()
    if page is None or page.live_version is None:
        raise CommandError(f"There is no live {family} with the address “{slug}”.", returncode=2)
    content = page.live_version.content
    marks = [content["primary"]] if content.get("primary") else []
    return list(dict.fromkeys(mark["reference"] for mark in [*marks, *content.get("citations", [])]))
