from django.apps import AppConfig


class StudiesConfig(AppConfig):
    name = "studies"
    verbose_name = "Studies"

    def ready(self) -> None:
        from stemsite.publishing.as_of import register_joined
        from stemsite.publishing.families import register
        from stemsite.publishing.gate import register_check
        from stemsite.publishing.problems import register_problems
        from stemsite.publishing.reports import register_report
        from stemsite.publishing.watching import register_watch
        from stemsite.search.index import register_reader
        from stemsite.search.queries import register_synonyms
        from stemsite.tasks.periodic import periodic
        from stemsite.uses import register_use

        from . import systemchecks  # noqa: F401 - registers itself
        from .as_of import sources_at
        from .board import JOBS
        from .checks import study_findings
        from .desk import evidence_lines
        from .family import STUDIES
        from .finding import condition_names, document
        from .listing import watch_list
        from .merging import register_repointer, repoint_studies
        from .problems import noticed_sources
        from .reports import CONDITIONS, SOURCES, TREATMENTS
        from .trial_watch import watch_trials
        from .uses import draft_uses
        from .watching import DAILY, EVERY, recheck_due, watch

        register(STUDIES)
        register_check(study_findings)
        register_reader(document)
        register_synonyms(condition_names)
        register_use(draft_uses)
        register_repointer(repoint_studies)
        periodic(JOBS[0], every=EVERY, lane="long", run=watch)
        periodic(JOBS[1], every=EVERY, lane="long", run=recheck_due)
        periodic(JOBS[2], every=DAILY, lane="long", run=watch_list)
        periodic(JOBS[3], every=EVERY, lane="long", run=watch_trials)
        for report in (SOURCES, TREATMENTS, CONDITIONS):
            register_report(report)
        register_joined(sources_at)
        register_problems(noticed_sources)
        register_watch(evidence_lines)
