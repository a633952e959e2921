"""The information packet: from live, signed versions to a page and a printed booklet."""


def register() -> None:
    """Tell publishing and mail of packets, from ``ready()``."""
    from stemsite.publishing.families import register as register_family
    from stemsite.publishing.gate import register_check
    from stemsite.publishing.reports import register_report
    from stemsite.uses import register_use

    from . import sending
    from .checks import packet_findings
    from .family import PACKETS
    from .moved import OUTDATED
    from .uses import draft_uses

    register_family(PACKETS)
    register_check(packet_findings)
    register_report(OUTDATED)
    register_use(draft_uses)
    sending.register()
