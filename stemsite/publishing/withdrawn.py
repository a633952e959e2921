"""What stands at a public address: the page that is there, or what is said where it was withdrawn (PUB-109)."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse, HttpResponsePermanentRedirect
from django.shortcuts import render

from stemsite.clinic.frame import Frame
from stemsite.serving.middleware import depends_on

from .going_live import page_key
from .models import Page, Redirect
from .simple_page import simple_page


def public_page(path: str) -> Page:
    """The page whose public address is ``path``, with its version; 404 for everything else."""
    pages = Page.objects.exclude(public_state=Page.PublicState.NOTHING).select_related("live_version")
    try:
        return pages.get(live_path=path)
    except Page.DoesNotExist:
        raise Http404 from None


def gone(request: HttpRequest, page: Page, site: Frame) -> HttpResponse | None:
    """The answer for a page withdrawn as an error or thrown away (410), or merged into another (301), else none."""
    if not shows_nothing(page):
        return None
    keys = [page_key(page.pk), f"path:{page.live_path}", "site"]
    moved = Redirect.objects.select_related("page").filter(from_path=page.live_path).first()
    if moved and (target := moved.final_target()) and target != page.live_path:
        keys += [page_key(step.page_id) for step in moved.way() if step.page_id]
        return depends_on(HttpResponsePermanentRedirect(target), *keys)
    return depends_on(notice_of(request, page, site), *keys)


def shows_nothing(page: Page) -> bool:
    """Whether ``page`` is withdrawn without its text."""
    if page.public_state != Page.PublicState.WITHDRAWN:
        return False
    return page.withdrawn_as != Page.Withdrawal.OUTDATED or page.is_trashed


def notice_of(request: HttpRequest, page: Page, site: Frame) -> HttpResponse:
    """What stands at the address of a page that is withdrawn without its text."""
    view = simple_page(
        site, title="This page was withdrawn", path=request.path, description=page.withdrawn_because, noindex=True
    )
    context = {"page": view, "site": site, "since": page.withdrawn_at, "reason": page.withdrawn_because}
    return render(request, "410.html", context, status=410)
