"""The newsletter: issues composed from live pages, approved, and sent to a snapshot of the list."""

import datetime


def register() -> None:
    """Tell mail and worker what is ours; called from ``ready()``."""
    from stemsite.mail.samples import register_samples
    from stemsite.tasks.periodic import periodic
    from stemsite.tasks.worker import register_pump

    from . import counting, delivering, drafting, pacing, proofing, sending
    from .letters import SAMPLES

    delivering.register()
    proofing.register()
    register_samples(SAMPLES)
    register_pump("mail", sending.advance)
    hour, day = datetime.timedelta(hours=1), datetime.timedelta(days=1)
    periodic("count who left after an issue", every=hour, lane="long", run=counting.count_leavers)
    periodic("draft a digest of what is new", every=day, lane="long", run=drafting.draft_when_due)
    periodic("forget the pace of older days", every=hour, lane="long", run=pacing.forget_old)
