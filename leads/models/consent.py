"""The consent ledger: what a person allowed and took back, when, where, and in which words (LEAD-35)."""

from __future__ import annotations

from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import OuterRef, Q, Subquery
from django.utils import timezone

from stemsite.appendonly import AppendOnlyModel, AppendOnlyQuerySet
from stemsite.crypto import SealedTextField

from .contact import Contact


class ConsentQuerySet(AppendOnlyQuerySet["Consent"]):
    def standing(self) -> Self:
        """The newest entry of each contact and purpose: what is allowed now (LEAD-36)."""
        same = self.model._default_manager.filter(contact=OuterRef("contact"), purpose=OuterRef("purpose"))
        return self.filter(pk=Subquery(same.order_by("-pk").values("pk")[:1]))

    def allowing(self) -> Self:
        return self.standing().filter(action__in=Consent.ALLOWING)


class Consent(AppendOnlyModel):
    """One entry. It is never changed; taking back is another entry."""

    class Purpose(models.TextChoices):
        PACKET = "packet", "Information packet"
        NEWSLETTER = "newsletter", "Newsletter"
        CALL = "call", "Phone call"
        HEALTH = "health", "Use of health information"

    class Action(models.TextChoices):
        GIVEN = "given", "Given"
        CONFIRMED = "confirmed", "Confirmed"
        WITHDRAWN = "withdrawn", "Withdrawn"
        EXPIRED = "expired", "Expired"

    class Method(models.TextChoices):
        FORM = "form", "Form on the site"
        TOKEN_PAGE = "token page", "Link in a letter"
        PHONE = "phone", "Told to staff by phone"
        MAIL = "mail", "Written to us"
        PERSON = "in person", "Told to staff in person"
        IMPORT = "import", "Imported list"
        SYSTEM = "system", "End of its time"
        JOINING = "joining", "Two records of one person"

    contact = models.ForeignKey(Contact, on_delete=models.PROTECT, related_name="consents")
    purpose = models.CharField(max_length=12, choices=Purpose)
    action = models.CharField(max_length=12, choices=Action)
    method = models.CharField(max_length=12, choices=Method)
    at = models.DateTimeField(default=timezone.now)
    wording_kind = models.CharField(max_length=20, blank=True)
    wording_version = models.PositiveIntegerField(null=True, blank=True)
    wording_hash = models.CharField("SHA-256 of the wording", max_length=64, blank=True)
    locale = models.CharField(max_length=10, default="en-US")
    policy_version = models.CharField(max_length=80, blank=True)
    page_path = SealedTextField(blank=True)
    page_version = SealedTextField(blank=True)
    network = models.CharField("keyed hash of the network", max_length=32, blank=True)
    token_issued_at = models.DateTimeField(null=True, blank=True)
    token_used_at = models.DateTimeField(null=True, blank=True)
    evidence = SealedTextField("evidence of an import or a call", blank=True)
    evidence_on = models.DateField("day of that evidence", null=True, blank=True)
    operator = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="consents_taken"
    )
    is_sample = models.BooleanField("made by the example site", default=False, editable=False)

    objects = ConsentQuerySet.as_manager()  # type: ignore[misc]

    ALLOWING = (Action.GIVEN, Action.CONFIRMED)
    TOLD = (Method.PHONE, Method.MAIL, Method.PERSON)
    """Ways by which it reaches staff, who enter it: taking back is free of form (LEAD-125)."""

    class Meta:
        indexes = (models.Index(fields=["contact", "purpose", "-id"], name="consent_newest"),)
        constraints = (
            models.CheckConstraint(
                name="consent_names_its_wording",
                condition=~Q(action="given") | Q(wording_version__isnull=False) & ~Q(wording_hash=""),
                violation_error_message="A consent that was given names the wording it was given to.",
            ),
            models.CheckConstraint(
                name="consent_told_names_the_operator",
                condition=~Q(method__in=["phone", "mail", "in person"]) | Q(operator__isnull=False),
                violation_error_message="What somebody told staff names who entered it.",
            ),
            models.CheckConstraint(
                name="consent_import_has_evidence",
                condition=~Q(method="import") | Q(evidence_on__isnull=False),
                violation_error_message="An imported consent carries its evidence.",
            ),
        )

    def __str__(self) -> str:
        return f"{self.get_purpose_display()}: {self.get_action_display().lower()}"
