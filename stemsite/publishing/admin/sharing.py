"""Making and revoking share links, on the screen of their page."""

from __future__ import annotations

from dataclasses import dataclass

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.views.decorators.http import require_POST

from .. import sharing
from ..models import Page, ShareLink
from ..offering import version_in_question
from .finding_pages import number_in, page_for


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    link: ShareLink
    address: str


def open_links(page: Page) -> list[Shown]:
    """Those that only show a version; what asks for a fact check stands on a screen of its own."""
    rows = (
        sharing.open_links()
        .filter(page_id=page.pk, fact_check=None)
        .select_related("version", "created_by")
        .order_by("-pk")
    )
    return [Shown(link=link, address=sharing.address(link)) for link in rows]


@require_POST
def share(request: HttpRequest, pk: int) -> HttpResponse:
    """Whoever may see the draft may show one version of it."""
    page = page_for(request, pk)
    version = version_in_question(page)
    days = number_in(request.POST.get("days", ""))
    if version is None:
        messages.warning(request, "There is no version to share yet. Save one first.")
    elif days not in sharing.DAYS:
        messages.warning(request, "Choose for how many days the link is good.")
    else:
        sharing.share(page, version, by=request.user, days=days)
        messages.success(request, f"Version {version.number} can be read by whoever has the link below.")
    return _back(pk)


@require_POST
def unshare(request: HttpRequest, pk: int) -> HttpResponse:
    page = page_for(request, pk)
    links = ShareLink.objects.filter(page_id=page.pk).select_related("fact_check")
    link = links.filter(pk=number_in(request.POST.get("link", "")) or 0).first()
    if link is not None:
        sharing.revoke(link, by=request.user)
        messages.success(request, "The link opens nothing any more.")
        if hasattr(link, "fact_check"):
            return HttpResponseRedirect(reverse("admin:publishing_fact_checks", args=[pk]), status=303)
    return _back(pk)


def _back(pk: int) -> HttpResponse:
    return HttpResponseRedirect(f"{reverse('admin:publishing_page', args=[pk])}#share", status=303)
