import datetime

from django.apps import AppConfig


class ServingConfig(AppConfig):
    name = "stemsite.serving"
    verbose_name = "Page store"

    def ready(self) -> None:
        from stemsite.tasks.periodic import periodic

        from .store import pack_better

        periodic("better packing of pages", every=datetime.timedelta(minutes=1), lane="long", run=pack_better)
