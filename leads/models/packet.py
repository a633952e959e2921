"""The information packet as staff write it, and the log of what went out to whom."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q, Value
from django.db.models.functions import Coalesce
from django.utils import timezone

from articles.models import Article
from stemsite.crypto import BlindIndexField, SealedTextField
from stemsite.publishing.models import Page
from stemsite.publishing.models.page import PageQuerySet
from stemsite.publishing.prose import ProseField
from studies.models import Study

from .request import PacketRequest


class Packet(Page):
    """A packet about one condition, made from its guide and studies; without a guide, the general one about us.

    It says nothing medical that is not live and signed elsewhere, and no address leads to it: its readers
    reach it by the letter they asked for.
    """

    guide = models.ForeignKey(
        Article,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="packets",
        limit_choices_to=Q(kind=Article.Kind.GUIDE, subject=Article.Subject.CONDITION),
        help_text="The condition guide it is made from. Empty: the general packet, made from service pages.",
    )
    studies = models.ManyToManyField(Study, blank=True, related_name="packets")
    services = models.ManyToManyField(
        Article,
        blank=True,
        related_name="packets_about_us",
        limit_choices_to=Q(kind=Article.Kind.SERVICE),
        verbose_name="service pages",
        help_text="Pages about how the clinic works, printed under “How it works and what it costs”.",
    )
    letter = ProseField(help_text="The first page, after “Dear ...”. Write it to one person.")
    unknowns = ProseField("what is not known", help_text="Printed after what the guide says of it.")
    process = ProseField("how it works and what it costs", help_text="Printed before the service pages.")
    options = ProseField("other options", help_text="Printed after the guide's treatments and the registered trials.")
    questions = ProseField(
        "questions to ask", help_text="One bulleted list, printed after the guide's. For any clinic, ours included."
    )

    objects = PageQuerySet["Packet"].as_manager()  # type: ignore[misc]

    FAMILY = "packet"
    HAS_ADDRESS = False

    class Meta:
        constraints = (
            models.UniqueConstraint(
                Coalesce("guide", Value(0)),
                name="packet_one_for_each_guide",
                violation_error_message="There is a packet for this guide already (or a general one). Edit that one.",
            ),
        )

    def __str__(self) -> str:
        return self.title


class PacketCopy(models.Model):
    """One packet as it went out: enough to make the very same one again (LEAD-89, LEAD-92).

    Which version it was tells what a person has, so that and the hash of its words are sealed.
    """

    class How(models.TextChoices):
        LINK = "link", "Letter with a link"
        ATTACHED = "attached", "Letter with the file"
        FETCHED = "fetched", "File fetched from the link"

    request = models.ForeignKey(PacketRequest, on_delete=models.PROTECT, related_name="copies")
    how = models.CharField(max_length=10, choices=How)
    made_at = models.DateTimeField("as of", default=timezone.now)
    version = SealedTextField(blank=True)
    version_index = BlindIndexField(source="version", kind="text")
    content_hash = SealedTextField(blank=True)
    template = models.PositiveSmallIntegerField()
    is_sample = models.BooleanField("made by the example site", default=False, editable=False)

    EMPTIED: ClassVar[dict[str, str | None]] = {"version": "", "version_index": None, "content_hash": ""}
    """What is left of a copy when its request is emptied: that there was one."""

    class Meta:
        verbose_name_plural = "packet copies"
        indexes = (models.Index(fields=["version_index"], name="packetcopy_version"),)

    def __str__(self) -> str:
        return f"Packet copy {self.pk}"
