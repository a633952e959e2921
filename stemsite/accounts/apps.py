import datetime

from django.apps import AppConfig
from django.core.management import call_command
from django.db.models.signals import post_migrate


class AccountsConfig(AppConfig):
    name = "stemsite.accounts"
    verbose_name = "Staff"

    def ready(self) -> None:
        from stemsite.access import register_emergency
        from stemsite.mail.samples import register_samples
        from stemsite.resealing import register
        from stemsite.tasks.periodic import periodic

        from .emergency import is_open
        from .factor_secrets import reseal
        from .keeping import forget_old
        from .letters import SAMPLES
        from .roles import make_groups

        register(reseal)
        register_emergency(is_open)
        register_samples(SAMPLES)
        post_migrate.connect(make_groups, sender=self)
        periodic("clear sessions", every=datetime.timedelta(days=1), lane="long", run=clear_sessions)
        periodic("forget kept forms", every=datetime.timedelta(hours=1), lane="long", run=forget_old)


def clear_sessions() -> None:
    """Forget the sessions that are over."""
    call_command("clearsessions")
