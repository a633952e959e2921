from django.apps import AppConfig


class ServingConfig(AppConfig):
    name = "stemsite.serving"
    verbose_name = "Page store"
