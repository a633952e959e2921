from django.apps import AppConfig


class PublishingConfig(AppConfig):
    name = "stemsite.publishing"
    verbose_name = "Publishing"

    def ready(self) -> None:
        from stemsite.tasks.worker import register_pump

        from .scheduling import run_due

        register_pump("due", run_due)
