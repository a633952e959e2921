"""What stands beside a study's primary paper: further papers, registrations and, apart from both, news about it."""

from __future__ import annotations

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q

from .reference import Reference
from .study import Study


class StudyPaper(models.Model):
    """A further paper of a study beside its primary one; several papers of one trial are one study (EVD-73)."""

    class Role(models.TextChoices):
        RESULTS = "results", "Results"
        FOLLOW_UP = "follow-up", "Follow-up"
        PROTOCOL = "protocol", "Protocol"
        SECONDARY = "secondary", "Secondary analysis"

    study = models.ForeignKey(Study, on_delete=models.CASCADE, related_name="papers")
    reference = models.ForeignKey(
        Reference, on_delete=models.PROTECT, related_name="paper_of", limit_choices_to=~Q(kind="news")
    )
    role = models.CharField("what it is", max_length=20, choices=Role, default=Role.RESULTS)

    class Meta:
        verbose_name = "further paper"
        constraints = (
            models.UniqueConstraint(
                fields=["study", "reference"],
                name="study_paper_once",
                violation_error_message="This paper is listed already.",
            ),
            models.CheckConstraint(
                name="study_paper_has_a_role",
                condition=Q(role__in=["results", "follow-up", "protocol", "secondary"]),
                violation_error_message="Say what the paper is to the study.",
            ),
        )

    def __str__(self) -> str:
        return f"{self.get_role_display()}: {self.reference.short}"


class Registration(models.Model):
    study = models.ForeignKey(Study, on_delete=models.CASCADE, related_name="registrations")
    registry = models.CharField(max_length=60, default="ClinicalTrials.gov")
    number = models.CharField(max_length=40)
    title = models.CharField(max_length=400, blank=True)
    status = models.CharField(max_length=80, blank=True)
    started_in = models.PositiveSmallIntegerField(
        "year it started",
        null=True,
        blank=True,
        validators=(MinValueValidator(1900), MaxValueValidator(2200)),
        help_text="As the registry says, planned or real. It is the year of a study without a paper.",
    )
    url = models.URLField("address", max_length=300, blank=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["study", "registry", "number"], name="registration_once"),
            models.CheckConstraint(
                name="registration_started_in_a_possible_year",
                condition=Q(started_in__isnull=True) | Q(started_in__range=(1900, 2200)),
                violation_error_message="A study starts in a year from 1900 on.",
            ),
        )

    def __str__(self) -> str:
        return f"{self.registry} {self.number}"


class Coverage(models.Model):
    """News about a study; it never counts as one."""

    study = models.ForeignKey(Study, on_delete=models.CASCADE, related_name="coverage")
    outlet = models.CharField(max_length=120)
    headline = models.CharField(max_length=300)
    url = models.URLField("address", max_length=500, blank=True)
    author = models.CharField(max_length=120, blank=True)
    published_on = models.DateField(null=True, blank=True)
    accessed_on = models.DateField(null=True, blank=True)

    class Meta:
        verbose_name_plural = "coverage"

    def __str__(self) -> str:
        return f"{self.outlet}: {self.headline}"
