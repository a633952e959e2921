"""A clinical study: its primary record and its text; its facts and what belongs to it stand in files of their own."""

from __future__ import annotations

from django.conf import settings
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
