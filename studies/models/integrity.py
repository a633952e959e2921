"""What happened to a paper after it appeared."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q

from .reference import Reference


class IntegrityEvent(models.Model):
    """A retraction, concern or correction of one paper, from one source; never deleted, at most ended."""

    class Kind(models.TextChoices):
        RETRACTED = "retracted", "retracted"
        PARTLY_RETRACTED = "partly retracted", "partly retracted"
        CONCERN = "concern", "expression of concern"
        CORRECTED = "corrected", "corrected"
        NEWER = "new version", "newer version"

    reference = models.ForeignKey(Reference, on_delete=models.PROTECT, related_name="integrity_events")
    kind = models.CharField(max_length=20, choices=Kind)
    source = models.CharField(max_length=40)
    notice = models.CharField("DOI or PMID of the notice", max_length=200, blank=True)
    notice_url = models.URLField(max_length=300, blank=True)
    notice_on = models.DateField(null=True, blank=True)
    first_seen_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)
    ended_because = models.CharField(max_length=300, blank=True)
    taken_back_on = models.DateField(
        "withdrawal taken back on", null=True, blank=True, editable=False, help_text="Of a paper that was reinstated."
    )
    reasons = models.JSONField(default=list, editable=False, help_text="Codes of the source; for staff, never printed.")
    doubted_at = models.DateTimeField("said to be wrong", null=True, blank=True, editable=False)
    doubted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, editable=False, related_name="+"
    )
    doubted_because = models.CharField(max_length=300, blank=True, editable=False)
    is_wrong_match = models.BooleanField("about another paper", default=False, editable=False)
    ended_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, editable=False, related_name="+"
    )
    last_seen_at = models.DateTimeField("source last said so", null=True, blank=True, editable=False)
    seen_at = models.DateTimeField("looked at", null=True, blank=True, editable=False)
    seen_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, editable=False, related_name="+"
    )
    seen_note = models.TextField("what was done about it", blank=True, editable=False)
    is_sample = models.BooleanField("made by the example site", default=False, editable=False)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=["reference", "source", "kind", "notice"],
                condition=Q(ended_at__isnull=True),
                name="integrity_event_once",
                violation_error_message="This notice is recorded already.",
            ),
            models.CheckConstraint(
                name="integrity_event_end_has_reason",
                condition=Q(ended_at__isnull=True) | ~Q(ended_because=""),
                violation_error_message="Say why the event ended.",
            ),
            models.CheckConstraint(
                name="integrity_event_taken_back_has_ended",
                condition=Q(taken_back_on__isnull=True) | Q(ended_at__isnull=False),
                violation_error_message="What was taken back has ended.",
            ),
            models.CheckConstraint(
                name="integrity_event_doubt_has_author_and_reason",
                condition=Q(doubted_at__isnull=True, doubted_by__isnull=True, doubted_because="")
                | (Q(doubted_at__isnull=False, doubted_by__isnull=False) & ~Q(doubted_because="")),
                violation_error_message="Whoever says that an event is wrong is named, with the reason.",
            ),
            models.CheckConstraint(
                name="integrity_event_ended_by_a_second_person",
                condition=Q(is_wrong_match=False)
                | (Q(ended_at__isnull=False, ended_by__isnull=False) & ~Q(ended_by=models.F("doubted_by"))),
                violation_error_message="A wrong match is confirmed by somebody else than who said so.",
            ),
            models.CheckConstraint(
                name="integrity_event_seen_by_somebody",
                condition=Q(seen_at__isnull=True) | Q(seen_by__isnull=False),
                violation_error_message="Whoever looked at an event is named.",
            ),
        )

    def __str__(self) -> str:
        return f"{self.get_kind_display()}: {self.reference}"
