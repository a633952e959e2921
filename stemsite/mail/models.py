"""The outbox: every letter is a row, written with the change that wants it."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from stemsite.tasks.leases import LeasedQuerySet, LeasedRow


class Delivery(LeasedRow):
    """One letter to one address. ``kind`` and ``reference`` make it unique: asked for twice, sent once."""

    kind = models.CharField(max_length=60)
    reference = models.CharField(max_length=120)
    mailer = models.CharField(max_length=20, default="default")
    to = models.EmailField()
    subject = models.CharField(max_length=200)
    text = models.TextField()
    html = models.TextField(blank=True)
    message_id = models.CharField(max_length=120, unique=True)
    is_sample = models.BooleanField("made by the example site", default=False, editable=False)

    objects = LeasedQuerySet["Delivery"].as_manager()

    class Meta(LeasedRow.Meta):
        verbose_name_plural = "deliveries"
        constraints = (  # type: ignore[assignment]
            *LeasedRow.Meta.constraints,
            models.UniqueConstraint(
                fields=["kind", "reference"],
                name="delivery_once",
                violation_error_message="This letter is queued already.",
            ),
            models.CheckConstraint(
                name="delivery_subject_is_one_line",
                condition=~Q(subject__contains="\n") & ~Q(subject__contains="\r"),
                violation_error_message="A subject is one line.",
            ),
        )

    def __str__(self) -> str:
        return f"{self.kind} {self.reference}"
