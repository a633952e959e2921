"""What happened with a person, entry by entry (LEAD-95, LEAD-98)."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.db import models
from django.utils import timezone

from stemsite.appendonly import AppendOnlyModel
from stemsite.crypto import SealedTextField

from .contact import Contact
from .request import Enquiry


class TimelineEntry(AppendOnlyModel):
    """Who did what, when, from which status to which. The words are sealed; erasing a person empties them."""

    class Kind(models.TextChoices):
        REQUEST = "request", "Request"
        CONSENT = "consent", "Consent"
        MAIL = "mail", "Letter"
        PACKET = "packet", "Packet"
        CALL = "call", "Call"
        NOTE = "note", "Note"
        STATUS = "status", "Status"
        ASSIGNMENT = "assignment", "Assignment"
        FOLLOW_UP = "follow-up", "Follow-up"
        PRIVACY = "privacy", "Privacy"

    contact = models.ForeignKey(Contact, on_delete=models.PROTECT, related_name="timeline")
    enquiry = models.ForeignKey(Enquiry, on_delete=models.PROTECT, null=True, blank=True, related_name="timeline")
    kind = models.CharField(max_length=12, choices=Kind)
    at = models.DateTimeField(default=timezone.now)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="timeline_entries"
    )
    status_from = models.CharField(max_length=12, blank=True)
    status_to = models.CharField(max_length=12, blank=True)
    text = SealedTextField(blank=True)
    is_sample = models.BooleanField("made by the example site", default=False, editable=False)

    class Meta:
        verbose_name_plural = "timeline entries"
        indexes = (models.Index(fields=["contact", "-at"], name="timeline_of_contact"),)

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.pk}"


def note(contact: Contact, kind: str, text: str = "", *, by: Any = None, **fields: Any) -> TimelineEntry:
    """Append one entry in the caller's transaction."""
    return TimelineEntry.objects.create(
        contact=contact, kind=kind, text=text, by=by, is_sample=contact.is_sample, **fields
    )
