"""Going back to an older text. What it replaces is frozen first, and the public sees nothing of it."""

from __future__ import annotations

from typing import Any

from django.db import transaction

from . import workflow
from .gate import Refused
from .models import Page, Version


@transaction.atomic
def bring_back(page: Page, version: Version, *, by: Any) -> Version:
    """``version`` as the draft (PUB-22); a change that no form saved is kept as a Version too (PUB-08)."""
    workflow.saved(page, by=by, note="Kept before going back.")
    return workflow.revert(page, by=by, to=version)


def discard_draft(page: Page, *, by: Any) -> Version:
    """Back to exactly what is live; the discarded text stays in the history (PUB-08)."""
    if page.live_version is None:
        raise Refused("This page was never published, so there is nothing to go back to.")
    return bring_back(page, page.live_version, by=by)
