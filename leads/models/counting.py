"""Counts that are kept as things happen: for limits, for lists, for the dashboard. None of them names a person."""

from __future__ import annotations

from django.db import models

from stemsite.crypto import BlindIndexField, SealedTextField


class RateCounter(models.Model):
    """How often something was asked for in one window of time; ``key`` holds keyed hashes alone (LEAD-28)."""

    key = models.CharField(max_length=120)
    began_at = models.DateTimeField()
    number = models.PositiveIntegerField(default=0)

    class Meta:
        indexes = (models.Index(fields=["began_at"], name="ratecounter_began"),)
        constraints = (models.UniqueConstraint(fields=["key", "began_at"], name="ratecounter_once"),)

    def __str__(self) -> str:
        return f"{self.number} since {self.began_at:%H:%M}"


ALL = "all"


class WeeklyTotal(models.Model):
    """How many requests one week brought, by form and one more property; counted at capture (LEAD-104).

    The value is sealed: in a quiet week a total of one would tell what the one person asked about.
    """

    class By(models.TextChoices):
        ALL = "all", "All"
        SOURCE = "source", "Source"
        CONDITION = "condition", "Condition"
        SIGNAL = "signal", "Spam signal"
        EVENT = "event", "What became of them"

    week = models.DateField("its Monday")
    form = models.CharField(max_length=20)
    by = models.CharField(max_length=10, choices=By)
    value = SealedTextField(default=ALL)
    value_index = BlindIndexField(source="value", kind="text")
    number = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = (models.UniqueConstraint(fields=["week", "form", "by", "value_index"], name="weeklytotal_once"),)

    def __str__(self) -> str:
        return f"{self.week} {self.form} {self.by}: {self.number}"


class KeptCount(models.Model):
    """How many rows a list has, so that opening it counts nothing (LEAD-131)."""

    name = models.CharField(max_length=60, unique=True)
    number = models.BigIntegerField(default=0)

    class Meta:
        verbose_name = "kept count"

    def __str__(self) -> str:
        return f"{self.name}: {self.number}"
