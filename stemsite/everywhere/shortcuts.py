"""The keys that staff screens listen to, in one list, and each person's switch for them (PUB-120).

No key acts while somebody types but those with Control or Command (WCAG 2.2, 2.1.4).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.contrib.admin import site
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from stemsite.access import roles_of
from stemsite.accounts.models import User
from stemsite.audit.recording import record


@dataclass(frozen=True, slots=True)
class Key:
    """``keys`` are held together; on a Mac, Command stands for Control."""

    keys: tuple[str, ...]
    does: str


SWITCHED = (
    Key(("?",), "Open this list, unless you are typing"),
    Key(("Ctrl", "K"), "Find pages, studies, people and actions, on any screen"),
    Key(("Ctrl", "S"), "Save the form you are in"),
)
"""What ceases when a person switches shortcuts off."""

OF_THE_EDITOR = (
    Key(("Ctrl", "Alt", "C"), "Cite a source where you are"),
    Key(("Enter",), "Change the citation that is selected"),
    Key(("Alt", "F10"), "Go to the buttons of the editor; Escape goes back to the text"),
    Key(("Ctrl", "K"), "Make the selected words a link"),
    Key(("Ctrl", "B"), "Bold"),
    Key(("Ctrl", "I"), "Italic"),
    Key(("Ctrl", "Z"), "Take back what you did last"),
)
"""These act inside of a text alone and always work: without them some of it needs a mouse."""


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def shortcuts(request: HttpRequest) -> HttpResponse:
    """The list; POST switches the shortcuts of the person on or off."""
    if not roles_of(request.user):
        raise PermissionDenied
    if request.method == "POST":
        uses = switch(request.user, to=request.POST.get("shortcuts") == "on")
        messages.success(request, f"Keyboard shortcuts are {'on' if uses else 'off'} for you.")
        return HttpResponseRedirect(reverse("admin:keys"), status=303)
    context = {"title": "Keyboard shortcuts", "switched": SWITCHED, "of_the_editor": OF_THE_EDITOR}
    return render(request, "admin/stemsite/keys.html", {**site.each_context(request), **context})


@transaction.atomic
def switch(person: Any, *, to: bool) -> bool:
    """Whether the person uses shortcuts now; what they chose already is no event."""
    user = User.objects.select_for_update().get(pk=person.pk)
    if user.uses_shortcuts != to:
        user.uses_shortcuts = to
        user.save(update_fields=["uses_shortcuts"])
        record(f"keyboard shortcuts switched {'on' if to else 'off'}", by=user, obj=user)
    return to
