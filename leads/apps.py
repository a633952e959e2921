import datetime

from django.apps import AppConfig


class LeadsConfig(AppConfig):
    name = "leads"
    verbose_name = "Leads"

    def ready(self) -> None:
        from stemsite.tasks.periodic import periodic

        from . import letters, limits, newsletter, packets, subscribing, systemchecks  # noqa: F401  (checks)

        letters.register()
        newsletter.register()
        packets.register()
        hour = datetime.timedelta(hours=1)
        periodic("end unconfirmed subscriptions", every=hour, lane="long", run=subscribing.expire_unconfirmed)
        periodic("forget old counters of the forms", every=hour, lane="long", run=limits.forget_old)
