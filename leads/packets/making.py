"""From a stored version of a packet to what its reader gets: the page and the booklet say the same."""

from __future__ import annotations

import datetime

from django.conf import settings
from django.utils import timezone

from stemsite.publishing.models import Version
from stemsite.publishing.reading import local_day

from . import pdf
from .content import PacketContent, packet_content
from .document import Document, document
from .sources import signature_at, sources_of


def document_of(
    version: Version, *, at: datetime.datetime, content: PacketContent | None = None, preview: bool = False
) -> Document:
    """What ``version`` said ``at`` that moment: its pinned sources, and what was known of them by then."""
    found = content or packet_content(version.content)
    signatures = version.sign_offs.all() if version.pk else ()
    number = f"Version {version.number} ({version.short})" if version.pk else "Not saved yet"
    return document(
        found,
        sources_of(found, at=at),
        signed=signature_at(signatures, version.content_hash, at),
        version=number,
        made_on=local_day(at) or timezone.localdate(),
        site_url=settings.SITE_URL,
        preview=preview,
    )


def booklet_of(shown: Document, *, name: str, at: datetime.datetime) -> bytes:
    return pdf.booklet(shown, name=name, made_on=local_day(at) or timezone.localdate())


def render(version: Version, *, name: str = "", at: datetime.datetime) -> bytes:
    """The booklet of ``version`` as it reads on the day of ``at``; asked again, the same bytes (LEAD-89)."""
    return booklet_of(document_of(version, at=at), name=name, at=at)
