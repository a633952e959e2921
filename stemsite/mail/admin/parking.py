"""The operator says that the database came out of a backup: nothing goes before somebody looked (LEAD-69)."""

from __future__ import annotations

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.views.decorators.http import require_POST

from stemsite.access import Action, can

from ..pulse import park_all


@require_POST
def park(request: HttpRequest) -> HttpResponse:
    if not can(request.user, Action.LIFT_SUPPRESSION):
        raise PermissionDenied
    parked = park_all("An operator said that the database came out of a backup.", by=request.user)
    messages.success(request, f"Parked: {parked}. Look at them, then let go what was not sent.")
    return HttpResponseRedirect(reverse("admin:mail_delivery_changelist"), status=303)
