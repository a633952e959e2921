"""A clinical study: its primary record, its facts, and, apart from both, news about it."""

from __future__ import annotations

import datetime
from typing import Any

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q

from stemsite.publishing.models import Page
from stemsite.publishing.models.page import PageQuerySet
from stemsite.publishing.prose import ProseField

from ..dating import Year, year_of
from .condition import Condition, Intervention
from .reference import Reference


class Study(Page):
    class Design(models.TextChoices):
        RANDOMISED = "randomised", "Randomized controlled trial"
        CONTROLLED = "controlled", "Compared with another group, no chance"
        HISTORICAL = "historical", "Compared with records of earlier patients"
        SINGLE_ARM = "single arm", "One group, everyone treated"
        CASE = "case", "Case report or series"
        OBSERVATIONAL = "observational", "Observational study"
        REVIEW = "review", "Systematic review"
        LABORATORY = "laboratory", "Animals or laboratory"

    class Masking(models.TextChoices):
        NONE = "none", "Nobody was blinded (open label)"
        SINGLE = "single", "Single-blind"
        DOUBLE = "double", "Double-blind"
        TRIPLE = "triple", "Triple-blind"
        QUADRUPLE = "quadruple", "Quadruple-blind"

    class Offered(models.TextChoices):
        NO = "no", "This clinic does not offer this treatment"
        OTHER_CELLS = "other cells", "The cells in this study are not the cells this clinic offers"
        YES = "yes", "This clinic offers it"

    class Certainty(models.TextChoices):
        VERY_LOW = "very low", "Very low"
        LOW = "low", "Low"
        MODERATE = "moderate", "Moderate"
        HIGH = "high", "High"

    official_title = models.CharField(max_length=600, blank=True)
    heading = models.CharField("short headline", max_length=120, blank=True, help_text="Wharton's jelly cells, Poland")
    venue = models.CharField("journal or sponsor", max_length=200, blank=True)
    cells = models.CharField("what was given", max_length=200, blank=True)
    design = models.CharField(max_length=20, choices=Design, blank=True)
    phase = models.CharField(max_length=20, blank=True, help_text="1, 1/2a, 2, 3, 4; empty when there is none.")
    masking = models.CharField(max_length=20, choices=Masking, blank=True)
    enrolled_is_planned = models.BooleanField("number of people is planned, not reached", default=False)
    has_results = models.BooleanField("results are published", default=True)
    is_preprint = models.BooleanField("preprint, not peer reviewed", default=False)
    one_centre = models.BooleanField("one hospital only", default=False)
    not_significant = models.BooleanField("chance alone could explain the main difference", default=False)
    surrogate = models.CharField(
        "measured instead of what people feel",
        max_length=160,
        blank=True,
        help_text="Such as a blood value. Empty when people's lives were measured.",
    )
    seller_paid = models.BooleanField("paid for by the company that makes the product", default=False)
    stopped_because = models.CharField("stopped early because", max_length=200, blank=True)
    outcome_of = models.PositiveIntegerField("people judged for the main outcome", null=True, blank=True)
    product_status = models.CharField(max_length=300, blank=True, help_text="Development stopped in February 2023.")
    certainty_set = models.CharField(
        "another certainty",
        max_length=20,
        choices=Certainty,
        blank=True,
        help_text="Empty: the published rule stands. Anybody may lower it; a medical reviewer may raise it.",
    )
    certainty_because = models.CharField(
        "because", max_length=300, blank=True, help_text="Readers are told. Needed to raise it."
    )
    certainty_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, editable=False, related_name="+"
    )
    offered = models.CharField(max_length=20, choices=Offered, default=Offered.NO)
    methods = ProseField("what they did")
    people = ProseField("who took part")
    results = ProseField("what they found")
    harms = ProseField("harms and deaths")
    limits = ProseField("what this cannot tell us")
    money = ProseField("who paid")
    authors = models.ManyToManyField("clinic.Person", blank=True, related_name="studies_written")
    conditions = models.ManyToManyField(Condition, blank=True, related_name="studies")
    interventions = models.ManyToManyField(Intervention, blank=True, related_name="studies")
    primary = models.ForeignKey(
        Reference,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="primary_of",
        verbose_name="primary paper",
        limit_choices_to=~Q(kind="news"),
    )

    objects = PageQuerySet["Study"].as_manager()  # type: ignore[misc]

    FAMILY = "study"

    class Meta:
        verbose_name_plural = "studies"
        constraints = (
            models.CheckConstraint(
                name="study_certainty_set_by_somebody",
                condition=Q(certainty_set="", certainty_because="")
                | (~Q(certainty_set="") & Q(certainty_by__isnull=False)),
                violation_error_message="Choose the certainty that the reason is about.",
            ),
        )

    def __str__(self) -> str:
        return self.title

    @property
    def year(self) -> Year:
        """Derived from the primary paper and the registrations, never typed (EVD-85)."""
        return year_of(self.primary, self.registrations.all())


class StudyFact(models.Model):
    """One fact of the facts box. "Not reported" and "not confirmed" are values; a missing row blocks publishing."""

    class Kind(models.TextChoices):
        ENROLLED = "enrolled", "People enrolled"
        ANALYSED = "analysed", "People analysed"
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
