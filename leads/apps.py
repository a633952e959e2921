import datetime

from django.apps import AppConfig


class LeadsConfig(AppConfig):
    name = "leads"
    verbose_name = "Leads"

    def ready(self) -> None:
        from articles.offers import register_packets
        from stemsite.audit.reading import register_scope
        from stemsite.mail.kinds import register_names
        from stemsite.publishing.watching import register_watch
        from stemsite.tasks.periodic import periodic

        from . import (
            erasing,
            feedback,
            letters,
            limits,
            newsletter,
            packets,
            retention,
            subscribing,
            systemchecks,  # noqa: F401 - the checks register themselves
        )
        from .audit_scope import lead_events
        from .contacts import names_at
        from .packets.choosing import subject_of
        from .packets.family import LIST
        from .pipeline import bursts, mentioning, searching, telling

        letters.register()
        newsletter.register()
        packets.register()
        mentioning.register()
        telling.register()
        bursts.register()
        register_scope(lead_events)
        register_names(names_at)
        register_watch(feedback.lines)
        register_packets(subject_of, key=LIST)
        hour = datetime.timedelta(hours=1)
        periodic("end unconfirmed subscriptions", every=hour, lane="long", run=subscribing.expire_unconfirmed)
        periodic("erase again whom a backup brought back", every=hour, lane="long", run=erasing.erase_again)
        often = datetime.timedelta(minutes=10)
        periodic("tell of many more requests than usual", every=often, lane="long", run=bursts.watch)
        day = datetime.timedelta(days=1)
        periodic("empty what was kept long enough", every=day, lane="long", run=retention.run_daily)
        periodic("forget old counters of the forms", every=hour, lane="long", run=limits.forget_old)
        periodic("forget searches for people", every=hour, lane="long", run=searching.forget_old)
        periodic("tell coordinators what waits", every=hour, lane="long", run=telling.tell_daily)
