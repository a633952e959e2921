"""One screen for one page: where it stands, what is missing, and the steps that are open."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.admin import site
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from stemsite.access import Action, can
from stemsite.kept import listed

from ..fact_checking import answers_to_read
from ..gate import Finding, Refused, Stale
from ..guards import reasons_to_sign
from ..models import Comment, Override, Page, Transition
from ..models.page import uses_of_pages
from ..offering import version_in_question, waiting_schedules, what_is_missing, what_to_improve
from ..sharing import DAYS
from ..steps import STEPS, Verb
from .finding_pages import change_url, page_for, place_of
from .purging import Purge, may_purge
from .reading_changes import changes_for, comparisons
from .sharing import open_links
from .signing import next_to_sign
from .step_form import StepForm
from .steps import form_class, open_steps


@require_safe
def page(request: HttpRequest, pk: int) -> HttpResponse:
    """The address that letters carry."""
    return _screen(request, page_for(request, pk))


@require_POST
def step(request: HttpRequest, pk: int, slug: str) -> HttpResponse:
    """Take a step; a refusal shows its findings beside what was typed, a stale one the present state (PUB-51)."""
    cls = form_class(slug)
    if cls is None:
        raise Http404
    found = page_for(request, pk)
    if not can(request.user, STEPS[cls.verb].right, found):
        raise PermissionDenied
    form = cls(request.POST, page=found, by=request.user)
    if not form.is_valid():
        return _screen(request, found, pressed=form, status=422)
    try:
        form.act()
    except Stale as stale:
        return _screen(request, page_for(request, pk), stale=str(stale), status=409)
    except Refused as refused:
        return _screen(request, page_for(request, pk), pressed=form, refused=refused, status=422)
    messages.success(request, form.done)
    return HttpResponseRedirect(reverse("admin:publishing_page", args=[pk]), status=303)


def _screen(
    request: HttpRequest,
    found: Page,
    *,
    pressed: StepForm | None = None,
    refused: Refused | None = None,
    stale: str = "",
    status: int = 200,
) -> HttpResponse:
    version = version_in_question(found)
    steps = list(open_steps(found, request.user, pressed))
    if pressed is not None and pressed not in [each.form for each in steps]:
        refused, stale = (
            None,
            stale or f"This page is now {found.state_in_words}; that step is not open. Nothing changed.",
        )
        status = 409
    signing = any(each.form.verb in {Verb.SIGN, Verb.CONFIRM, Verb.COUNTERSIGN} for each in steps)
    may_edit = can(request.user, Action.EDIT, found) and not found.is_trashed
    behind = found.live_version is not None and found.latest_version_id != found.live_version_id
    by_weight = sorted(what_is_missing(found), key=lambda finding: ("block", "warn", "info").index(finding.severity))
    missing = [(finding, place_of(found, finding)) for finding in by_weight]
    context = {
        **site.each_context(request),
        "title": found.title,
        "page": found,
        "version": version,
        "change_url": change_url(found),
        "may_edit": may_edit,
        "may_discard": may_edit and behind and not signing,
        "missing": missing,
        "has_claims": any(finding.fingerprint for finding, _ in missing),
        "stands": _let_stand(found),
        "advice": [(finding, place_of(found, finding)) for finding in what_to_improve(found)],
        "steps": steps,
        "purge": Purge() if may_purge(found, request.user) else None,
        "refusals": [(finding, _place(found, finding)) for finding in refused.findings] if refused else [],
        "mistakes": [field for field in pressed if field.errors] if pressed else [],
        "stale": stale,
        "schedules": waiting_schedules(found),
        "share_links": open_links(found),
        "share_days": DAYS,
        "fact_checks": answers_to_read(found),
        "open_comments": Comment.objects.open().filter(page_id=found.pk).count(),
        "may_copy": found.CAN_BE_COPIED and can(request.user, Action.CREATE),
        "signed_because": reasons_to_sign(found, version) if version is not None else (),
        "used_in": listed(uses) if (uses := uses_of_pages([found.pk])) else "",
        "returned": _returned(found),
        "submitted": _last(found, Verb.SUBMIT) if found.draft_state == Page.DraftState.IN_REVIEW else None,
        "comparisons": comparisons(found, version, request.user) if version is not None else [],
    }
    if signing and version is not None:
        context["difference_words"], context["difference"] = changes_for(found, version, request.user)
    elif can(request.user, Action.SIGN):
        context["next_to_sign"] = next_to_sign(found, request.user)
    return render(request, "admin/publishing/page.html", context, status=status)


def _let_stand(found: Page) -> list[Override]:
    return list(Override.objects.standing().filter(page_id=found.pk).select_related("created_by").order_by("pk"))


def _place(found: Page, finding: Finding) -> str:
    return place_of(found, finding) if finding.field or finding.url else ""


def _last(found: Page, verb: Verb) -> Transition | None:
    return found.transitions.filter(verb=verb).select_related("by").order_by("-at", "-pk").first()


def _returned(found: Page) -> Transition | None:
    return _last(found, Verb.REQUEST_CHANGES) if found.draft_state == Page.DraftState.CHANGES_REQUESTED else None
