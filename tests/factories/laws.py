"""A statutory text that somebody held beside its source, for the clinic's own jurisdiction."""

from __future__ import annotations

import datetime
from typing import Any

from django.utils import timezone

from stemsite.access import Role
from stemsite.clinic import statutory
from stemsite.clinic.models import Clinic, StatutoryText

from .people import make_user

LAW_SAYS = "THIS INVENTED NOTICE SAYS THAT THE TREATMENT IS NOT APPROVED.\n\nRead it before you sign anything."


def make_law(*, days_ago: int | None = 0, by: Any = None, **fields: Any) -> StatutoryText:
    """In force, unless it was verified too long ago or (``days_ago`` none) never."""
    by = by or make_user(Role.OWNER)
    values = {
        "jurisdiction": Clinic.current().jurisdiction,
        "law": "Sample Code 1",
        "scope": "Invented: care with cells.",
        "text": LAW_SAYS,
        "source_url": "https://law.example.org/1",
        "size_rule": StatutoryText.SizeRule.LARGEST,
        "media": "All advertisements.",
    }
    text = statutory.add_text(StatutoryText(**{**values, **fields}), by=by)
    if days_ago is not None:
        day = timezone.localdate() - datetime.timedelta(days=days_ago)
        statutory.verify(text, by=by, verified_by="Sample Counsel", verified_on=day)
    return text
