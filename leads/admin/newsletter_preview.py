"""An issue as readers get it: as mail, as text, on a phone, and as the page on the site (LEAD-76)."""

from __future__ import annotations

import base64
import hashlib
import re

from django.contrib.admin import site
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.csp import CSP, build_policy
from django.views.decorators.cache import never_cache
from django.views.decorators.clickjacking import xframe_options_sameorigin
from django.views.decorators.http import require_safe

from leads.newsletter.archive import page_of
from leads.newsletter.composing import addressed, compose
from leads.newsletter.delivering import headers, sample_links
from stemsite.clinic.models import Clinic

from .newsletter_screen import issue_for

_STYLE = re.compile(r"<style>(.*?)</style>", re.DOTALL)


@require_safe
@never_cache
def preview(request: HttpRequest, pk: int) -> HttpResponse:
    issue = issue_for(request, pk)
    composed = compose(issue)
    context = {
        **site.each_context(request),
        "title": f"Preview: {issue.subject}",
        "issue": issue,
        "subject": composed.subject,
        "text": addressed(composed.text, **sample_links()),
        "headers": headers(sample_links()["leave"]),
        "clinic": Clinic.current(),
    }
    return render(request, "admin/leads/newsletter_preview.html", context)


@require_safe
@never_cache
@xframe_options_sameorigin
def letter(request: HttpRequest, pk: int) -> HttpResponse:
    """The HTML body alone, framed by the preview: nothing in it can run or load, and its one style sheet is known."""
    html = addressed(compose(issue_for(request, pk)).html, **sample_links())
    styles = [base64.b64encode(hashlib.sha256(style.encode()).digest()).decode() for style in _STYLE.findall(html)]
    policy = {
        "default-src": [CSP.NONE],
        "style-src": [f"'sha256-{style}'" for style in styles],
        "frame-ancestors": [CSP.SELF],
        "sandbox": True,
    }
    return HttpResponse(html, headers={"Content-Security-Policy": build_policy(policy)})


@require_safe
@never_cache
def web(request: HttpRequest, pk: int) -> HttpResponse:
    """The page on the site, as it would be."""
    issue = issue_for(request, pk)
    return page_of(request, issue, compose(issue).parts, preview=True)
