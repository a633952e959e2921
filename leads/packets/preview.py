"""What staff see of a packet before anybody gets it: its page, as of now."""

from __future__ import annotations

from dataclasses import replace

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from stemsite.clinic.frame import frame
from stemsite.publishing.models import Page, Version
from stemsite.publishing.reading import Past, Pending

from .content import PacketContent
from .making import document_of
from .page import frame_page, packet_view
from .sources import NotAsPinned


def preview(
    request: HttpRequest, page: Page, version: Version, found: PacketContent, looked: Pending | Past
) -> HttpResponse:
    """``found`` as its readers would get it, were it published now (PUB-32), or as they got it then (PUB-29)."""
    site = frame()
    previewed = isinstance(looked, Pending)
    try:
        shown = document_of(version, at=looked.at, content=found, preview=previewed)
    except NotAsPinned as error:
        return render(request, "error.html", {"title": "This packet cannot be shown", "advice": str(error)}, status=409)
    view = packet_view(shown)
    framed = replace(frame_page(site, shown), preview=previewed)
    return render(request, "leads/packet.html", {"page": framed, "site": site, "packet": view, "salutation": ""})
