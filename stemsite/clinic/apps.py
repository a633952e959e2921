from django.apps import AppConfig


class ClinicConfig(AppConfig):
    name = "stemsite.clinic"
    verbose_name = "Clinic"

    def ready(self) -> None:
        from stemsite.uses import register_use

        from .changing import photo_uses

        register_use(photo_uses)
