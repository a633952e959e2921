"""The site's frame: menu and footer links, edited in the admin."""

from __future__ import annotations

import re

from django.core.exceptions import ValidationError
from django.db import models

from stemsite.clinic.claiming import refuse_claims

LOCAL = re.compile(r"/(?![/\\])[^\s\\]*")


class FrameLink(models.Model):
    label = models.CharField(max_length=40)
    path = models.CharField("address", max_length=200, help_text="On this site, such as /conditions/.")
    ordering = models.PositiveSmallIntegerField(default=0)
    is_sample = models.BooleanField("made by the example site", default=False, editable=False)

    class Meta:
        abstract = True
        ordering = ("ordering", "pk")

    def __str__(self) -> str:
        return self.label

    def clean(self) -> None:
        if not LOCAL.fullmatch(self.path):
            raise ValidationError({"path": "Use an address on this site that begins with one slash: /conditions/."})
        refuse_claims(self, "label")


class MenuItem(FrameLink):
    pass


class FooterLink(FrameLink):
    pass
