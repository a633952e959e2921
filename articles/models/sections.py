"""Typed sections: ordinary rows, edited in place, frozen into a Version."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING, Any

from content_editor.models import create_plugin_base
from django.db import models
from django.utils.text import Truncator

from stemsite.publishing.prose import ProseField

from .article import Article

if TYPE_CHECKING:

    class _PluginBase(models.Model):
        parent = models.ForeignKey(Article, related_name="%(app_label)s_%(class)s_set", on_delete=models.CASCADE)
        region = models.CharField(max_length=255)
        ordering = models.IntegerField(default=0)

        class Meta:
            abstract = True

else:
    _PluginBase = create_plugin_base(Article)


class SectionBase(_PluginBase):
    """``key`` is the section's identity across versions; ``anchor`` is fixed with its first published heading."""

    class Role(models.TextChoices):
        KEY_POINTS = "key points", "Key points"
        WHAT_IT_IS = "what it is", "What it is"
        SYMPTOMS = "symptoms", "Symptoms"
        TREATMENTS = "treatments", "How it is treated today"
        RESEARCH = "research", "What research is looking at"
        UNKNOWNS = "unknowns", "What we do not know"
        HARMS = "harms", "Possible harms"
        COSTS = "costs", "Costs and who pays"
        QUESTIONS = "questions", "Questions to ask your doctor"
        HELP = "help", "Where to get help"
        NEXT_STEPS = "next steps", "What to do next"

    key = models.UUIDField(default=uuid.uuid4, editable=False)
    anchor = models.SlugField(max_length=80, blank=True, editable=False)
    role = models.CharField(max_length=20, choices=Role, blank=True, help_text="What this part of a guide is about.")
    heading = models.CharField(max_length=160, blank=True)

    class Meta(_PluginBase.Meta):
        abstract = True
        app_label = "articles"
        ordering = ("ordering",)

    def __str__(self) -> str:
        words = self.heading or Truncator(self.plain_text()).words(8)
        return f"{self._meta.verbose_name}: {words}".rstrip(": ")

    def plain_text(self) -> str:
        return ""


class TextSection(SectionBase):
    html = ProseField("text")

    class Meta(SectionBase.Meta):
        verbose_name = "text"
        verbose_name_plural = "texts"


class ListSection(SectionBase):
    intro = models.TextField("introduction", blank=True)
    html = ProseField("points", help_text="One bulleted or numbered list.")

    class Meta(SectionBase.Meta):
        verbose_name = "list"
        verbose_name_plural = "lists"


class CalloutSection(SectionBase):
    class Tone(models.TextChoices):
        EMERGENCY = "emergency", "Emergency"
        DOCTOR = "doctor", "See a doctor soon"
        KNOW = "know", "Good to know"
        DO = "do", "Do"
        DONT = "dont", "Do not"

    tone = models.CharField("kind", max_length=10, choices=Tone, default=Tone.KNOW)
    html = ProseField("text")

    class Meta(SectionBase.Meta):
        verbose_name = "call-out"
        verbose_name_plural = "call-outs"


class StudySection(SectionBase):
    study = models.ForeignKey("studies.Study", on_delete=models.PROTECT, related_name="sections")
    html = ProseField("what this page adds")

    class Meta(SectionBase.Meta):
        verbose_name = "study summary"
        verbose_name_plural = "study summaries"


class FigureSection(SectionBase):
    class Drawing(models.TextChoices):
        MOTOR_NEURON_PATH = "motor-neuron-path", "From brain to spinal cord to muscle"
        TRIAL_PHASES = "trial-phases", "Trial phases: more people at each step"
        COMPARISON_GROUP = "comparison-group", "How a comparison group works"
        INTRATHECAL_ROUTE = "intrathecal-route", "Into the fluid around the spinal cord"

    picture = models.ForeignKey(
        "images.Picture", on_delete=models.PROTECT, null=True, blank=True, related_name="figure_sections"
    )
    drawing = models.CharField(max_length=40, choices=Drawing, blank=True)
    alt = models.CharField("alternative text", max_length=300, blank=True, help_text="What the picture tells.")
    decorative = models.BooleanField("decorative: tells nothing the text does not", default=False)
    caption = models.CharField(max_length=300, blank=True)

    class Meta(SectionBase.Meta):
        verbose_name = "figure"
        verbose_name_plural = "figures"
        constraints = (
            models.CheckConstraint(
                name="figure_is_picture_or_drawing",
                condition=models.Q(picture__isnull=False) & models.Q(drawing="")
                | models.Q(picture__isnull=True) & ~models.Q(drawing=""),
                violation_error_message="Choose a picture or a drawing, not both.",
            ),
        )


class FaqSection(SectionBase):
    html = ProseField(
        "questions and answers", help_text="Each question as a heading, its answer in the paragraphs below."
    )

    class Meta(SectionBase.Meta):
        verbose_name = "questions and answers"
        verbose_name_plural = "questions and answers"


class ChecklistSection(SectionBase):
    intro = models.TextField("introduction", blank=True)
    html = ProseField("items", help_text="One bulleted list.")

    class Meta(SectionBase.Meta):
        verbose_name = "checklist"
        verbose_name_plural = "checklists"


class ActionSection(SectionBase):
    class Action(models.TextChoices):
        CONSULTATION = "consultation", "Ask for a consultation"
        PACKET = "packet", "Ask for the information packet"
        NEWSLETTER = "newsletter", "Join the newsletter"
        BLOG = "blog", "Read our articles"

    action = models.CharField(max_length=20, choices=Action, default=Action.CONSULTATION)
    html = ProseField("text")

    class Meta(SectionBase.Meta):
        verbose_name = "call to action"
        verbose_name_plural = "calls to action"


SECTION_MODELS: tuple[type[Any], ...] = (
    TextSection,
    ListSection,
    CalloutSection,
    StudySection,
    FigureSection,
    FaqSection,
    ChecklistSection,
    ActionSection,
)
