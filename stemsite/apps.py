from typing import Any

from django.apps import AppConfig, apps
from django.contrib.admin.apps import AdminConfig
from django.core.management import call_command
from django.db import DEFAULT_DB_ALIAS
from django.db.models.signals import post_migrate


class StemsiteConfig(AppConfig):
    """The composition: commands and templates that belong to the whole site. Last in INSTALLED_APPS."""

    name = "stemsite"
    verbose_name = "Stemsite"

    def ready(self) -> None:
        from stemsite import appendonly, systemchecks  # noqa: F401  (the checks register themselves)
        from stemsite.checks import systemchecks as lexicon_checks  # noqa: F401
        from stemsite.mail.samples import register_samples

        register_samples({"test_letter": ("A test letter", {})})

        # Sent once every table is there, but never for an app without models, such as this one.
        sender = apps.get_app_config("audit")
        post_migrate.connect(appendonly.after_migrate, sender=sender)
        post_migrate.connect(make_cache_table, sender=sender)


def make_cache_table(using: str = DEFAULT_DB_ALIAS, **kwargs: Any) -> None:
    """Receiver of ``post_migrate``: the cache keeps limits and used codes, so its table is there from the start."""
    call_command("createcachetable", database=using, verbosity=0)


class StemsiteAdminConfig(AdminConfig):
    default_site = "stemsite.admin.StaffSite"
