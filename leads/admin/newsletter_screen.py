"""One screen for one issue: where it stands, what is missing, how far it has come, and the steps that are open."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.admin import site
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from leads.models import NewsletterIssue
from leads.newsletter import workflow
from leads.newsletter.checking import findings, why_a_clinician_reads
from leads.newsletter.drafting import draft_digest
from leads.newsletter.progress import progress_of
from stemsite.access import Action, can
from stemsite.publishing.gate import Refused, Stale

from .newsletter_steps import IssueStepForm, form_class, offered

TONES = {"draft": "draft", "finished": "live", "cancelled": "withdrawn"}
"""Colours of states in words; whatever waits or moves has the third one."""


def tone(issue: NewsletterIssue) -> str:
    return TONES.get(issue.state, "waiting")


def issue_for(request: HttpRequest, pk: int) -> NewsletterIssue:
    issue = get_object_or_404(NewsletterIssue.objects.select_related("edition", "saved_by", "run"), pk=pk)
    if not can(request.user, Action.SEE_ISSUES, issue):
        raise PermissionDenied
    return issue


@require_safe
@never_cache
def screen(request: HttpRequest, pk: int) -> HttpResponse:
    """The address that letters carry."""
    return _screen(request, issue_for(request, pk))


@require_POST
@never_cache
def step(request: HttpRequest, pk: int, slug: str) -> HttpResponse:
    """Take a step; a refusal shows its reasons beside what was typed, a stale one the present state."""
    issue = issue_for(request, pk)
    cls = form_class(slug)
    if cls is None:
        raise Http404
    form = cls(request.POST, issue=issue, by=request.user)
    if not form.is_valid():
        return _screen(request, issue, pressed=form, status=422)
    try:
        form.act()
    except Stale as stale:
        return _screen(request, issue_for(request, pk), stale=str(stale), status=409)
    except Refused as refused:
        return _screen(request, issue_for(request, pk), pressed=form, refused=refused, status=422)
    messages.success(request, form.done)
    return HttpResponseRedirect(reverse("admin:leads_newsletterissue_sending", args=[pk]), status=303)


@require_POST
@never_cache
def digest(request: HttpRequest) -> HttpResponse:
    """Draft an issue of what is new, at the press of a button (LEAD-82)."""
    if not can(request.user, Action.WRITE_ISSUES):
        raise PermissionDenied
    issue = draft_digest(by=request.user)
    if issue is None:
        messages.info(request, "Nothing was published or updated since the last issue, so there is nothing to draft.")
        return HttpResponseRedirect(reverse("admin:leads_newsletterissue_changelist"), status=303)
    messages.success(request, "Drafted from what is new. Edit it, then look at the preview.")
    return HttpResponseRedirect(reverse("admin:leads_newsletterissue_change", args=[issue.pk]), status=303)


def _screen(
    request: HttpRequest,
    issue: NewsletterIssue,
    *,
    pressed: IssueStepForm | None = None,
    refused: Refused | None = None,
    stale: str = "",
    status: int = 200,
) -> HttpResponse:
    context: dict[str, Any] = {
        **site.each_context(request),
        "title": issue.subject,
        "issue": issue,
        "tone": tone(issue),
        "findings": findings(issue) if issue.is_editable else (),
        "form_url": reverse("admin:leads_newsletterissue_change", args=[issue.pk]),
        "may_edit": can(request.user, Action.WRITE_ISSUES, issue) and issue.is_editable,
        "medical": why_a_clinician_reads(issue)[:5],
        "exempt": workflow.needs_no_approval(issue),
        "edition": workflow.edition_to_read(issue),
        "progress": progress_of(issue),
        "steps": list(offered(issue, request.user, pressed)),
        "history": issue.steps.select_related("by", "edition").order_by("-at", "-pk"),
        "refusals": [finding.message for finding in refused.findings] if refused else [],
        "mistakes": [field for field in pressed if field.errors] if pressed else [],
        "stale": stale,
    }
    return render(request, "admin/leads/newsletter_screen.html", context, status=status)
