"""Guides, articles, service pages and plain pages as staff write them."""

from __future__ import annotations

from typing import ClassVar

from content_editor.models import Region
from django.db import models
from django.db.models import Q

from stemsite.clinic.claiming import refuse_claims
from stemsite.publishing.models import Page
from stemsite.publishing.models.page import PageQuerySet
from stemsite.uses import Kept


class Topic(Kept):
    slug = models.SlugField(max_length=80, unique=True)
    name = models.CharField(max_length=80, unique=True)
    introduction = models.TextField(blank=True, help_text="One or two plain sentences.")
    is_sample = models.BooleanField("made by the example site", default=False, editable=False)

    USE_KIND: ClassVar[str] = "topic"

    def __str__(self) -> str:
        return self.name

    def clean(self) -> None:
        refuse_claims(self, "name", "introduction")


class Article(Page):
    class Kind(models.TextChoices):
        GUIDE = "guide", "Guide: a condition or a therapy"
        ARTICLE = "article", "Blog article"
        SERVICE = "service", "Service page"
        PLAIN = "plain", "Plain page: policies, opening hours"

    class Subject(models.TextChoices):
        CONDITION = "condition", "a condition"
        THERAPY = "therapy", "a therapy"

    class Offers(models.TextChoices):
        NO = "no", "No, the clinic does not offer what this page is about"
        YES = "yes", "Yes, the clinic sells what this page is about"

    kind = models.CharField(max_length=10, choices=Kind, default=Kind.ARTICLE)
    subject = models.CharField("guide about", max_length=10, choices=Subject, blank=True)
    offers_subject = models.CharField(
        "does the clinic sell what this page is about?", max_length=5, choices=Offers, blank=True
    )
    authors = models.ManyToManyField("clinic.Person", blank=True, related_name="articles_written")
    conditions = models.ManyToManyField("studies.Condition", blank=True, related_name="articles")
    interventions = models.ManyToManyField("studies.Intervention", blank=True, related_name="articles")
    topics = models.ManyToManyField(Topic, blank=True, related_name="articles")
    related = models.ManyToManyField(
        "publishing.Page", blank=True, related_name="related_from", verbose_name="related pages"
    )
    searched_on = models.DateField("evidence last searched", null=True, blank=True)

    objects = PageQuerySet["Article"].as_manager()  # type: ignore[misc]

    FAMILY = "article"
    CAN_BE_COPIED = True
    LEADS_ON = True
    regions = (Region(key="main", title="Sections"),)

    class Meta:
        constraints = (
            models.CheckConstraint(
                name="article_subject_belongs_to_guides",
                condition=Q(kind="guide") & ~Q(subject="") | ~Q(kind="guide") & Q(subject=""),
                violation_error_message=(
                    "A guide says whether it is about a condition or a therapy; other pages do not."
                ),
            ),
        )

    def __str__(self) -> str:
        return self.title
