from django.apps import AppConfig


class MailConfig(AppConfig):
    name = "stemsite.mail"
    verbose_name = "Mail"

    def ready(self) -> None:
        from stemsite.tasks.worker import register_pump

        from .outbox import send_due

        register_pump("mail", send_due)
