from django.apps import AppConfig


class HealthConfig(AppConfig):
    name = "stemsite.health"
    verbose_name = "Health"
