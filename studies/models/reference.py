"""What we cite."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar, Self

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q, Value
from django.db.models.functions import Lower, Replace
from django.db.models.lookups import Exact

from stemsite.uses import Kept, KeptQuerySet
from studies.identifiers import Kind as IdentifierKind
from studies.identifiers import normalise
from studies.sources.words import without_tags

IDENTIFIERS: Mapping[str, tuple[IdentifierKind, str]] = {
    "doi": ("doi", "DOI"),
    "pmid": ("pmid", "PMID"),
    "pmcid": ("pmcid", "PMCID"),
    "registry_id": ("trial", "registry number"),
}
"""Columns that identify a work: the kind of identifier, and its name in words."""
_WRITTEN = {
    "doi": "A DOI is written like 10.1007/s12015-020-10016-7.",
    "pmid": "A PMID is a number of one to eight digits.",
    "pmcid": "A PMCID is written like PMC7456414.",
    "registry_id": "A registry number has no blanks: NCT05695521.",
}


def _digits_gone(field: str) -> Any:
    """SQL: the column without its digits; checks with regular expressions would need Python at hand on SQLite."""
    bare: Any = F(field)
    for digit in "0123456789":
        bare = Replace(bare, Value(digit), Value(""))
    return bare


_YEAR = (MinValueValidator(1500), MaxValueValidator(2200))
_MONTH = (MinValueValidator(1), MaxValueValidator(12))
_DAY = (MinValueValidator(1), MaxValueValidator(31))


class ReferenceQuerySet(KeptQuerySet["Reference"]):
    def citable(self) -> Self:
        return self.filter(is_retired=False)

    def matching(self, words: str) -> Self:
        """References whose author, title, DOI, PMID or registry number holds every word."""
        found = self
        for word in words.split()[:8]:
            found = found.filter(
                Q(title__icontains=word)
                | Q(author_names__icontains=word)
                | Q(doi__icontains=word)
                | Q(pmid__startswith=word)
                | Q(registry_id__icontains=word)
                | Q(outlet__icontains=word)
            )
        return found


class Reference(Kept):
    """A source: article, registration, web page or news item. Rendered text lives only inside Versions."""

    class Kind(models.TextChoices):
        JOURNAL = "journal", "journal article"
        PREPRINT = "preprint", "preprint"
        NEWS = "news", "news item"
        WEB = "web", "web page"
        REGISTRATION = "registration", "trial registration"
        BOOK = "book", "book"
        CONFERENCE = "conference", "conference report"

    class Standing(models.TextChoices):
        NONE = "", "no notice known"
        NEWER = "new version", "newer version published"
        CORRECTED = "corrected", "corrected"
        CONCERN = "concern", "expression of concern"
        PARTLY_RETRACTED = "partly retracted", "partly retracted"
        RETRACTED = "retracted", "retracted"

    class Verdict(models.TextChoices):
        NOT_CHECKED = "not checked", "not checked"
        VERIFIED = "verified", "verified"
        MISMATCH = "mismatch", "differs from its record"
        WRONG_IDENTIFIER = "wrong identifier", "identifier leads to another work"
        NOT_FOUND = "not found", "no record found"
        SECONDARY = "secondary source", "secondary source"

    kind = models.CharField(max_length=20, choices=Kind, default=Kind.JOURNAL)
    title = models.CharField(max_length=600)
    title_display = models.CharField(
        "title as printed",
        max_length=600,
        blank=True,
        help_text="The same words in sentence case, where the record has capitals throughout. Empty: as recorded.",
    )
    authors = models.JSONField(
        default=list,
        blank=True,
        help_text='In order: [["Barczewska", "Monika"], ...]; a group as ["ALS Study Group"].',
    )
    editors = models.JSONField(default=list, blank=True, help_text="Of the book a chapter stands in, written alike.")
    author_names = models.TextField(editable=False, blank=True)
    journal = models.CharField(max_length=200, blank=True)
    journal_abbreviation = models.CharField("NLM abbreviation", max_length=120, blank=True)
    year = models.PositiveSmallIntegerField(null=True, blank=True, validators=_YEAR)
    month = models.PositiveSmallIntegerField(null=True, blank=True, validators=_MONTH)
    day = models.PositiveSmallIntegerField(null=True, blank=True, validators=_DAY)
    volume = models.CharField(max_length=40, blank=True)
    issue = models.CharField(max_length=40, blank=True)
    pages = models.CharField(max_length=60, blank=True)
    article_number = models.CharField(max_length=60, blank=True)
    doi = models.CharField("DOI", max_length=200, null=True, blank=True)
    pmid = models.CharField("PMID", max_length=8, null=True, blank=True)
    pmcid = models.CharField("PMCID", max_length=14, null=True, blank=True)
    registry = models.CharField(max_length=60, blank=True)
    registry_id = models.CharField("registry number", max_length=40, null=True, blank=True)
    url = models.URLField("address", max_length=500, blank=True)
    outlet = models.CharField("outlet or publisher", max_length=160, blank=True)
    updated_on = models.DateField("record updated", null=True, blank=True)
    accessed_on = models.DateField("accessed", null=True, blank=True)
    verdict = models.CharField(max_length=20, choices=Verdict, default=Verdict.NOT_CHECKED, editable=False)
    checked_on = models.DateField("record last checked", null=True, blank=True, editable=False)
    standing = models.CharField(max_length=20, choices=Standing, blank=True, default=Standing.NONE, editable=False)
    is_retired = models.BooleanField("retired: no longer offered", default=False)
    merged_into = models.ForeignKey(
        "self", on_delete=models.SET_NULL, null=True, blank=True, editable=False, related_name="merged"
    )
    note = models.TextField("note for staff", blank=True)
    printed = models.TextField(
        "words as printed", blank=True, editable=False, help_text="As they stood before anybody corrected them."
    )
    provenance = models.JSONField(
        default=dict, editable=False, help_text='Where a value came from: {"volume": "import 3", "title": "check 8"}.'
    )
    changed_at = models.DateTimeField(auto_now=True)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, editable=False, related_name="references"
    )
    is_sample = models.BooleanField("made by the example site", default=False, editable=False)

    objects = ReferenceQuerySet.as_manager()  # type: ignore[misc]

    USE_KIND: ClassVar[str] = "reference"
    INSTEAD: ClassVar[str] = "Mark it as retired instead: it is then no longer offered, and pages keep what they print."

    class Meta:
        constraints = (
            *(
                models.UniqueConstraint(
                    fields=[field],
                    condition=Q(is_retired=False),
                    name=f"reference_{field}_unique",
                    violation_error_message=f"A reference with this {name} exists.",
                )
                for field, (_, name) in IDENTIFIERS.items()
            ),
            models.CheckConstraint(
                name="reference_identifiers_are_null_or_filled",
                condition=~Q(doi="") & ~Q(pmid="") & ~Q(pmcid="") & ~Q(registry_id=""),
                violation_error_message="An empty identifier is left out, not stored as an empty text.",
            ),
            models.CheckConstraint(
                name="reference_doi_is_one",
                condition=Q(doi__isnull=True)
                | (Q(doi__startswith="10.") & Q(doi__contains="/") & ~Q(doi__contains=" ") & Q(doi=Lower("doi"))),
                violation_error_message=_WRITTEN["doi"],
            ),
            models.CheckConstraint(
                name="reference_pmid_is_one",
                condition=Q(pmid__isnull=True) | (Exact(_digits_gone("pmid"), Value("")) & ~Q(pmid__startswith="0")),
                violation_error_message=_WRITTEN["pmid"],
            ),
            models.CheckConstraint(
                name="reference_pmcid_is_one",
                condition=Q(pmcid__isnull=True) | Q(Exact(_digits_gone("pmcid"), Value("PMC"))),
                violation_error_message=_WRITTEN["pmcid"],
            ),
            models.CheckConstraint(
                name="reference_registry_number_is_of_a_registration",
                condition=Q(registry_id__isnull=True) | (Q(kind="registration") & ~Q(registry_id__contains=" ")),
                violation_error_message="A registry number identifies a registration; a paper only names its trial.",
            ),
            models.CheckConstraint(
                name="reference_merged_is_retired",
                condition=Q(merged_into__isnull=True) | (Q(is_retired=True) & ~Q(merged_into=models.F("pk"))),
                violation_error_message="A source that was merged into another is retired.",
            ),
            models.CheckConstraint(
                name="reference_date_is_possible",
                condition=(Q(month__isnull=True) | Q(month__range=(1, 12)))
                & (Q(day__isnull=True) | Q(day__range=(1, 31), month__isnull=False)),
                violation_error_message="A day needs its month, a month is 1 to 12, a day 1 to 31.",
            ),
        )

    def __str__(self) -> str:
        return f"{self.short} – {self.plain_title}"

    def save(self, *args: object, **kwargs: object) -> None:
        self.author_names = self._author_names()
        super().save(*args, **kwargs)  # type: ignore[arg-type]

    def clean(self) -> None:
        self._clean_identifiers()
        if self.title_display and without_tags(self.title_display).casefold() != without_tags(self.title).casefold():
            raise ValidationError({"title_display": "Only capitals may differ from the recorded title."})
        self.author_names = self._author_names()

    def _clean_identifiers(self) -> None:
        """One stored form of each, whatever was pasted; whose it is already is said by name (EVD-02)."""
        for field, (kind, name) in IDENTIFIERS.items():
            typed = (getattr(self, field) or "").strip()
            value = normalise(kind, typed) or ("".join(typed.split()) if field == "registry_id" else None)
            if typed and not value:
                raise ValidationError({field: _WRITTEN[field]})
            setattr(self, field, value or None)
            if not value or self.is_retired:
                continue
            if other := type(self).objects.citable().exclude(pk=self.pk).filter(**{field: value}).first():
                raise ValidationError({field: f"“{other}” has this {name} already."})

    def is_own(self, user: Any) -> bool:
        return user.pk is not None and user.pk == self.created_by_id

    def _author_names(self) -> str:
        return "; ".join(" ".join(str(part) for part in reversed(name)) for name in self.authors)

    @property
    def plain_title(self) -> str:
        """The title without its markup, as lists and letters name the work."""
        return without_tags(self.title)

    @property
    def short(self) -> str:
        """First author and year, as the margin and the picker show it."""
        first = self.authors[0][0] if self.authors else (self.registry_id or self.outlet or self.title[:40])
        return f"{first} {self.year}" if self.year else str(first)
