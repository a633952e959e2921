from django.apps import AppConfig


class StudiesConfig(AppConfig):
    name = "studies"
    verbose_name = "Studies"

    def ready(self) -> None:
        from stemsite.publishing.families import register
        from stemsite.publishing.gate import register_check
        from stemsite.search.index import register_reader

        from .checks import study_findings
        from .family import STUDIES
        from .finding import document

        register(STUDIES)
        register_check(study_findings)
        register_reader(document)
