"""Public addresses of the newsletter: issues that went out, and the neutral addresses that letters carry."""

from __future__ import annotations

from django.db.models import Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from stemsite.clinic.frame import frame
from stemsite.publishing.models import Page
from stemsite.publishing.paging import paged
from stemsite.publishing.simple_page import simple_page
from stemsite.serving.middleware import depends_on

from ..models import IssueRun, NewsletterIssue
from .archive import LIST, page_of


@require_safe
def issue(request: HttpRequest, pk: int) -> HttpResponse:
    """One issue, from the moment its first letters go out."""
    found = _public().filter(issue_id=pk).first()
    if found is None or found.issue.edition is None:
        raise Http404
    return page_of(request, found.issue, found.issue.edition.content)


@require_safe
def issues(request: HttpRequest) -> HttpResponse:
    """Every issue that went out, newest first."""
    site = frame()
    heading, path = LIST
    part, pages = paged(_public().order_by("-starts_at", "-pk"), request.GET.get("page"), path)
    title = heading if pages.number == 1 else f"{heading}, page {pages.number}"
    intro = "What we wrote to our readers, as it was sent."
    query = f"?page={pages.number}" if pages.number > 1 else ""
    view = simple_page(site, title=title, path=path, description=intro, canonical_query=query)
    context = {"site": site, "page": view, "intro": intro, "runs": part.object_list, "pages": pages}
    response = render(request, "leads/newsletter_issues.html", context)
    return depends_on(response, "site", "list:issues", parameters=("page",))


def _public() -> QuerySet[IssueRun]:
    """Issues of which letters were handed over, or are being handed over now."""
    began = Q(sent__gt=0) | Q(issue__state__in=NewsletterIssue.STARTED, listed_up_to__gt=0)
    return IssueRun.objects.filter(began, starts_at__lte=timezone.now()).select_related("issue__edition")


@require_safe
def read(request: HttpRequest, pk: int) -> HttpResponse:
    """A page's neutral address, the same for everybody and counted nowhere: a letter's links name no condition."""
    page = Page.objects.filter(pk=pk).exclude(live_path=None).first()
    if page is None or not page.live_path:
        raise Http404
    response = HttpResponseRedirect(page.live_path)
    return depends_on(response, f"page:{page.pk}")
