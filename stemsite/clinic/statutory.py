"""Keeping statutory texts: a next version, a verification, and whether the clinic may use wording of an offer."""

from __future__ import annotations

import datetime
from collections.abc import Collection, Iterable
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from stemsite.audit.recording import record

from .models import Clinic, StatutoryCheck, StatutoryText

Names = Collection[str]
"""All that one condition is called."""


@transaction.atomic
def add_text(text: StatutoryText, *, by: Any) -> StatutoryText:
    """``text`` as the next version of its law; older versions and their verifications stay as they were."""
    rows = StatutoryText.objects.select_for_update().filter(jurisdiction=text.jurisdiction, law=text.law)
    newest = rows.order_by("-version").values_list("version", flat=True).first()
    text.version = (newest or 0) + 1
    text.created_by = by
    text.save()
    record("statutory text added", by=by, obj=text, text_sha256=text.text_sha256, source=text.source_url)
    return text


@transaction.atomic
def verify(
    text: StatutoryText, *, by: Any, verified_by: str, verified_on: datetime.date, by_counsel: bool = False
) -> StatutoryCheck:
    """Record that exactly this text was held beside its source; its fingerprint stands beside the name."""
    if not text.is_intact:
        raise ValidationError("The stored text is not the one that was entered. Enter it anew from its source.")
    if not verified_by.strip():
        raise ValidationError("Say who verified it.")
    if verified_on > timezone.localdate():
        raise ValidationError("That day has not come yet.")
    check = StatutoryCheck.objects.create(
        text=text,
        text_sha256=text.text_sha256,
        verified_by=verified_by.strip(),
        verified_on=verified_on,
        by_counsel=by_counsel,
        recorded_by=by,
    )
    record(
        "statutory text verified",
        by=by,
        obj=text,
        text_sha256=text.text_sha256,
        verified_by=check.verified_by,
        verified_on=verified_on.isoformat(),
        by_counsel=by_counsel,
    )
    return check


def texts_in_force() -> list[StatutoryText]:
    """What the clinic's law demands verbatim today, as it was verified within twelve months."""
    rows = StatutoryText.objects.in_force(Clinic.current().jurisdiction).order_by("law", "pk")
    return [text for text in rows if text.is_intact]


def texts_for(conditions: Iterable[Names]) -> list[StatutoryText]:
    """What has to stand beside an offer about ``conditions``, each by all its names; all of it where none is named."""
    named = list(conditions)
    return [text for text in texts_in_force() if not named or any(text.covers(names) for names in named)]


def why_education_only(conditions: Iterable[Names] = ()) -> str:
    """Why nothing may be offered in words; empty while a verified text covers each of ``conditions`` (LEAD-126)."""
    texts = texts_in_force()
    named = list(conditions)
    if any(all(text.covers(names) for names in named) for text in texts):
        return ""
    jurisdiction = Clinic.current().jurisdiction
    if texts:
        return (
            f"No statutory text of {jurisdiction} that is in force covers what this is about, so it teaches and offers "
            "nothing. The owner looks at the conditions of each text under Statutory texts."
        )
    return (
        f"No statutory text of {jurisdiction} was verified within 12 months, so this site teaches and offers nothing. "
        "The owner records the text and who verified it under Statutory texts."
    )
