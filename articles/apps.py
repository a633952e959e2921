import datetime

from django.apps import AppConfig


class ArticlesConfig(AppConfig):
    name = "articles"
    verbose_name = "Articles"

    def ready(self) -> None:
        from stemsite.clinic.frame import register_links
        from stemsite.publishing.families import register
        from stemsite.publishing.gate import register_check
        from stemsite.publishing.saying import register_explained
        from stemsite.publishing.watching import register_watch
        from stemsite.search.index import register_reader
        from stemsite.tasks.periodic import periodic
        from stemsite.uses import register_places, register_use
        from studies.merging import register_repointer

        from . import checks, finding, frame, glossary, reciting
        from .family import ARTICLES
        from .word.keeping import forget_old

        register(ARTICLES)
        register_check(checks.article_findings)
        register_links(frame.links)
        register_reader(finding.document)
        register_use(finding.draft_uses)
        register_places(finding.draft_places)
        register_use(glossary.term_uses)
        register_places(glossary.term_places)
        register_watch(glossary.term_lines)
        register_explained(glossary.names)
        register_repointer(reciting.repoint_articles)
        periodic("forget old Word files", every=datetime.timedelta(days=1), lane="long", run=forget_old)
