"""The letter that brings a packet: neutral outside, a link inside, the file itself only where a setting says so."""

from __future__ import annotations

import datetime
import logging
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from stemsite.mail.kinds import Attachment, Built, Letter, NotAnyMore, NotNow, register_builder
from stemsite.mail.models import Delivery
from stemsite.mail.outbox import queue_for, render
from stemsite.mail.outcomes import Verdict
from stemsite.publishing.models import Version

from .. import links
from ..models import Packet, PacketCopy, PacketRequest, TimelineEntry
from ..models.request import request_of
from ..models.timeline import note
from . import making
from .choosing import packet_to_send
from .content import PacketContent, packet_content
from .document import TEMPLATE, Document

logger = logging.getLogger(__name__)

FILE_NAME = "information-packet.pdf"
KIND = "packet"
AS_LINK = "packet_link"
TRIES = 3
"""So often a booklet is tried; then the letter goes with the link to the page alone (LEAD-90)."""

WAIT_FOR_A_PACKET = datetime.timedelta(hours=1)
How = PacketCopy.How


def packet(delivery: Delivery) -> Built:
    """The packet's letter as of now: the person, the live version and its sources are looked up when it is sent."""
    return _built(delivery, attached=settings.PACKET_ATTACHED)


def packet_link(delivery: Delivery) -> Built:
    """Once more without the file, where a mail server found it too big (LEAD-61)."""
    return _built(delivery, attached=False)


def _built(delivery: Delivery, *, attached: bool) -> Built:
    asked = request_of(delivery.reference)
    if not isinstance(asked, PacketRequest) or asked.emptied_at or asked.contact.is_erased or not asked.contact.email:
        return NotAnyMore(reason="The person is not here any more.")
    if not asked.is_let_through:
        return NotAnyMore(reason="The request was not let through.")
    chosen = packet_to_send(asked.packet)
    if chosen is None:
        logger.error("packet alert: a request waits, for no packet is live", extra={"facts": {"delivery": delivery.pk}})
        return NotNow(until=timezone.now() + WAIT_FOR_A_PACKET, reason="No packet is live.")
    at = timezone.now()
    version = _version(chosen)
    shown = making.document_of(version, at=at)
    attachments: tuple[Attachment, ...] = ()
    if attached and delivery.build_failures < TRIES:
        made = making.booklet_of(shown, name=asked.name, at=at)
        attachments = (Attachment(name=FILE_NAME, content=made, media_type="application/pdf"),)
    elif attached:
        facts = {"delivery": delivery.pk}
        logger.error("packet alert: a booklet could not be made; its reader gets the page", extra={"facts": facts})
    keep_copy(asked, version, shown, how=How.ATTACHED if attachments else How.LINK, at=at)
    return letter(asked, packet_content(version.content), attachments)


def _version(chosen: Packet) -> Version:
    return Version.objects.prefetch_related("sign_offs").get(pk=chosen.version_for_readers().pk)


def letter(asked: PacketRequest, found: PacketContent, attachments: tuple[Attachment, ...] = ()) -> Letter:
    after = found.notice("statute_after")
    context = {
        "statutes": found.laws,
        "after_statutes": after.text if after and found.laws else "",
        "url": links.packet_url(asked),
        "days": links.GOOD_FOR[links.PACKET].days,
        "attached": bool(attachments),
        "preferences": links.preferences_url(asked.contact),
    }
    subject, text, html = render(KIND, context)
    return Letter(to=("", asked.contact.email), subject=subject, text=text, html=html, attachments=attachments)


@transaction.atomic
def keep_copy(
    asked: PacketRequest, version: Version, shown: Document, *, how: How, at: datetime.datetime
) -> PacketCopy:
    """Note which packet this is; a letter that is built anew replaces what was noted for the one before (LEAD-92)."""
    values: dict[str, Any] = {
        "made_at": at,
        "version": str(version.pk),
        "content_hash": shown.data_hash,
        "template": TEMPLATE,
        "is_sample": asked.is_sample,
    }
    if how == How.FETCHED:
        return PacketCopy.objects.create(request=asked, how=how, **values)
    asked.packet_version = str(version.pk)
    asked.save(update_fields=["packet_version", "packet_version_index"])
    asked.copies.exclude(how=How.FETCHED).filter(request__sent_at=None).delete()
    return PacketCopy.objects.create(request=asked, how=how, **values)


def settled(delivery: Delivery) -> None:
    """When it was sent, in the log and the timeline; a file that was too big goes once more as a link."""
    asked = request_of(delivery.reference)
    if not isinstance(asked, PacketRequest) or asked.contact.is_erased:
        return
    if delivery.state == Delivery.State.SENT:
        PacketRequest.objects.filter(pk=asked.pk, sent_at=None).update(sent_at=timezone.now())
    elif delivery.kind == KIND and delivery.verdict == Verdict.TOO_BIG:
        queue_for(AS_LINK, asked.reference, recipient=asked.contact.email, is_sample=asked.is_sample)
    note(asked.contact, TimelineEntry.Kind.PACKET, f"Information packet: {delivery.state}")


def sample() -> Letter:
    """To a sample person, for the preview of letters."""
    context = {
        "url": f"{settings.SITE_URL}/d/sample",
        "days": 30,
        "attached": settings.PACKET_ATTACHED,
        "preferences": f"{settings.SITE_URL}/p/sample",
    }
    subject, text, html = render(KIND, context)
    return Letter(to=("Sample Person", "sample@example.org"), subject=subject, text=text, html=html)


def register() -> None:
    register_builder(KIND, packet, label="Information packet", settled=settled, sample=sample)
    register_builder(AS_LINK, packet_link, label="Information packet, as a link", settled=settled, sample=sample)
