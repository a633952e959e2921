from django.apps import AppConfig


class ClinicConfig(AppConfig):
    name = "stemsite.clinic"
    verbose_name = "Clinic"

    def ready(self) -> None:
        from django.db.models.signals import post_migrate

        from stemsite.access import register_policy
        from stemsite.days import register_zone
        from stemsite.uses import register_places, register_use

        from .changing import photo_places, photo_uses
        from .form_words import make_first_versions
        from .models import Clinic
        from .zone import zone_of_days

        post_migrate.connect(make_first_versions, sender=self)
        register_use(photo_uses)
        register_places(photo_places)
        register_zone(zone_of_days)
        register_policy(lambda: not Clinic.current().needs_team)
