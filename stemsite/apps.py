from django.apps import AppConfig
from django.contrib.admin.apps import AdminConfig


class StemsiteConfig(AppConfig):
    """The composition: commands and templates that belong to the whole site."""

    name = "stemsite"
    verbose_name = "Stemsite"


class StemsiteAdminConfig(AdminConfig):
    default_site = "stemsite.admin.StaffSite"
