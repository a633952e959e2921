"""Counts that are kept as things happen: for limits, for lists, for the dashboard. None of them names a person."""

from __future__ import annotations

from django.db import models


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


class WeeklyTotal(models.Model):
    """How many requests one week brought, by form and one more property; counted at capture (LEAD-104)."""

    class By(models.TextChoices):
        ALL = "all", "All"
        SOURCE = "source", "Source"
        CONDITION = "condition", "Condition"
        SIGNAL = "signal", "Spam signal"
        EVENT = "event", "What became of them"

    week = models.DateField("its Monday")
    form = models.CharField(max_length=20)
    by = models.CharField(max_length=10, choices=By)
    value = models.CharField(max_length=120, blank=True)
    number = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = (models.UniqueConstraint(fields=["week", "form", "by", "value"], name="weeklytotal_once"),)

    def __str__(self) -> str:
        return f"{self.week} {self.form} {self.by} {self.value}: {self.number}"


class KeptCount(models.Model):
    """How many rows a list has, so that opening it counts nothing (LEAD-131)."""

    name = models.CharField(max_length=60, unique=True)
    number = models.BigIntegerField(default=0)

    class Meta:
        verbose_name = "kept count"

    def __str__(self) -> str:
        return f"{self.name}: {self.number}"
