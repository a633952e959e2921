"""Texts that a law demands, verbatim, and who held each of them beside its source, when (LEAD-94, LEAD-126)."""

from __future__ import annotations

import datetime
import hashlib
from collections.abc import Iterable
from typing import Any, Self

from django.conf import settings
from django.db import models
from django.db.models import Max, OuterRef, Q, Subquery
from django.utils import timezone

from stemsite.appendonly import AppendOnlyModel, AppendOnlyQuerySet

HOLDS_FOR = datetime.timedelta(days=365)
"""A verification older than this counts for nothing: laws change."""


class StatutoryTextQuerySet(AppendOnlyQuerySet["StatutoryText"]):
    def current(self) -> Self:
        """The newest version of each law's text, with the day on which it was last verified."""
        newest = StatutoryText.objects.filter(jurisdiction=OuterRef("jurisdiction"), law=OuterRef("law"))
        return self.filter(version=Subquery(newest.order_by("-version").values("version")[:1])).annotate(
            last_verified_on=Max("verifications__verified_on")
        )

    def in_force(self, jurisdiction: str) -> Self:
        """What may be printed in ``jurisdiction`` today: verified within twelve months."""
        since = timezone.localdate() - HOLDS_FOR
        return self.current().filter(jurisdiction=jurisdiction, last_verified_on__gte=since)

    def lapsed(self) -> Self:
        """What was never verified, or too long ago."""
        since = timezone.localdate() - HOLDS_FOR
        return self.current().filter(Q(last_verified_on=None) | Q(last_verified_on__lt=since))


class StatutoryText(AppendOnlyModel):
    """One version of one law's text, copied from its source and never typed from memory. A change is a new row."""

    class SizeRule(models.TextChoices):
        BODY = "body", "Body size or larger"
        LARGEST = "largest", "At least the size of the largest type of the advertisement"
        STATED = "stated", "Another rule, stated below"

    jurisdiction = models.CharField(max_length=20, help_text="As on the clinic's page and its wordings: US-CA.")
    law = models.CharField("law and section", max_length=120, help_text="Such as: B&P 684.")
    version = models.PositiveIntegerField(default=1, editable=False)
    scope = models.TextField("which care and conditions it covers", help_text="And which it does not.")
    conditions = models.TextField(
        "only for these conditions",
        blank=True,
        help_text="One a line, by a name the library knows. Empty: for every condition.",
    )
    text = models.TextField("text, verbatim")
    text_sha256 = models.CharField("fingerprint of the text", max_length=64, editable=False)
    source_url = models.URLField("official source", max_length=300)
    size_rule = models.CharField(max_length=10, choices=SizeRule, default=SizeRule.BODY)
    media = models.TextField(
        "where it has to stand", help_text="Advertisements, handout, spoken in audio, consent form."
    )
    notes = models.TextField(blank=True)
    created_at = models.DateTimeField(default=timezone.now)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="statutory_texts")

    objects = StatutoryTextQuerySet.as_manager()  # type: ignore[misc]

    class Meta:
        verbose_name = "statutory text"
        constraints = (
            models.UniqueConstraint(
                fields=["jurisdiction", "law", "version"],
                name="statutory_text_version_unique",
                violation_error_message="This version of the text exists.",
            ),
            models.CheckConstraint(
                name="statutory_text_says_something",
                condition=~Q(text="") & ~Q(source_url="") & ~Q(scope=""),
                violation_error_message="A statutory text has its words, their source and their scope.",
            ),
        )

    def __str__(self) -> str:
        return f"{self.jurisdiction}, {self.law}, version {self.version}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        self.text_sha256 = digest(self.text)
        super().save(*args, **kwargs)

    @property
    def is_intact(self) -> bool:
        return self.text_sha256 == digest(self.text)

    @property
    def only_for(self) -> frozenset[str]:
        return frozenset(filter(None, (_folded(line) for line in self.conditions.splitlines())))

    def covers(self, names: Iterable[str]) -> bool:
        """Whether it speaks of the condition that goes by any of ``names``."""
        return not self.only_for or not self.only_for.isdisjoint(map(_folded, names))


class StatutoryCheck(AppendOnlyModel):
    """Somebody held exactly this text beside its official source and found it the same, on that day."""

    text = models.ForeignKey(StatutoryText, on_delete=models.PROTECT, related_name="verifications")
    text_sha256 = models.CharField("fingerprint of the text", max_length=64)
    verified_by = models.CharField(max_length=120, help_text="Counsel or whoever compared it, by name.")
    verified_on = models.DateField()
    by_counsel = models.BooleanField("reviewed by counsel", default=False)
    recorded_at = models.DateTimeField(default=timezone.now)
    recorded_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = (
            models.CheckConstraint(
                name="statutory_check_names_who",
                condition=~Q(verified_by=""),
                violation_error_message="Say who verified it.",
            ),
        )

    def __str__(self) -> str:
        return f"{self.verified_by}, {self.verified_on:%Y-%m-%d}"


def _folded(name: str) -> str:
    return " ".join(name.split()).casefold()


def digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
