"""What a study found, fact by fact: what is stated, what is not reported, what is not confirmed."""

from __future__ import annotations

import datetime
from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Q

from .study import Study


class StudyFact(models.Model):
    """One fact of the facts box. "Not reported" and "not confirmed" are values; a missing row blocks publishing."""

    class Kind(models.TextChoices):
        ENROLLED = "enrolled", "People enrolled"
        ANALYSED = "analysed", "People analyzed"
        COMPARATOR = "comparator", "Compared with"
        RANDOMISED = "randomised", "How chance was used"
        BLINDING = "blinding", "Who knew"
        WHERE = "where", "Where"
        HOW_GIVEN = "how_given", "How it was given"
        FOLLOW_UP = "follow_up", "How long followed"
        OUTCOME = "outcome", "Main result"
        SERIOUS_HARMS = "serious_harms", "Serious harms"
        DEATHS = "deaths", "Deaths"
        OTHER_HARMS = "other_harms", "Other harms and worse outcomes"
        FUNDER = "funder", "Who paid"

    class Known(models.TextChoices):
        STATED = "stated", "stated"
        NOT_REPORTED = "not reported", "not reported: somebody read the report and it does not say"
        NOT_CONFIRMED = "not confirmed", "not confirmed: we have not seen it"

    COUNTS = frozenset({Kind.ENROLLED, Kind.ANALYSED, Kind.SERIOUS_HARMS, Kind.DEATHS})

    study = models.ForeignKey(Study, on_delete=models.CASCADE, related_name="facts")
    kind = models.CharField(max_length=20, choices=Kind)
    known = models.CharField("is it known", max_length=20, choices=Known, default=Known.STATED)
    text = models.CharField("in words", max_length=400, blank=True)
    people = models.PositiveIntegerField("number of people", null=True, blank=True)
    of = models.PositiveIntegerField("out of", null=True, blank=True)
    passage = models.CharField(max_length=300, blank=True, help_text="Where the report says it: p 925, Table 2.")
    read_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        editable=False,
        related_name="+",
        verbose_name="who read the report",
    )
    read_on = models.DateField("when the report was read", null=True, editable=False)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=["study", "kind"],
                name="study_fact_once",
                violation_error_message="This fact is listed already.",
            ),
            models.CheckConstraint(
                name="study_fact_is_stated_or_says_why_not",
                condition=(Q(known="stated") & (~Q(text="") | Q(people__isnull=False)))
                | (~Q(known="stated") & Q(text="") & Q(people__isnull=True)),
                violation_error_message="Give a value, or choose 'not reported' or 'not confirmed' and leave it empty.",
            ),
            models.CheckConstraint(
                name="study_fact_not_reported_says_who_read",
                condition=Q(known="not reported", read_by__isnull=False, read_on__isnull=False)
                | (~Q(known="not reported") & Q(read_by__isnull=True, read_on__isnull=True)),
                violation_error_message="Only somebody who read the report can say that it does not report this.",
            ),
            models.CheckConstraint(
                name="study_fact_people_within_all",
                condition=Q(of__isnull=True) | Q(people__isnull=True) | Q(people__lte=models.F("of")),
                violation_error_message="There cannot be more people than there are in all.",
            ),
        )

    def __str__(self) -> str:
        return self.get_kind_display()

    def note_reader(self, user: Any, on: datetime.date) -> None:
        """Whoever says "not reported" says that they read the report; who said so first stays named."""
        if self.known != self.Known.NOT_REPORTED:
            self.read_by, self.read_on = None, None
        elif self.read_by_id is None:
            self.read_by, self.read_on = user, on


class OutcomeGroup(models.Model):
    """People with one outcome, such as 33 of 67 who declined at the same rate."""

    class Direction(models.TextChoices):
        BETTER = "better", "better"
        SAME = "same", "no difference"
        WORSE = "worse", "worse"

    study = models.ForeignKey(Study, on_delete=models.CASCADE, related_name="outcome_groups")
    label = models.CharField(max_length=120, help_text="declined more slowly")
    people = models.PositiveIntegerField()
    direction = models.CharField(max_length=10, choices=Direction)
    ordering = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ("ordering", "pk")

    def __str__(self) -> str:
        return f"{self.people} {self.label}"
