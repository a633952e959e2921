"""What the study library sorts and filters by: facts of live versions, kept in step with them."""

from __future__ import annotations

from django.db import models

from .reference import Reference
from .study import Study


class LibraryEntry(models.Model):
    """One live study as the library lists it, derived from its live Version and the standing of its paper."""

    class Registry(models.TextChoices):
        RECRUITING = "recruiting", "Looking for people"
        ACTIVE = "active", "Under way"
        COMPLETED = "completed", "Completed"
        STOPPED = "stopped", "Stopped early"
        UNKNOWN = "unknown", "Status not known"
        NONE = "none", "No registry number known"

    class Certainty(models.IntegerChoices):
        NONE = 0, "No word of certainty"
        VERY_LOW = 1, "Very low"
        LOW = 2, "Low"
        MODERATE = 3, "Moderate"
        HIGH = 4, "High"

    page = models.PositiveBigIntegerField(primary_key=True)
    year = models.PositiveSmallIntegerField(default=0, help_text="0 where it is not known.")
    people = models.PositiveIntegerField(
        default=0, help_text="Analyzed, else enrolled; planned people are not counted."
    )
    design = models.CharField(max_length=20, choices=Study.Design, blank=True)
    phase = models.CharField(max_length=20, blank=True, help_text="Without letters: 1, 1/2, 2, 2/3, 3, 4.")
    certainty = models.PositiveSmallIntegerField(choices=Certainty, default=Certainty.NONE)
    has_results = models.BooleanField(default=True)
    registry = models.CharField(max_length=12, choices=Registry, default=Registry.NONE)
    standing = models.CharField(max_length=20, choices=Reference.Standing, blank=True)
    primary = models.PositiveBigIntegerField(null=True, help_text="The reference that is its primary paper.")

    class Meta:
        verbose_name_plural = "library entries"
        indexes = (
            models.Index(fields=["-year", "-page"], name="library_newest"),
            models.Index(fields=["-people", "-page"], name="library_largest"),
            models.Index(fields=["-certainty", "-people", "-page"], name="library_surest"),
            models.Index(fields=["primary"], name="library_of_paper"),
            models.Index(
                fields=["design", "phase", "certainty", "has_results", "registry", "standing"], name="library_facts"
            ),
        )
        constraints = (
            models.CheckConstraint(
                name="library_certainty_is_known",
                condition=models.Q(certainty__range=(0, 4)),
                violation_error_message="Certainty goes from 0, no word, to 4, high.",
            ),
        )

    def __str__(self) -> str:
        return f"study {self.page} in the library"


class LibraryTerm(models.Model):
    """That a live study is about a condition or a treatment, under the name its Version gives it."""

    class Kind(models.TextChoices):
        CONDITION = "condition", "condition"
        TREATMENT = "treatment", "treatment"

    entry = models.ForeignKey(LibraryEntry, on_delete=models.CASCADE, related_name="terms")
    kind = models.CharField(max_length=10, choices=Kind)
    record = models.PositiveBigIntegerField(help_text="The condition or intervention of the library of terms.")
    slug = models.CharField(max_length=80)
    name = models.CharField(max_length=160)

    class Meta:
        indexes = (models.Index(fields=["kind", "slug", "name", "entry"], name="library_term"),)
        constraints = (models.UniqueConstraint(fields=["entry", "kind", "slug"], name="library_term_once"),)

    def __str__(self) -> str:
        return f"{self.kind} {self.name}"
