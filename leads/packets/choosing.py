"""Which packet answers a request: that of the guide it was asked on, else the general one (LEAD-135)."""

from __future__ import annotations

import datetime

from django.conf import settings
from django.utils import timezone

from stemsite.publishing.models import Page
from stemsite.serving.lasting import lasting

from ..models import Packet
from .content import PacketContent, packet_content


def packet_about(guide: str) -> Packet | None:
    """The packet that can be sent about the live guide with this slug."""
    if not guide:
        return None
    return next((packet for slug, packet, _ in _by_guide() if slug == guide), None)


def general_packet() -> Packet | None:
    return next((packet for packet, found in _sendable() if found.guide is None), None)


def packet_to_send(guide: str) -> Packet | None:
    """What a request gets: the packet about ``guide``, or the general one; none while there is neither."""
    return packet_about(guide) or general_packet()


def subject_of(guide: str) -> str:
    """What the form calls the packet that is offered on this guide: ``ALS``; empty where there is none."""
    return _subjects(timezone.localdate()).get(guide, "") if guide else ""


@lasting
def _subjects(today: datetime.date) -> dict[str, str]:
    """What the packets of all guides are about; a review that is overdue ``today`` may end one."""
    return {slug: found.subject for slug, _, found in reversed(_by_guide())}


def _by_guide() -> list[tuple[str, Packet, PacketContent]]:
    """Slugs of live guides with the packets about them, the first packet of a guide first: two queries in all."""
    sendable = _sendable()
    slugs = _slugs({found.guide.id for _, found in sendable if found.guide})
    return [
        (slugs[found.guide.id], packet, found) for packet, found in sendable if found.guide and found.guide.id in slugs
    ]


def _sendable() -> list[tuple[Packet, PacketContent]]:
    """Live packets; where overdue reviews block, only those whose review is not overdue (LEAD-86)."""
    packets = Packet.objects.live().prefetch_related(None).order_by("pk")
    if settings.PACKET_OVERDUE_BLOCKS:
        packets = packets.exclude(review_due_on__lt=timezone.localdate())
    return [(packet, packet_content(packet.version_for_readers().content)) for packet in packets]


def _slugs(guides: set[int]) -> dict[int, str]:
    """The slugs of live pages as readers know them; a guide that was withdrawn has no packet any more."""
    live = Page.objects.filter(public_state=Page.PublicState.LIVE, pk__in=guides)
    return dict(live.values_list("pk", "live_version__content__slug"))
