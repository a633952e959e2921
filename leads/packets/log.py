"""Which packets went to a person: version, words, when, how (LEAD-92)."""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from dataclasses import dataclass

from stemsite.publishing.models import Version

from ..models import Contact, PacketCopy


@dataclass(frozen=True, slots=True, kw_only=True)
class Sent:
    """One copy; ``title`` and ``edition`` are empty where nobody can tell any more."""

    at: datetime.datetime
    how: str
    title: str
    edition: str
    fingerprint: str
    is_newest: bool


def copies_of(contact: Contact) -> Iterator[Sent]:
    """Newest first; two queries."""
    copies = list(PacketCopy.objects.filter(request__contact=contact).order_by("-made_at", "-pk"))
    numbers = {int(copy.version) for copy in copies if copy.version.isdecimal()}
    versions = Version.objects.select_related("page").in_bulk(numbers)
    for copy in copies:
        version = versions.get(int(copy.version)) if copy.version.isdecimal() else None
        yield Sent(
            at=copy.made_at,
            how=str(PacketCopy.How(copy.how).label),
            title=version.title if version else "",
            edition=f"version {version.number} ({version.short})" if version else "",
            fingerprint=copy.content_hash[:8],
            is_newest=version is not None and version.page.live_version_id == version.pk,
        )
