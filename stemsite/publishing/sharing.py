"""Share links: one version for people without an account, for some days, until it is published or let go (PUB-35)."""

from __future__ import annotations

import datetime
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet
from django.urls import reverse
from django.utils import timezone

from stemsite.audit.recording import record
from stemsite.tokens import TokenRefused, make_token, read_token

from .models import Page, ShareLink, Transition, Version

PURPOSE = "share"
DAYS = (1, 7, 30)
LONGEST = datetime.timedelta(days=max(DAYS))


def open_links() -> QuerySet[ShareLink]:
    """Neither over nor revoked, and of a draft that was neither published nor let go since."""
    return links_to_drafts().filter(expires_at__gt=timezone.now())


def links_to_drafts() -> QuerySet[ShareLink]:
    """As ``open_links``, those whose days are over too."""
    since = Transition.objects.filter(
        page=OuterRef("page"), verb__in=Transition.PUBLICATIONS, at__gte=OuterRef("created_at")
    )
    later = Version.objects.filter(
        page=OuterRef("page"), action=Version.Action.REVERT, number__gt=OuterRef("version__number")
    )
    return ShareLink.objects.filter(~Exists(since), ~Exists(later), revoked_at=None)


@transaction.atomic
def share(page: Page, version: Version, *, by: Any, days: int) -> ShareLink:
    link = ShareLink.objects.create(
        page_id=page.pk, version=version, created_by=by, expires_at=timezone.now() + datetime.timedelta(days=days)
    )
    record("made a share link", by=by, obj=page, version=version.number, link=link.pk, days=days)
    return link


@transaction.atomic
def revoke(link: ShareLink, *, by: Any) -> None:
    if ShareLink.objects.filter(pk=link.pk, revoked_at=None).update(revoked_at=timezone.now()):
        record("revoked a share link", by=by, obj=link.page, link=link.pk)


def address(link: ShareLink) -> str:
    return f"{settings.SITE_URL}{reverse('share', args=[make_token(PURPOSE, link.pk)])}"


def opened(token: str) -> ShareLink | None:
    """The link that ``token`` names, while it is open; every opening is on record, without who it was."""
    try:
        pk = read_token(PURPOSE, token, within=LONGEST)
    except TokenRefused:
        return None
    link = open_links().select_related("version", "page").filter(pk=pk).first()
    if link is not None:
        record("opened a share link", by=None, obj=link.page, version=link.version.number, link=link.pk)
    return link
