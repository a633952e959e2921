"""Who is answerable for a page and who is asked to review it, changed without touching its text (PUB-119)."""

from __future__ import annotations

from typing import Any

from django.db import transaction

from stemsite.access import Action, Role, can, roles_of
from stemsite.audit.recording import record as audit

from .gate import Refused
from .models import Page
from .recording import locked


@transaction.atomic
def assign(page: Page, *, by: Any, keeper: Any = None, deputy: Any = None, reviewer: Any = None) -> None:
    """Write those that are given; causes nobody a conflict, since no word of the page changes (PUB-71)."""
    page = locked(page)
    if not can(by, Action.ASSIGN):
        raise Refused("Your role does not allow this. Ask the owner if it should.")
    if page.is_trashed:
        raise Refused("This page is in the trash. Take it out first.")
    if reviewer is not None and Role.REVIEWER not in roles_of(reviewer):
        raise Refused(f"{reviewer} is no medical reviewer.")
    wanted = {"keeper": keeper, "deputy": deputy, "reviewer": reviewer}
    changed = {
        name: person
        for name, person in wanted.items()
        if person is not None and getattr(page, f"{name}_id") != person.pk
    }
    if not changed:
        raise Refused("It is so already. Nothing changed.")
    Page.objects.filter(pk=page.pk).update(**changed)
    audit("page assigned", by=by, obj=page, **{name: person.pk for name, person in changed.items()})
