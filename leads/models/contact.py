"""A person who asked, known by an opaque reference; everything personal is sealed."""

from __future__ import annotations

import secrets
from typing import Self

from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from stemsite.crypto import BlindIndexField, SealedTextField, index_values

ALPHABET = "23456789ABCDEFGHJKMNPQRSTVWXYZ"
"""Without letters and digits that are taken for one another on the phone."""


def new_reference() -> str:
    """Such as ``L-7K3Q-9M2X``: it can be said aloud, and tells nothing."""
    drawn = "".join(secrets.choice(ALPHABET) for _ in range(8))
    return f"L-{drawn[:4]}-{drawn[4:]}"


class ContactQuerySet(models.QuerySet["Contact"]):
    def with_email(self, email: str) -> Self:
        return self.filter(email_index__in=index_values("email", email))

    def with_phone(self, phone: str) -> Self:
        return self.filter(phone_index__in=index_values("phone", phone))

    def of_person(self, contact: Contact) -> Self:
        """Every record of the person whom ``contact`` is a record of."""
        head = contact.joined_to_id or contact.pk
        return self.filter(Q(pk=head) | Q(joined_to=head))


class Contact(models.Model):
    """One person. Many requests, consents and letters belong to it; erasing empties it and keeps the reference."""

    reference = models.CharField(max_length=12, unique=True, default=new_reference, editable=False)
    name = SealedTextField(blank=True)
    email = SealedTextField("e-mail", blank=True)
    email_index = BlindIndexField(source="email", kind="email")
    phone = SealedTextField(blank=True)
    phone_index = BlindIndexField(source="phone", kind="phone")
    created_at = models.DateTimeField(default=timezone.now, db_index=True)
    hold_reason = models.CharField(
        "legal hold", max_length=200, blank=True, help_text="While a reason stands here, nothing is erased."
    )
    erased_at = models.DateTimeField(null=True, blank=True, editable=False)
    joined_to = models.ForeignKey(
        "self",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        editable=False,
        related_name="joined",
        db_index=False,  # The index below leaves out those of nearly everybody: a planner takes "is null" for few rows.
    )
    """The record that this person is known by, where staff found two of one person; nothing moves by that."""
    is_sample = models.BooleanField("made by the example site", default=False, editable=False)

    objects = ContactQuerySet.as_manager()

    class Meta:
        indexes = (
            models.Index(fields=["phone_index"], name="contact_phone_index"),
            models.Index(fields=["joined_to"], name="contact_joined", condition=Q(joined_to__isnull=False)),
            models.Index(
                fields=["-created_at", "-id"],
                name="contact_newest",
                condition=Q(erased_at__isnull=True, joined_to__isnull=True),
            ),
        )
        constraints = (
            models.UniqueConstraint(
                fields=["email_index"],
                name="contact_email_once",
                violation_error_message="A contact with this e-mail address exists.",
            ),
            models.UniqueConstraint(
                fields=["phone_index"],
                condition=Q(email_index__isnull=True),
                name="contact_phone_alone_once",
                violation_error_message="A contact with this phone number and no e-mail address exists.",
            ),
            models.CheckConstraint(
                name="contact_erased_is_empty",
                condition=Q(erased_at__isnull=True) | Q(email_index__isnull=True, phone_index__isnull=True),
                violation_error_message="An erased contact holds neither address nor number.",
            ),
            models.CheckConstraint(
                name="contact_not_joined_to_itself",
                condition=~Q(joined_to=F("pk")),
                violation_error_message="A record is not joined to itself.",
            ),
        )

    def __str__(self) -> str:
        return self.reference

    @property
    def is_erased(self) -> bool:
        return self.erased_at is not None

    def records(self) -> list[Contact]:
        """All records of this person, the one they are known by first (LEAD-99)."""
        return sorted(Contact.objects.of_person(self), key=lambda each: (each.joined_to_id is not None, each.pk))
