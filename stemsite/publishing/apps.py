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
        from stemsite.uses import register_use

        from .addressing import address_findings
        from .audit_scope import content_events
        from .buffering import forget_old
        from .claiming import claim_findings
        from .gate import register_check
        from .going_live import picture_ready
        from .letter_samples import SAMPLES
        from .reports import LAPSED, LAWS, OVERRIDES, REDIRECTS, WORDINGS, register_report
        from .scheduling import run_due
        from .usage import page_uses, signature_uses
        from .wordings import wording_findings

        register_pump("due", run_due)
        register_samples(SAMPLES)
        register_check(address_findings)
        register_check(wording_findings)
        register_check(claim_findings)
        register_scope(content_events)
        when_made(picture_ready)
        periodic("forget old unsaved text", every=datetime.timedelta(days=1), lane="long", run=forget_old)
        register_use(page_uses)
        register_use(signature_uses)
        for report in (WORDINGS, LAPSED, REDIRECTS, LAWS, OVERRIDES):
            register_report(report)
