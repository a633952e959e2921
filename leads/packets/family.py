"""Packets as publishing knows them."""

from __future__ import annotations

from collections.abc import Iterator

from stemsite.publishing.families import Family
from stemsite.publishing.models import Use
from studies.freezing import wording_ids

from ..models import Packet
from .content import SCHEMA, PacketContent, packet_content
from .freezing import freeze_packet, restore_packet, settle_packet
from .preview import preview
from .saying import said

LIST = "list:packets"
"""What a stored page depends on that names a packet, such as the form on a guide."""


def uses(found: PacketContent) -> Iterator[tuple[str, int]]:
    yield from ((Use.Kind.STUDY, pin.id) for pin in found.studies)
    yield from ((Use.Kind.PAGE, pin.id) for pin in (found.guide, *found.services) if pin)
    yield from ((Use.Kind.REFERENCE, citation.reference) for citation in found.citations)
    yield from ((Use.Kind.CONDITION, condition.id) for condition in found.conditions)
    yield from ((Use.Kind.INTERVENTION, intervention.id) for intervention in found.interventions)
    yield from ((Use.Kind.WORDING, pk) for pk in wording_ids(found.notices))


def affects(found: PacketContent) -> Iterator[str]:
    yield LIST


def name(found: PacketContent) -> str:
    """The unique name of a live packet; not an address, for none leads to it."""
    return f"packet:{found.slug}"


def reasons_for_review(found: PacketContent) -> tuple[str, ...]:
    return ("it is sent to people who think about a treatment",)


PACKETS = Family(
    model=Packet,
    freeze=freeze_packet,
    schema=SCHEMA,
    parse=packet_content,
    path=name,
    uses=uses,
    affects=affects,
    needs_reviewer=reasons_for_review,
    says=said,
    restore=restore_packet,
    settle=settle_packet,
    show=preview,
)
