from django.apps import AppConfig


class MailConfig(AppConfig):
    name = "stemsite.mail"
    verbose_name = "Mail"
