from django.apps import AppConfig


class TasksConfig(AppConfig):
    name = "stemsite.tasks"
    verbose_name = "Background work"
