"""The glossary: what a term means in plain words, and which words a clinician signed for readers."""

from __future__ import annotations

import hashlib
import re
from typing import Any, ClassVar, Self

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import RegexValidator
from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from stemsite.appendonly import AppendOnlyModel, AppendOnlyQuerySet
from stemsite.clinic.claiming import refuse_claims
from stemsite.uses import Kept, KeptQuerySet

MOST_WORDS = 40
SHORTEST_NAME = 3
"""Shorter names are links in too many wrong places; capitals (``MS``) may have two letters."""

ABBREVIATION = re.compile(r"[A-Z][A-Z0-9-]*[A-Z0-9]")
"""A name of capitals alone: said in full beside it, and met in the text in capitals alone."""

ANCHOR = RegexValidator(
    r"^(?!main$|letter-)[a-z][a-z0-9-]*$",
    "Use small letters, digits and hyphens, beginning with a letter. “main” and “letter-…” belong to the page itself.",
)


def at_most_40_words(text: str) -> None:
    """PAGE-43"""
    if (number := len(text.split())) > MOST_WORDS:
        raise ValidationError(f"These are {number} words. A definition has at most {MOST_WORDS}.")


class TermWords(models.Model):
    """What the glossary says of one term."""

    name = models.CharField(
        max_length=80, help_text="As it stands in our texts, in the singular: motor neuron, or ALS."
    )
    expansion = models.CharField(
        "said in full", max_length=160, blank=True, help_text="For an abbreviation: amyotrophic lateral sclerosis."
    )
    other_names = models.TextField(
        "also called", blank=True, help_text="Other words for the same, one a line. They lead here as well."
    )
    definition = models.TextField(
        validators=[at_most_40_words],
        max_length=400,
        help_text=f"One plain sentence or two, at most {MOST_WORDS} words, without a claim and without a source.",
    )

    SAID: ClassVar[tuple[str, ...]] = ("name", "expansion", "other_names", "definition")

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return self.name

    @property
    def words(self) -> dict[str, str]:
        return {name: getattr(self, name) for name in self.SAID}

    @property
    def digest(self) -> str:
        """SHA-256 of all that is said: a signature belongs to exactly this."""
        return hashlib.sha256("\n\0".join(self.words.values()).encode()).hexdigest()

    @property
    def others(self) -> tuple[str, ...]:
        return tuple(filter(None, (" ".join(line.split()) for line in self.other_names.splitlines())))

    @property
    def names(self) -> tuple[str, ...]:
        """Everything it goes by, its name first."""
        return tuple(dict.fromkeys(filter(None, (self.name, self.expansion, *self.others))))


class Definition(TermWords, AppendOnlyModel):
    """The words of a term as a clinician signed them; the glossary shows these and nothing else."""

    term = models.ForeignKey("articles.Term", on_delete=models.PROTECT, related_name="definitions")
    content_hash = models.CharField(max_length=64, editable=False)
    signed_at = models.DateTimeField(default=timezone.now)
    signed_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    written_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    person = models.ForeignKey("clinic.Person", on_delete=models.PROTECT, related_name="definitions_signed")
    reviewer = models.CharField("name under the signature", max_length=120)
    credentials = models.CharField(max_length=80)
    statement = models.TextField()
    reviewed_on = models.DateField()
    review_due_on = models.DateField()
    is_sample = models.BooleanField("made by the example site", default=False)

    objects = AppendOnlyQuerySet["Definition"].as_manager()  # type: ignore[misc]

    class Meta:
        constraints = (
            models.CheckConstraint(
                name="definition_says_something",
                condition=~Q(name="") & ~Q(definition="") & ~Q(reviewer="") & ~Q(credentials=""),
                violation_error_message="A signed definition has a name, its words, and a reviewer with credentials.",
            ),
            models.CheckConstraint(
                name="definition_signed_by_another",
                condition=~Q(signed_by=F("written_by")),
                violation_error_message="Nobody signs their own words.",
            ),
            models.CheckConstraint(
                name="definition_due_after_review",
                condition=Q(review_due_on__gt=F("reviewed_on")),
                violation_error_message="The next review comes after this one.",
            ),
        )

    def save(self, *args: Any, **kwargs: Any) -> None:
        self.content_hash = self.digest
        super().save(*args, **kwargs)

    @property
    def is_intact(self) -> bool:
        return self.content_hash == self.digest


