import datetime

from django.apps import AppConfig


class CountsConfig(AppConfig):
    name = "stemsite.counts"
    verbose_name = "Readers' numbers"

    def ready(self) -> None:
        from stemsite.tasks.periodic import periodic

        from .keeping import forget_what_is_old_or_rare

        periodic("old and rare counts", every=datetime.timedelta(days=1), lane="long", run=forget_what_is_old_or_rare)
