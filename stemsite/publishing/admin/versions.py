"""Screens about stored versions: reading one as readers would, comparing two, going back to one."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.admin import site
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from stemsite.access import Action, can

from .. import copying, reverting, wordings
from ..diffing import compare
from ..families import content_of, specific
from ..gate import Refused
from ..models import Transition
from ..offering import what_is_missing
from ..previewing import preview_version
from .finding_pages import change_url, page_for, version_for
from .framing import framed_by_us
from .naming import names_in


@require_safe
@framed_by_us
def preview(request: HttpRequest, pk: int) -> HttpResponse:
    """A stored version as it would stand if it were published now, with the change and note that are proposed."""
    page, version = version_for(request, pk)
    change = request.GET.get("change", "")
    return preview_version(
        request,
        page,
        version,
        change=change if change in Transition.Change else "",
        note=request.GET.get("note", "")[:2000],
    )


@require_safe
def diff(request: HttpRequest, older: int, newer: int) -> HttpResponse:
    """What changed between two versions of one page (PUB-25)."""
    page, after = version_for(request, newer)
    before = page.versions.select_related("created_by").filter(pk=older).first()
    if before is None:
        raise Http404
    contents = content_of(page, before), content_of(page, after)
    context = {
        **site.each_context(request),
        "title": f"Version {before.number} to version {after.number}",
        "subtitle": page.title,
        "page": page,
        "before": before,
        "after": after,
        "difference": compare(*contents, names=names_in(page, *contents)),
    }
    return render(request, "admin/publishing/diff.html", context)


@require_POST
def revert(request: HttpRequest, pk: int) -> HttpResponse:
    page, version = version_for(request, pk, Action.EDIT)
    try:
        reverting.bring_back(page, version, by=request.user)
        messages.success(request, f"The draft says what version {version.number} says. The public page is as it was.")
        if stops := [one.message for one in what_is_missing(specific(page)) if one.severity == "block"]:
            messages.warning(request, f"It cannot be published as it stands. {' '.join(stops)}")
    except Refused as refused:
        messages.warning(request, str(refused))
    return HttpResponseRedirect(reverse("admin:publishing_page", args=[page.pk]), status=303)


@require_POST
def discard(request: HttpRequest, pk: int) -> HttpResponse:
    page = page_for(request, pk, Action.EDIT)
    try:
        reverting.discard_draft(page, by=request.user)
        messages.success(request, "The draft is what is live. The discarded text is kept in the history.")
    except Refused as refused:
        messages.warning(request, str(refused))
    return HttpResponseRedirect(reverse("admin:publishing_page", args=[page.pk]), status=303)


@require_POST
def todays_wordings(request: HttpRequest, pk: int) -> HttpResponse:
    page = page_for(request, pk, Action.EDIT)
    wordings.take_todays(page, by=request.user)
    messages.success(request, "The draft carries today's wordings of its notices. The public page is as it was.")
    return HttpResponseRedirect(reverse("admin:publishing_page", args=[page.pk]), status=303)


@require_POST
def duplicate(request: HttpRequest, pk: int) -> HttpResponse:
    """A new page with this one's text (PUB-16)."""
    page = page_for(request, pk)
    if not (page.CAN_BE_COPIED and can(request.user, Action.CREATE)):
        raise PermissionDenied
    copied = copying.duplicate(page, by=request.user)
    messages.success(request, "This is the copy: a draft of yours, with a title and an address to change.")
    return HttpResponseRedirect(change_url(copied), status=303)
