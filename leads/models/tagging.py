"""Words of staff about a person, to find people by; sealed, as a word may name a condition (LEAD-101, LEAD-107)."""

from __future__ import annotations

from django.db import models

from stemsite.crypto import BlindIndexField, SealedTextField

from .contact import Contact

LONGEST_TAG = 40


class ContactTag(models.Model):
    contact = models.ForeignKey(Contact, on_delete=models.CASCADE, related_name="tags")
    name = SealedTextField()
    name_index = BlindIndexField(source="name", kind="text", db_index=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=["contact", "name_index"],
                name="contacttag_once",
                violation_error_message="This person has that tag.",
            ),
        )

    def __str__(self) -> str:
        return f"Tag {self.pk}"
