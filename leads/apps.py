import datetime

from django.apps import AppConfig


class LeadsConfig(AppConfig):
    name = "leads"
    verbose_name = "Leads"

    def ready(self) -> None:
        from articles.offers import register_packets
        from stemsite.tasks.periodic import periodic

        from . import (
            letters,
            limits,
            newsletter,
            packets,
            retention,
            subscribing,
            systemchecks,  # noqa: F401 - the checks register themselves
        )
        from .packets.choosing import subject_of
        from .packets.family import LIST

        letters.register()
        newsletter.register()
        packets.register()
        register_packets(subject_of, key=LIST)
        hour = datetime.timedelta(hours=1)
        periodic("end unconfirmed subscriptions", every=hour, lane="long", run=subscribing.expire_unconfirmed)
        day = datetime.timedelta(days=1)
        periodic("empty what was kept long enough", every=day, lane="long", run=retention.run_daily)
        periodic("forget old counters of the forms", every=hour, lane="long", run=limits.forget_old)
