import json
from argparse import ArgumentParser
from typing import Any

from django.core.serializers.json import DjangoJSONEncoder

from leads.holding import exported
from leads.persons import person
from stemsite.audit.recording import record
from stemsite.days import SiteCommand


class Command(SiteCommand):
    help = "Everything we hold about one person, as JSON. The export is on record."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("person", help="The reference (L-7K3Q-9M2X), or the e-mail address.")
        parser.add_argument("--reason", required=True, help="Why it is exported.")

    def handle(self, *args: Any, **options: Any) -> None:
        contact = person(options["person"])
        record("exported a person", by=None, obj=contact, note=options["reason"])
        values = exported(contact)
        self.stdout.write(json.dumps(values, cls=DjangoJSONEncoder, ensure_ascii=False, indent=2))
