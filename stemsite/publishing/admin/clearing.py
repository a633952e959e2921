"""The screen on which a finding is read and, by whoever may, let stand with a reason."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.admin import site
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST

from stemsite.access import Action, can

from .. import clearing
from ..claiming import in_words
from ..gate import Refused, Stale
from ..models import Override, Page
from .finding_pages import page_for, place_of
from .step_form import text_field


class ClearForm(forms.Form):
    kind = forms.ChoiceField(label="What kind of reason is it?", choices=[("", "Choose one"), *Override.Kind.choices])
    reason = text_field("Why can this sentence stand?", "At least 20 characters. It is kept with the page.", rows=3)


@require_http_methods(["GET", "HEAD", "POST"])
def finding(request: HttpRequest, pk: int, fingerprint: str) -> HttpResponse:
    """One finding: the sentence, why, what instead, and who may let it stand."""
    page = page_for(request, pk)
    form = ClearForm(request.POST or None)
    if request.method == "POST" and not can(request.user, Action.VIEW, page):
        raise PermissionDenied
    if form.is_valid():
        try:
            clearing.let_stand(page, by=request.user, fingerprint=fingerprint, **form.cleaned_data)
        except Stale as stale:
            messages.warning(request, str(stale))
            return _back(page)
        except Refused as refused:
            return _screen(request, page, fingerprint, form, str(refused), status=422)
        messages.success(
            request, "The finding is let stand, with your reason. It comes back when the sentence changes."
        )
        return _back(page)
    return _screen(request, page, fingerprint, form, "", status=422 if form.is_bound else 200)


def _screen(
    request: HttpRequest, page: Page, fingerprint: str, form: forms.Form, refusal: str, *, status: int
) -> HttpResponse:
    found = clearing.finding_on(page, fingerprint)
    if found is None:
        raise Http404
    try:
        clearing.require_may_clear(page, found, request.user)
        wanted = ""
    except Refused as refused:
        wanted = str(refused)
    context: dict[str, Any] = {
        **site.each_context(request),
        "title": f"{found.rule}: {found.explanation}",
        "page": page,
        "finding": found,
        "place": place_of(page, in_words(found)),
        "form": form,
        "refusal": refusal,
        "wanted": wanted,
        "standing": Override.objects.standing().filter(page_id=page.pk, fingerprint=fingerprint).first(),
    }
    return render(request, "admin/publishing/finding.html", context, status=status)


@require_POST
def revoke(request: HttpRequest, pk: int) -> HttpResponse:
    override = get_object_or_404(Override.objects.select_related("page"), pk=pk)
    page = page_for(request, override.page_id)
    try:
        clearing.revoke(override, by=request.user)
        messages.success(request, "Taken back. The finding counts again; what is live stays as it is.")
    except Refused as refused:
        messages.warning(request, str(refused))
    return _back(page)


def _back(page: Page) -> HttpResponse:
    return HttpResponseRedirect(reverse("admin:publishing_page", args=[page.pk]), status=303)
