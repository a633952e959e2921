from django.apps import AppConfig


class PublishingConfig(AppConfig):
    name = "stemsite.publishing"
    verbose_name = "Publishing"
