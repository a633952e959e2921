from django.apps import AppConfig


class MailConfig(AppConfig):
    name = "stemsite.mail"
    verbose_name = "Mail"

    def ready(self) -> None:
        from stemsite.resealing import register
        from stemsite.tasks.worker import register_pump

        from .files import reseal
        from .sending import Sender

        register(reseal)
        register_pump("mail", Sender())
