"""The page behind a share link: the public rendering, for nobody's index, cache or cookie (PUB-35)."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from stemsite.clinic.frame import frame

from .families import specific
from .previewing import preview_version
from .sharing import opened
from .simple_page import simple_page

OVER = "This link is over"


@require_safe
def shared(request: HttpRequest, token: str) -> HttpResponse:
    link = opened(token)
    response = preview_version(request, specific(link.page), link.version) if link is not None else over(request)
    response["X-Robots-Tag"] = "noindex, nofollow"
    response["Cache-Control"] = "private, no-store"
    response["Referrer-Policy"] = "no-referrer"
    return response


def over(request: HttpRequest) -> HttpResponse:
    """What a link says that opens nothing (any more)."""
    site = frame()
    page = simple_page(site, title=OVER, path=request.path, description=OVER, noindex=True)
    return render(request, "publishing/share_over.html", {"site": site, "page": page}, status=410)
