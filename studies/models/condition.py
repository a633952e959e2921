"""What people have, and what is given for it."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from stemsite.clinic.claiming import refuse_claims
from stemsite.uses import Kept


class Condition(Kept):
    """A disease or complaint that guides and studies are about."""

    slug = models.SlugField(max_length=80, unique=True)
    name = models.CharField(max_length=120, unique=True)
    short_name = models.CharField(max_length=40, blank=True, help_text="As used in running text: ALS.")
    other_names = models.TextField(blank=True, help_text="One name per line; used by search and by machines.")
    codes = models.TextField(blank=True, help_text="One per line: ICD-10-CM G12.21")
    specialist = models.CharField(max_length=80, blank=True, help_text="Who treats it: neurologist.")
    symptoms = models.TextField(blank=True, help_text="One per line, in plain words.")
    changed_at = models.DateTimeField(auto_now=True)
    is_sample = models.BooleanField("made by the example site", default=False, editable=False)

    USE_KIND: ClassVar[str] = "condition"

    def __str__(self) -> str:
        return self.name

    @property
    def spoken_name(self) -> str:
        return self.short_name or self.name


class Intervention(Kept):
    """A treatment with its regulatory status, from which notices follow."""

    class Status(models.TextChoices):
        APPROVED = "approved", "Approved by the FDA for this use"
        INVESTIGATIONAL = "investigational", "Being studied under FDA rules, not approved"
        UNAPPROVED = "unapproved", "Not approved by the FDA"
        DISCONTINUED = "discontinued", "Not approved; development stopped"

    slug = models.SlugField(max_length=80, unique=True)
    name = models.CharField(max_length=160, unique=True)
    description = models.CharField(max_length=300, blank=True)
    status = models.CharField("regulatory status", max_length=20, choices=Status, default=Status.UNAPPROVED)
    status_note = models.CharField(max_length=300, blank=True, help_text="Where and when this was checked.")
    changed_at = models.DateTimeField(auto_now=True)
    is_sample = models.BooleanField("made by the example site", default=False, editable=False)

    USE_KIND: ClassVar[str] = "intervention"

    def __str__(self) -> str:
        return self.name

    def clean(self) -> None:
        refuse_claims(self, "description")

    @property
    def is_approved(self) -> bool:
        return self.status == self.Status.APPROVED
