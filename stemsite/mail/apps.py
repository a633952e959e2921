from django.apps import AppConfig


class MailConfig(AppConfig):
    name = "stemsite.mail"
    verbose_name = "Mail"

    def ready(self) -> None:
        from stemsite.tasks.worker import register_pump

        from .sending import Sender

        register_pump("mail", Sender())