class TermQuerySet(KeptQuerySet["Term"]):
    def public(self) -> Self:
        """Terms of which readers see signed words."""
        return self.filter(live__isnull=False)

    def unsigned(self) -> Self:
        """Terms whose words wait for a signature: new ones and changed ones, not those that were taken out."""
        same = Q(**{f"live__{name}": F(name) for name in Term.SAID})
        return self.filter(Q(live=None) | ~same, withdrawn_at=None)

    def overdue(self) -> Self:
        return self.filter(live__review_due_on__lt=timezone.localdate())


class Term(TermWords, Kept):
    """A term as staff write it; readers see the newest signed words, ``live``, until others are signed."""

    slug = models.SlugField(
        "anchor",
        max_length=80,
        unique=True,
        validators=[ANCHOR],
        help_text="Its place on the page: /glossary/#motor-neuron. It stays for ever once the term is public.",
    )
    live = models.OneToOneField(
        Definition, on_delete=models.PROTECT, null=True, blank=True, editable=False, related_name="+"
    )
    written_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, editable=False, related_name="terms_written"
    )
    written_at = models.DateTimeField(default=timezone.now, editable=False)
    withdrawn_at = models.DateTimeField("taken out", null=True, blank=True, editable=False)
    is_sample = models.BooleanField("made by the example site", default=False, editable=False)

    objects = TermQuerySet.as_manager()  # type: ignore[misc]

    USE_KIND: ClassVar[str] = "term"
    INSTEAD: ClassVar[str] = "Take it out of the glossary instead: its signed words stay for the record."

    class Meta:
        verbose_name = "glossary term"
        constraints = (
            models.UniqueConstraint(
                fields=["name"], name="term_name_unique", violation_error_message="The glossary has this term already."
            ),
            models.CheckConstraint(
                name="term_says_something",
                condition=~Q(name="") & ~Q(definition="") & ~Q(slug=""),
                violation_error_message="A term has a name, an anchor and its definition.",
            ),
            models.CheckConstraint(
                name="term_taken_out_is_not_public",
                condition=Q(withdrawn_at=None) | Q(live=None),
                violation_error_message="A term that was taken out is not public.",
            ),
        )

    def get_absolute_url(self) -> str:
        return f"/glossary/#{self.slug}"

    def clean(self) -> None:
        self.name, self.expansion = (" ".join(text.split()) for text in (self.name, self.expansion))
        self.definition = " ".join(self.definition.split())
        if ABBREVIATION.fullmatch(self.name) and not self.expansion:
            raise ValidationError({"expansion": f"Say what {self.name} stands for."})
        self._refuse_names()
        self._refuse_another_anchor()
        refuse_claims(self, *self.SAID)

    def _refuse_names(self) -> None:
        if short := [name for name in self.names if len(name) < SHORTEST_NAME and not ABBREVIATION.fullmatch(name)]:
            raise ValidationError({"other_names": f"“{short[0]}” is too short to be told from other words."})
        mine = {name.casefold() for name in self.names}
        for other in Term.objects.exclude(pk=self.pk).select_related("live").order_by("name", "pk"):
            theirs = {*other.names, *(other.live.names if other.live else ())}
            if shared := sorted(mine & {name.casefold() for name in theirs}):
                raise ValidationError(f"“{shared[0]}” leads to “{other}” already. One name has one meaning here.")

    def _refuse_another_anchor(self) -> None:
        before = Term.objects.filter(pk=self.pk).values_list("slug", flat=True).first() if self.pk else None
        if before not in {None, self.slug} and self.definitions.exists():
            raise ValidationError({"slug": "Pages and other sites may link to this anchor, so it stays."})

    @property
    def is_signed_as_it_stands(self) -> bool:
        return self.live is not None and self.live.words == self.words
