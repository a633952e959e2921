import datetime

from django.apps import AppConfig


class HurriedConfig(AppConfig):
    name = "tests.durability"
    verbose_name = "Short leases and pauses"

    def ready(self) -> None:
        from stemsite.mail import pausing, sending
        from stemsite.mail.models import delivery
        from stemsite.tasks import leases

        from .fullness import watch

        watch()
        leases.LEASE = datetime.timedelta(seconds=4)
        leases.BACK_OFF = tuple(datetime.timedelta(seconds=seconds) for seconds in (1, 2, 4))
        delivery.LEASE = sending.LEASE = datetime.timedelta(seconds=6)
        delivery.FIRST_PAUSE = datetime.timedelta(seconds=1)
        delivery.LONGEST_PAUSE = datetime.timedelta(seconds=8)
        pausing.FIRST_PROBE = datetime.timedelta(seconds=2)
        pausing.LONGEST_PROBE = datetime.timedelta(seconds=4)
