"""The one clinic this site belongs to."""

from __future__ import annotations

import zoneinfo
from functools import partial
from typing import Any, ClassVar

from django.core.exceptions import ValidationError
from django.core.validators import MinValueValidator
from django.db import models, transaction

from stemsite.clinic.remembered import Reach, remember

from ..claiming import refuse_claims


class Clinic(models.Model):
    """Who we are: one row, made and filled in by the owner."""

    class ReviewPolicy(models.TextChoices):
        TWO_PEOPLE = "two_people", "Two people: the reviewer's signature approves, either of the two publishes"
        TEAM = "team", "Team: a separate publisher, second-person confirmations"

    name = models.CharField(max_length=120, default="Our clinic")
    legal_name = models.CharField(max_length=160, blank=True)
    statement = models.CharField("what the clinic is, in one sentence", max_length=240, blank=True)
    address = models.TextField("postal address", blank=True, help_text="One line of the address per line.")
    phone = models.CharField(max_length=40, blank=True)
    email = models.EmailField("public e-mail address", blank=True)
    hours = models.TextField("opening hours", blank=True, help_text="One line per day or group of days.")
    directions = models.TextField("directions in words", blank=True)
    review_policy = models.CharField(max_length=20, choices=ReviewPolicy, default=ReviewPolicy.TWO_PEOPLE)
    review_months = models.PositiveSmallIntegerField(
        "months until the next review", default=12, help_text="Proposed to the reviewer when they sign."
    )
    overdue_grace_days = models.PositiveSmallIntegerField(
        "days of grace",
        default=30,
        null=True,
        blank=True,
        help_text="After these, readers see that a page was due for review. Empty: readers are not told.",
    )
    answer_days = models.PositiveSmallIntegerField(
        "days until a reviewer is reminded",
        default=3,
        validators=[MinValueValidator(1)],
        help_text="A page in review is mentioned again after these; after as many more, to the deputy.",
    )
    answers_within = models.CharField(
        "how soon requests are answered",
        max_length=60,
        blank=True,
        help_text="As promised on the consultation form: within two working days. Empty: no promise is made.",
    )
    asks_condition = models.BooleanField(
        "packet form asks for the condition",
        default=False,
        help_text="Optional for who asks, and kept only with their own consent to it.",
    )
    jurisdiction = models.CharField(
        "whose law the notices follow",
        max_length=20,
        default="US",
        help_text="As written at the wordings: pages carry the notices and disclaimers of this jurisdiction.",
    )
    time_zone = models.CharField(max_length=40, default="America/New_York")
    is_sample = models.BooleanField("made by the example site", default=False, editable=False)
    paused_at = models.DateTimeField("forms hidden since", null=True, editable=False)
    paused_because = models.CharField(max_length=300, blank=True, editable=False)
    """For staff; readers are told that no requests are taken now."""

    PAUSED: ClassVar[frozenset[str]] = frozenset({"paused_at", "paused_because"})
    """What ``pausing`` alone writes, so that a form that was open before cannot undo it."""

    class Meta:
        verbose_name = verbose_name_plural = "clinic"
        constraints = (
            models.CheckConstraint(
                name="clinic_paused_says_why",
                condition=models.Q(paused_at__isnull=True, paused_because="")
                | (models.Q(paused_at__isnull=False) & ~models.Q(paused_because="")),
                violation_error_message="What hides the forms says since when and why.",
            ),
            models.CheckConstraint(
                name="clinic_is_one",
                condition=models.Q(pk=1),
                violation_error_message="There is one clinic record; edit that one.",
            ),
        )

    def __str__(self) -> str:
        return self.name

    def save(self, *args: Any, **kwargs: Any) -> None:
        super().save(*args, **kwargs)
        transaction.on_commit(partial(remember, self.reach))

    @property
    def reach(self) -> Reach:
        return Reach(name=self.name, phone=self.phone, address_lines=tuple(self.address.splitlines()))

    def clean(self) -> None:
        if self.time_zone not in zoneinfo.available_timezones():
            raise ValidationError({"time_zone": "Use a name such as America/New_York or Europe/Warsaw."})
        refuse_claims(self, "statement", "directions", "answers_within")

    @classmethod
    def current(cls) -> Clinic:
        """The clinic, or an empty one that is stored nowhere yet: reading a page never writes."""
        return cls.objects.filter(pk=1).first() or cls(pk=1)

    @property
    def zone(self) -> zoneinfo.ZoneInfo:
        """Where the clinic's days begin and end; UTC when the stored name is no zone of this machine."""
        try:
            return zoneinfo.ZoneInfo(self.time_zone)
        except (zoneinfo.ZoneInfoNotFoundError, ValueError, OSError):
            return zoneinfo.ZoneInfo("UTC")

    @property
    def needs_team(self) -> bool:
        return self.review_policy == self.ReviewPolicy.TEAM
