"""The owner's screen for the pause (PAGE-08)."""

from __future__ import annotations

from django import forms
from django.contrib import messages
from django.contrib.admin import site
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from stemsite.access import Action, can

from ..models import Clinic
from ..pausing import pause, resume


class PauseForm(forms.Form):
    reason = forms.CharField(max_length=300, help_text="For the record; readers do not see it.")


@require_http_methods(["GET", "HEAD", "POST"])
def screen(request: HttpRequest) -> HttpResponse:
    if not can(request.user, Action.EDIT_CLINIC):
        raise PermissionDenied
    form = PauseForm(request.POST if request.method == "POST" and "resume" not in request.POST else None)
    if request.method == "POST" and (done := _done(request, form)):
        messages.success(request, done)
        return HttpResponseRedirect(reverse("admin:clinic_pause"), status=303)
    context = {**site.each_context(request), "title": "Pause", "clinic": Clinic.current(), "form": form}
    return render(request, "admin/clinic/pause.html", context, status=422 if form.errors else 200)


def _done(request: HttpRequest, form: PauseForm) -> str:
    """What was done, in words; empty where the form has to be mended first."""
    if "resume" in request.POST:
        changed = resume(by=request.user)
        return "Calls to action and forms are shown again." if changed else "They were shown again already."
    if not form.is_valid():
        return ""
    changed = pause(by=request.user, reason=form.cleaned_data["reason"])
    return "Calls to action and forms are hidden." if changed else "They were hidden already; nothing changed."
