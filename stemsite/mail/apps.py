import datetime

from django.apps import AppConfig


class MailConfig(AppConfig):
    name = "stemsite.mail"
    verbose_name = "Mail"

    def ready(self) -> None:
        from stemsite.resealing import register
        from stemsite.tasks.periodic import periodic
        from stemsite.tasks.worker import register_pump

        from .files import reseal
        from .sending import Sender
        from .watching import watch
        from .webhooks import forget_old

        periodic("mail watch", every=datetime.timedelta(minutes=1), lane="due", run=watch)
        periodic("forget what providers told", every=datetime.timedelta(days=1), lane="long", run=forget_old)
        register(reseal)
        register_pump("mail", Sender())
