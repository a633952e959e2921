import datetime

from django.apps import AppConfig
from django.conf import settings


class ServingConfig(AppConfig):
    name = "stemsite.serving"
    verbose_name = "Page store"

    def ready(self) -> None:
        from stemsite.tasks.periodic import periodic

        from . import disk
        from .ahead import make_ahead
        from .laying import folder
        from .purging import purge_overdue
        from .store import pack_better

        periodic("pages made ahead", every=datetime.timedelta(minutes=1), lane="long", run=make_ahead)
        periodic("better packing of pages", every=datetime.timedelta(seconds=10), lane="long", run=pack_better)
        # Each round is a row that is written, so what is off does not come round.
        if disk.is_on():
            periodic("pages on disk", every=datetime.timedelta(seconds=5), lane="due", run=folder.keep_up)
        if settings.CDN_PURGE_URL:
            periodic("aged pages of a CDN", every=datetime.timedelta(minutes=1), lane="due", run=purge_overdue)
