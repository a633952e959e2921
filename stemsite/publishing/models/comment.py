"""What members of staff say to each other about a page, its sections and its words (PUB-38)."""

from __future__ import annotations

from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone


class CommentQuerySet(models.QuerySet["Comment"]):
    def open(self) -> Self:
        """Those that nobody has resolved; a reply goes with the comment it answers."""
        return self.filter(reply_to=None, resolved_at=None)


class Comment(models.Model):
    """It names a section by its key and keeps the quoted words, so that it survives edits around them."""

    page = models.ForeignKey("publishing.Page", on_delete=models.CASCADE, related_name="comments")
    reply_to = models.ForeignKey("self", on_delete=models.CASCADE, null=True, related_name="replies")
    field = models.CharField("key of the section, or name of the field", max_length=60, blank=True)
    heading = models.CharField("what the section was called", max_length=200, blank=True)
    quote = models.TextField("words it is about", blank=True)
    text = models.TextField()
    is_blocking = models.BooleanField("nothing is published until it is resolved", default=False)
    made_at = models.DateTimeField(default=timezone.now)
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="comments")
    resolved_at = models.DateTimeField(null=True)
    resolved_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")

    objects = CommentQuerySet.as_manager()

    class Meta:
        constraints = (
            models.CheckConstraint(
                name="comment_says_something", condition=~Q(text=""), violation_error_message="Write the comment."
            ),
            models.CheckConstraint(
                name="comment_reply_follows_its_comment",
                condition=Q(reply_to=None) | Q(field="", quote="", is_blocking=False, resolved_at=None),
                violation_error_message="A reply stands where the comment stands, and is resolved with it.",
            ),
            models.CheckConstraint(
                name="comment_resolved_by_somebody",
                condition=Q(resolved_at=None, resolved_by=None)
                | Q(resolved_at__isnull=False, resolved_by__isnull=False),
                violation_error_message="Say who resolved it, and when.",
            ),
        )
        indexes = (
            models.Index(fields=["page", "made_at"], name="comment_open", condition=Q(resolved_at=None, reply_to=None)),
        )

    def __str__(self) -> str:
        return self.text[:80]
