from django.apps import AppConfig


class ClinicConfig(AppConfig):
    name = "stemsite.clinic"
    verbose_name = "Clinic"

    def ready(self) -> None:
        from stemsite.access import register_policy
        from stemsite.uses import register_use

        from .changing import photo_uses
        from .models import Clinic

        register_use(photo_uses)
        register_policy(lambda: not Clinic.current().needs_team)
