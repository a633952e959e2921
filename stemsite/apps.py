from django.apps import AppConfig, apps
from django.contrib.admin.apps import AdminConfig
from django.db.models.signals import post_migrate


class StemsiteConfig(AppConfig):
    """The composition: commands and templates that belong to the whole site. Last in INSTALLED_APPS."""

    name = "stemsite"
    verbose_name = "Stemsite"

    def ready(self) -> None:
        from stemsite import appendonly

        # Sent once every table is there, but never for an app without models, such as this one.
        post_migrate.connect(appendonly.after_migrate, sender=apps.get_app_config("audit"))


class StemsiteAdminConfig(AdminConfig):
    default_site = "stemsite.admin.StaffSite"
