"""Which packet answers a request: that of the guide it was asked on, else the general one (LEAD-135)."""

from __future__ import annotations

from django.conf import settings
from django.utils import timezone

from stemsite.publishing.models import Page

from ..models import Packet
from .content import PacketContent, packet_content


def packet_about(guide: str) -> Packet | None:
    """The packet that can be sent about the live guide with this slug."""
    if not guide:
        return None
    for packet, found in _sendable():
        if found.guide is not None and _slug_of(found.guide.id) == guide:
            return packet
    return None


def general_packet() -> Packet | None:
    return next((packet for packet, found in _sendable() if found.guide is None), None)


def packet_to_send(guide: str) -> Packet | None:
    """What a request gets: the packet about ``guide``, or the general one; none while there is neither."""
    return packet_about(guide) or general_packet()


def subject_of(guide: str) -> str:
    """What the form calls the packet that is offered on this guide: ``ALS``; empty where there is none."""
    packet = packet_about(guide)
    return packet_content(packet.version_for_readers().content).subject if packet is not None else ""


def _sendable() -> list[tuple[Packet, PacketContent]]:
    """Live packets; where overdue reviews block, only those whose review is not overdue (LEAD-86)."""
    packets = Packet.objects.live().order_by("pk")
    if settings.PACKET_OVERDUE_BLOCKS:
        packets = packets.exclude(review_due_on__lt=timezone.localdate())
    return [(packet, packet_content(packet.version_for_readers().content)) for packet in packets]


def _slug_of(guide: int) -> str:
    """The slug of a live page as readers know it; a guide that was withdrawn has no packet any more."""
    page = Page.objects.live().filter(pk=guide).first()
    return str(page.version_for_readers().content["slug"]) if page is not None else ""
