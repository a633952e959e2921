from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand

from stemsite.audit.models import AuditEvent
from stemsite.publishing.models import Page
from stemsite.search import index
from stemsite.serving import store

SAMPLES_LOADED = "samples loaded"


class Command(BaseCommand):
    help = "Bring database, cache table and static files up to date; load the example site once, in a trial."

    def handle(self, *args: Any, **options: Any) -> None:
        call_command("migrate", interactive=False, verbosity=0)
        call_command("createcachetable", verbosity=0)
        call_command("collectstatic", interactive=False, verbosity=0)
        index.complete(Page.objects.live().addressed().values_list("pk", flat=True))
        store.forget_all()  # Another release writes other pages.
        if settings.SAMPLES and not AuditEvent.objects.filter(verb=SAMPLES_LOADED).exists():
            self.stdout.write("Loading the example site (once; SAMPLES=no leaves it out) ...")
            call_command("demo")
