"""The page behind the link in a packet's letter: the packet to read at once, and a button for the file (LEAD-136)."""

from __future__ import annotations

import logging
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from stemsite.clinic.frame import frame
from stemsite.publishing.families import specific
from stemsite.publishing.models import Page, Version
from stemsite.publishing.reading import withdrawal
from stemsite.tokens import TokenRefused

from .. import links
from ..models import PacketRequest
from ..token_views import token_page
from . import filing
from .document import salutation
from .making import document_of
from .page import frame_page, packet_view
from .sending import FILE_NAME
from .sources import NotAsPinned

logger = logging.getLogger(__name__)


@token_page
def packet(request: HttpRequest, token: str) -> HttpResponse:
    """Reading shows the words and changes nothing; the button's POST brings the file."""
    asked = _asked(token)
    version = _version(asked)
    page = specific(version.page)
    if page.public_state == Page.PublicState.WITHDRAWN:
        return _shown(request, "leads/packet_withdrawn.html", version, {"withdrawn": withdrawal(page)}, status=410)
    if request.method != "POST":
        return _page(request, asked, version, page)
    try:
        made = filing.ordered(asked)
    except filing.CannotBeMade:
        return _page(request, asked, version, page, state="failed")
    if made is None:
        return _page(request, asked, version, page, state="waits", status=202)
    filing.note_fetched(asked)
    response = HttpResponse(made, content_type="application/pdf")
    response["Content-Disposition"] = f'attachment; filename="{FILE_NAME}"'
    return response


def _asked(token: str) -> PacketRequest:
    """The request behind the link, while its person is here and a packet was sent to them."""
    pk = links.row_of(links.PACKET, token)
    found = PacketRequest.objects.select_related("contact").filter(pk=pk, emptied_at=None).first()
    if found is None or found.contact.is_erased or not found.is_let_through:
        raise TokenRefused
    return found


def _version(asked: PacketRequest) -> Version:
    number = str(asked.packet_version)
    versions = Version.objects.select_related("page").prefetch_related("sign_offs")
    found = versions.filter(pk=int(number)).first() if number.isdecimal() else None
    if found is None:
        raise TokenRefused
    return found


def _page(
    request: HttpRequest, asked: PacketRequest, version: Version, page: Page, *, state: str = "", status: int = 200
) -> HttpResponse:
    newer = page.live_version_id is not None and page.live_version_id != version.pk
    context = {"salutation": salutation(asked.name), "download": True, "state": state, "newer": newer}
    return _shown(request, "leads/packet.html", version, context, status=status)


def _shown(
    request: HttpRequest, template: str, version: Version, context: dict[str, Any], *, status: int
) -> HttpResponse:
    site = frame()
    try:
        shown = document_of(version, at=timezone.now())
    except NotAsPinned as error:
        logger.exception("packet alert: a packet is not what was reviewed", extra={"facts": {"version": version.pk}})
        raise TokenRefused from error
    values = {"site": site, "page": frame_page(site, shown), "packet": packet_view(shown), **context}
    return render(request, template, values, status=status)
