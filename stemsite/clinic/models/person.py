"""Authors and medical reviewers, as readers meet them."""

from __future__ import annotations

import datetime
from typing import ClassVar, Self

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone

from stemsite.uses import Kept, KeptQuerySet

from ..claiming import refuse_claims


def initials_of(name: str) -> str:
    """First letters of the first and the last name, for the drawn portrait."""
    words = [word for word in name.split() if word[:1].isalpha()]
    return "".join(word[0] for word in (words[:1] + words[-1:] if len(words) > 1 else words)).upper()


class PersonQuerySet(KeptQuerySet["Person"]):
    def lapsed(self, on: datetime.date | None = None) -> Self:
        """People who cannot sign on that day; see ``Person.credential_is_valid``."""
        past = Q(licence_valid_until__lt=on or timezone.localdate())
        return self.filter(past | Q(is_former=True) | Q(is_reviewer=False))


class Person(Kept):
    """A professional profile. What a signed page prints is copied into the signature, never read from here."""

    user = models.OneToOneField(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="person"
    )
    name = models.CharField(max_length=120, help_text="Without titles: Maria Lopez.")
    slug = models.SlugField(max_length=120, unique=True)
    credentials = models.CharField(max_length=80, blank=True, help_text="As printed after the name: MD, PhD.")
    is_author = models.BooleanField("writes pages", default=False)
    is_reviewer = models.BooleanField("reviews pages medically", default=False)
    degrees = models.TextField(blank=True)
    specialty = models.CharField(max_length=120, blank=True)
    board = models.CharField("board certification", max_length=160, blank=True)
    certifying_body = models.CharField(max_length=160, blank=True)
    licence_state = models.CharField("state of licence", max_length=60, blank=True)
    licence_number = models.CharField(max_length=60, blank=True)
    licence_url = models.URLField("public licence look-up", blank=True)
    licence_valid_until = models.DateField(
        null=True, blank=True, help_text="After this day the person cannot sign. Empty: no end is known."
    )
    orcid = models.CharField("ORCID", max_length=19, blank=True)
    experience = models.TextField(blank=True)
    conflict = models.TextField("conflict of interest statement", blank=True)
    conflict_on = models.DateField("date of that statement", null=True, blank=True)
    photo = models.ForeignKey(
        "images.Picture", on_delete=models.PROTECT, null=True, blank=True, related_name="people", verbose_name="photo"
    )
    is_former = models.BooleanField("has left the clinic", default=False)
    is_sample = models.BooleanField("made by the example site", default=False, editable=False)

    objects = PersonQuerySet.as_manager()  # type: ignore[misc]

    USE_KIND: ClassVar[str] = "person"
    INSTEAD: ClassVar[str] = (
        "Mark the person as having left the clinic instead: bylines stay, and nothing more can be signed."
    )

    class Meta:
        verbose_name_plural = "people"
        constraints = (
            models.CheckConstraint(
                name="person_reviewer_has_credentials",
                condition=Q(is_reviewer=False) | ~Q(credentials=""),
                violation_error_message="A medical reviewer needs credentials.",
            ),
        )

    def __str__(self) -> str:
        return f"{self.name}, {self.credentials}" if self.credentials else self.name

    def get_absolute_url(self) -> str:
        return reverse("articles:person", args=[self.slug])

    def clean(self) -> None:
        before = Person.objects.filter(pk=self.pk).values_list("slug", flat=True).first() if self.pk else None
        if before not in {None, self.slug} and self.is_used():
            raise ValidationError(
                {"slug": "Published bylines link to this address, so it stays. Everything else can be changed."}
            )
        refuse_claims(self, "credentials", "degrees", "specialty", "board", "certifying_body", "experience", "conflict")

    def credential_is_valid(self, on: datetime.date | None = None) -> bool:
        day = on or timezone.localdate()
        return (
            self.is_reviewer
            and not self.is_former
            and (self.licence_valid_until is None or self.licence_valid_until >= day)
        )
