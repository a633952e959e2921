import datetime

from django.apps import AppConfig


class HurriedConfig(AppConfig):
    name = "tests.durability"
    verbose_name = "Short leases and pauses"

    def ready(self) -> None:
        from stemsite.tasks import leases

        leases.LEASE = datetime.timedelta(seconds=4)
        leases.BACK_OFF = tuple(datetime.timedelta(seconds=seconds) for seconds in (1, 2, 4))
