"""What readers say about a page: whether it was clear, and what is wrong with it (PAGE-09)."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

from stemsite.crypto import SealedTextField

from .request import MAX_NONCE


class FeedbackQuerySet(models.QuerySet["Feedback"]):
    def waiting(self) -> FeedbackQuerySet:
        """What somebody should read: not dealt with, and not likely to come from a machine."""
        return self.filter(state=Feedback.State.OPEN, is_doubtful=False)


class Feedback(models.Model):
    """One note of a reader about a version of a page. It says nothing of who wrote it, and goes after a year.

    People write of their health although they are asked not to: the text is sealed, and not searched.
    """

    class Verdict(models.TextChoices):
        CLEAR = "clear", "Yes"
        UNCLEAR = "unclear", "No, not quite"
        WRONG = "wrong", "Something is wrong, or does not work"

    class State(models.TextChoices):
        OPEN = "open", "To read"
        DONE = "done", "Dealt with"

    page = models.ForeignKey("publishing.Page", on_delete=models.CASCADE, related_name="feedback")
    version = models.ForeignKey("publishing.Version", on_delete=models.CASCADE, related_name="feedback")
    section = models.CharField(max_length=40, blank=True)
    """The key of the section; empty for the whole page."""
    verdict = models.CharField("was this clear?", max_length=10, choices=Verdict)
    text = SealedTextField("what the reader wrote", blank=True)
    created_at = models.DateTimeField("sent", default=timezone.now, db_index=True)
    nonce = models.CharField(max_length=MAX_NONCE, blank=True)
    content_key = models.CharField(max_length=64)
    """A keyed hash of what was sent, to know the same note again when its page had no script."""
    is_doubtful = models.BooleanField("may come from a machine", default=False)
    state = models.CharField(max_length=5, choices=State, default=State.OPEN)
    done_at = models.DateTimeField(null=True, editable=False)
    done_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, editable=False, related_name="+"
    )

    FORM: ClassVar[str] = "feedback"

    objects = FeedbackQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "what readers say"
        indexes = (
            models.Index(fields=["page", "state"], name="feedback_of_page"),
            models.Index(fields=["content_key"], name="feedback_same"),
        )
        constraints = (
            models.UniqueConstraint(
                fields=["nonce"],
                condition=~Q(nonce=""),
                name="feedback_once",
                violation_error_message="This was stored already.",
            ),
            models.CheckConstraint(
                name="feedback_done_has_a_moment",
                condition=Q(state="open", done_at__isnull=True) | Q(state="done", done_at__isnull=False),
                violation_error_message="What was dealt with says when.",
            ),
        )

    def __str__(self) -> str:
        return f"Note {self.pk}"
