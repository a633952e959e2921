from django.apps import AppConfig


class ClinicConfig(AppConfig):
    name = "stemsite.clinic"
    verbose_name = "Clinic"
