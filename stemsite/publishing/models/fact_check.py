"""What a clinician outside the clinic is asked about one version, and what they answer (PUB-39)."""

from __future__ import annotations

from typing import Self

from django.db import models
from django.db.models import Q


class FactCheckQuerySet(models.QuerySet["FactCheck"]):
    def unanswered(self) -> Self:
        return self.filter(answered_at=None)


class FactCheck(models.Model):
    """It hangs on a share link, which says of which version, until when and by whom. The answer changes no text."""

    class Verdict(models.TextChoices):
        STANDS = "stands", "The facts stand as they are"
        DOUBTS = "doubts", "Something should be looked at"

    link = models.OneToOneField("publishing.ShareLink", on_delete=models.CASCADE, related_name="fact_check")
    asked = models.CharField(
        "whom you ask", max_length=160, help_text="Name and profession: Dr. Ann Lee, neurologist. Readers never see it."
    )
    question = models.TextField(
        "what you want to know",
        max_length=2000,
        help_text="One or two questions to one person: are the doses of the trial right?",
    )
    verdict = models.CharField(max_length=10, choices=Verdict, blank=True)
    answer = models.TextField(blank=True)
    answered_as = models.CharField("name and profession of whoever answered", max_length=160, blank=True)
    answered_at = models.DateTimeField(null=True)

    objects = FactCheckQuerySet.as_manager()

    class Meta:
        verbose_name = "fact check"
        constraints = (
            models.CheckConstraint(
                name="fact_check_asks_somebody_something",
                condition=~Q(asked="") & ~Q(question=""),
                violation_error_message="Say whom you ask, and what.",
            ),
            models.CheckConstraint(
                name="fact_check_answered_wholly",
                condition=Q(answered_at=None, verdict="", answer="", answered_as="")
                | (Q(answered_at__isnull=False) & ~Q(verdict="") & ~Q(answered_as="")),
                violation_error_message="An answer says who gives it, when, and whether the facts stand.",
            ),
            models.CheckConstraint(
                name="fact_check_doubts_say_why",
                condition=~Q(verdict="doubts") | ~Q(answer=""),
                violation_error_message="Say what should be looked at.",
            ),
        )

    def __str__(self) -> str:
        return f"{self.asked}: {self.question[:80]}"
