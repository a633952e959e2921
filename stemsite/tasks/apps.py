import datetime

from django.apps import AppConfig


class TasksConfig(AppConfig):
    name = "stemsite.tasks"
    verbose_name = "Background work"

    def ready(self) -> None:
        from stemsite.sqlite.planning import learn

        from .periodic import periodic

        periodic("what the database plans by", every=datetime.timedelta(hours=6), lane="long", run=learn)
