from django.apps import AppConfig


class AuditConfig(AppConfig):
    name = "stemsite.audit"
    verbose_name = "Audit"
