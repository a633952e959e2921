"""The home page's sections: their headings, words and order, edited in the admin (PUB-143, PAGE-20)."""

from __future__ import annotations

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q

from stemsite.clinic.claiming import refuse_claims
from stemsite.publishing.prose import EXTENSIONS, ProseField, text_of

IN_PLACE = {name: options for name, options in EXTENSIONS.items() if name != "Citation"}
"""What stands here cites nothing: a claim belongs on a page that is signed."""


class HomeSection(models.Model):
    """One section of the home page. What every home page has (PAGE-20) can be renamed and moved, never left out."""

    class Part(models.TextChoices):
        CONDITIONS = "conditions", "Condition guides and studies"
        THERAPIES = "therapies", "Therapy guides"
        ARTICLES = "articles", "Newest articles"
        HOW = "how", "How pages are made"
        CORRECTIONS = "corrections", "Changes and corrections"
        REACH = "reach", "How to reach us"
        WORDS = "words", "Words of your own"

    part = models.CharField(max_length=20, choices=Part, default=Part.WORDS, editable=False)
    heading = models.CharField(max_length=80)
    html = ProseField(
        "text", extensions=IN_PLACE, help_text="Stands under the heading, before the list if there is one."
    )
    ordering = models.PositiveSmallIntegerField("position", default=100)

    class Meta:
        verbose_name = "section of the home page"
        verbose_name_plural = "sections of the home page"
        ordering = ("ordering", "pk")
        constraints = (
            models.UniqueConstraint(fields=["part"], condition=~Q(part="words"), name="home_section_part_unique"),
        )

    def __str__(self) -> str:
        return self.heading

    @property
    def words(self) -> str:
        return text_of(self.html)

    def clean(self) -> None:
        if self.part in {self.Part.WORDS, self.Part.HOW} and not self.words:
            raise ValidationError({"html": "This section is its words. Write some, or delete the section."})
        if "<cite" in self.html:
            raise ValidationError(
                {"html": "The home page cites nothing. Say this on a page, cite it there, and link to it."}
            )
        refuse_claims(self, "heading")
        try:
            refuse_claims(self, "words")
        except ValidationError as refused:
            raise ValidationError({"html": refused.message_dict["words"]}) from refused


HOW = (
    "<ol><li><p>We read the published studies, not only the news about them. Every claim leads to its source.</p></li>"
    "<li><p>We say how many people took part, whom they were compared with, and what went wrong.</p></li>"
    "<li><p>A named clinician reads every medical page and signs that very text. The date stands on the page.</p></li>"
    '<li><p>When we are wrong, we correct it and <a href="/corrections/">say so in public</a>.</p></li></ol>'
)
AT_FIRST: tuple[tuple[str, str, str], ...] = (
    (HomeSection.Part.CONDITIONS, "Conditions", ""),
    (HomeSection.Part.THERAPIES, "Therapies", ""),
    (HomeSection.Part.ARTICLES, "Newest articles", ""),
    (HomeSection.Part.HOW, "How we make these pages", HOW),
    (HomeSection.Part.CORRECTIONS, "Changes and corrections", ""),
    (HomeSection.Part.REACH, "How to reach us", ""),
)
"""Part, heading and text, in this order, until somebody changes them."""


def home_sections() -> list[HomeSection]:
    """In their order; a part that has no row yet stands at its first place, so none is ever missing."""
    rows = list(HomeSection.objects.order_by("ordering", "pk"))
    there = {row.part for row in rows}
    missing = (
        HomeSection(part=part, heading=heading, html=html, ordering=number * 10)
        for number, (part, heading, html) in enumerate(AT_FIRST, start=1)
        if part not in there
    )
    return sorted([*rows, *missing], key=lambda row: row.ordering)
