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
        from .claiming import claim_findings
        from .gate import register_check
        from .going_live import picture_ready
        from .letter_samples import SAMPLES
        from .nightly import CLAIMS, hear_live_pages
        from .reports import LAPSED, LAWS, OVERRIDES, REDIRECTS, WORDINGS, register_report
        from .scheduling import run_due
        from .usage import page_uses, signature_uses
        from .wordings import wording_findings

        register_pump("due", run_due)
        periodic("hear live pages", every=datetime.timedelta(days=1), lane="long", run=hear_live_pages)
        register_samples(SAMPLES)
        register_check(address_findings)
        register_check(wording_findings)
        register_check(claim_findings)
        register_scope(content_events)
        when_made(picture_ready)
        register_use(page_uses)
        register_use(signature_uses)
        for report in (WORDINGS, LAPSED, REDIRECTS, LAWS, OVERRIDES, CLAIMS):
            register_report(report)
