"""An issue as a page of the site: the letter without anybody's links (LEAD-83)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.safestring import mark_safe

from stemsite.clinic.frame import Frame, frame
from stemsite.publishing.models import Page
from stemsite.publishing.simple_page import simple_page
from stemsite.serving.middleware import depends_on
from studies.rendering import in_words

from ..models import NewsletterIssue

LIST = ("Newsletter issues", "/newsletter/issues/")


def address(issue: NewsletterIssue) -> str:
    return f"/newsletter/issues/{issue.pk}/"


def page_of(
    request: HttpRequest, issue: NewsletterIssue, parts: Mapping[str, Any], *, preview: bool = False
) -> HttpResponse:
    """``parts`` of an edition; each card leads to what is live today, or says that it was withdrawn."""
    site = frame()
    run = getattr(issue, "run", None)
    pages = Page.objects.in_bulk([card["page"] for card in parts["cards"]])
    context = {
        "site": site,
        "page": _page(site, issue),
        "subject": issue.subject if preview or issue.edition is None else issue.edition.subject,
        "introduction": mark_safe(parts["introduction"]),
        "signature": parts["signature"],
        "cards": [{**card, **_today(pages.get(card["page"]))} for card in parts["cards"]],
        "notices": parts["notices"],
        "statutes": parts.get("statutes", ()),
        "after_statutes": parts.get("after_statutes", ""),
        "sent_on": in_words(timezone.localdate(run.starts_at)) if run is not None else "",
        "preview": preview,
    }
    response = render(request, "leads/newsletter_issue.html", context)
    if preview:
        return response
    return depends_on(response, "site", f"issue:{issue.pk}", *(f"page:{pk}" for pk in pages))


def _page(site: Frame, issue: NewsletterIssue) -> Any:
    trail = (("Home", "/"), LIST, (issue.subject, ""))
    return simple_page(site, title=issue.subject, path=address(issue), description=issue.subject, trail=trail)


def _today(page: Page | None) -> dict[str, str]:
    if page is not None and page.is_live:
        return {"path": page.live_path or "", "withdrawn": ""}
    since = in_words(timezone.localdate(page.withdrawn_at)) if page is not None and page.withdrawn_at else ""
    day = f" on {since}" if since else ""
    return {"path": "", "withdrawn": f"This page was withdrawn{day}, after the letter went out."}
