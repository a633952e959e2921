"""Keeping statutory texts: a next version, a verification, and whether the clinic may use wording of an offer."""

from __future__ import annotations

import datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from stemsite.audit.recording import record

from .models import Clinic, StatutoryCheck, StatutoryText


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


def why_education_only() -> str:
    """Why nothing may be offered in words; empty while the law's own text is on record and verified (LEAD-126)."""
    jurisdiction = Clinic.current().jurisdiction
    if any(text.is_intact for text in StatutoryText.objects.in_force(jurisdiction)):
        return ""
    return (
        f"No statutory text of {jurisdiction} was verified within 12 months, so this site teaches and offers nothing. "
        "The owner records the text and who verified it under Statutory texts."
    )
