import datetime

from django.apps import AppConfig


class PublishingConfig(AppConfig):
    name = "stemsite.publishing"
    verbose_name = "Publishing"

    def ready(self) -> None:
        from stemsite.audit.reading import register_scope
        from stemsite.images.renditions import when_made
        from stemsite.mail.samples import register_samples
        from stemsite.tasks.periodic import periodic
        from stemsite.tasks.worker import register_pump
        from stemsite.uses import register_places, register_use

        from . import telling
        from .addressing import address_findings
        from .audit_scope import content_events
        from .buffering import forget_old
        from .claiming import claim_findings
        from .commenting import comment_findings
        from .fact_checking import UNANSWERED
        from .gate import register_check
        from .going_live import picture_ready
        from .leading import LONELY
        from .letter_samples import SAMPLES
        from .link_picture import delete_old, draw_all, draw_newest
        from .links import check_all
        from .nightly import CLAIMS, hear_live_pages
        from .photo_consent import CONSENT, consent_findings
        from .problems import broken_links, claims_heard, failed_schedules, register_problems
        from .reminders import remind
        from .reports import LAPSED, LAWS, OVERRIDES, REDIRECTS, STATUTES, WORDINGS, register_report
        from .scheduling import run_due
        from .trash import empty_due
        from .usage import page_places, page_uses, signature_uses
        from .watching import changed_lines, link_lines, register_watch, trash_lines, work_lines
        from .wordings import wording_findings
        from .words import catch_up

        for known in (failed_schedules, broken_links, claims_heard):
            register_problems(known)
        register_pump("due", run_due)
        for watch in (changed_lines, work_lines, link_lines, trash_lines):
            register_watch(watch)
        periodic("notices", every=datetime.timedelta(hours=1), lane="mail", run=telling.send_digests)
        periodic("reminders", every=datetime.timedelta(hours=6), lane="long", run=remind)
        periodic("links", every=datetime.timedelta(days=1), lane="long", run=check_all)
        telling.register()
        periodic("trash", every=datetime.timedelta(days=1), lane="long", run=empty_due)
        periodic("hear live pages", every=datetime.timedelta(days=1), lane="long", run=hear_live_pages)
        periodic("newest pictures for sharing", every=datetime.timedelta(minutes=5), lane="long", run=draw_newest)
        periodic("all pictures for sharing", every=datetime.timedelta(days=1), lane="long", run=draw_all)
        periodic("old pictures for sharing", every=datetime.timedelta(days=1), lane="long", run=delete_old)
        register_samples(SAMPLES)
        register_check(address_findings)
        register_check(wording_findings)
        register_check(claim_findings)
        register_check(consent_findings)
        register_check(comment_findings)
        register_scope(content_events)
        when_made(picture_ready)
        periodic("words of versions", every=datetime.timedelta(days=1), lane="long", run=catch_up)
        periodic("forget old unsaved text", every=datetime.timedelta(days=1), lane="long", run=forget_old)
        register_use(page_uses)
        register_use(signature_uses)
        register_places(page_places)
        for report in (CONSENT, WORDINGS, LAPSED, REDIRECTS, LAWS, STATUTES, OVERRIDES, CLAIMS, LONELY, UNANSWERED):
            register_report(report)
