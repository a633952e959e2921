from django.apps import AppConfig


class ImagesConfig(AppConfig):
    name = "stemsite.images"
    verbose_name = "Images"
