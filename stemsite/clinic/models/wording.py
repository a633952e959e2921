"""Versioned wordings: notices, consents and texts of forms as they stood at any time."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from typing import Any, ClassVar, Self

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import OuterRef, Subquery

from stemsite.appendonly import KeepsColumns
from stemsite.uses import Kept, KeptQuerySet

from ..claiming import refuse_claims
from ..labels import mistakes


class WordingQuerySet(KeptQuerySet["Wording"]):
    def current(self) -> Self:
        """The newest version of each kind in each jurisdiction."""
        newest = self.model.objects.filter(kind=OuterRef("kind"), jurisdiction=OuterRef("jurisdiction"))
        return self.filter(version=Subquery(newest.order_by("-version").values("version")[:1]))

    def older(self) -> Self:
        """Versions that a newer one of the same kind and jurisdiction has followed."""
        return self.exclude(pk__in=self.model.objects.current().values("pk"))


class Wording(Kept, KeepsColumns):
    """One version of one notice. A change is a new row, so that a frozen page can name what it carries."""

    class Kind(models.TextChoices):
        STATUS = "status", "Regulatory status (short)"
        STATUS_FULL = "status_full", "Regulatory status (full)"
        STATUS_OFFER = "status_offer", "Regulatory status (short), where the clinic sells it"
        STATUTE_AFTER = "statute_after", "After a statutory text"
        DISCLAIMER = "disclaimer", "Medical disclaimer"
        SUPPORT = "support", "Supports, does not replace"
        CONFLICT_NO = "conflict_no", "Clinic does not offer the treatment"
        CONFLICT_YES = "conflict_yes", "Clinic sells the treatment"
        CONSENT_PACKET = "consent_packet", "Consent: information packet"
        CONSENT_NEWSLETTER = "consent_newsletter", "Consent: newsletter"
        CONSENT_CALL = "consent_call", "Consent: phone call"
        CONSENT_HEALTH = "consent_health", "Consent: use of health information"
        CONSENT_ENQUIRY = "consent_enquiry", "Before the button: consultation"
        FORM_NOTICE = "form_notice", "Before every button: safety and privacy"
        NEWSLETTER_FORM = "newsletter_form", "Newsletter form: heading and introduction"
        NEWSLETTER_DONE = "newsletter_done", "Newsletter form: what happens next"
        PACKET_FORM = "packet_form", "Packet form: heading and introduction"
        PACKET_DONE = "packet_done", "Packet form: what happens next"
        CONSULTATION_FORM = "consultation_form", "Consultation form: heading and introduction"
        CONSULTATION_DONE = "consultation_done", "Consultation form: what happens next"
        NEWSLETTER_LABELS = "newsletter_labels", "Newsletter form: labels and help"
        PACKET_LABELS = "packet_labels", "Packet form: labels and help"
        CONSULTATION_LABELS = "consultation_labels", "Consultation form: labels and help"

    kind = models.CharField(max_length=20, choices=Kind)
    jurisdiction = models.CharField(max_length=20, default="US")
    version = models.PositiveIntegerField(default=1)
    lead = models.CharField("first, bold sentence", max_length=200, blank=True)
    text = models.TextField(
        help_text="Plain text. {condition} and {specialist} are filled in from the page, {clinic} in texts of forms. "
        "What happens next is written one step a line: “Now: We have your request.” Labels and help are written one "
        "field a line, as in “name: Your name | If you like.”; what stands before the colon is the field and stays."
    )
    cleared_by = models.CharField(
        "cleared by counsel", max_length=120, blank=True, help_text="Who cleared this wording. Empty: not reviewed."
    )
    created_at = models.DateTimeField(auto_now_add=True)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="wordings"
    )
    is_sample = models.BooleanField("made by the example site", default=False, editable=False)

    objects = WordingQuerySet.as_manager()  # type: ignore[misc]

    USE_KIND: ClassVar[str] = "wording"

    CONSENTS: ClassVar[frozenset[str]] = frozenset(
        {
            Kind.CONSENT_PACKET,
            Kind.CONSENT_NEWSLETTER,
            Kind.CONSENT_CALL,
            Kind.CONSENT_HEALTH,
            Kind.CONSENT_ENQUIRY,
            Kind.FORM_NOTICE,
        }
    )
    """What a person agrees to: each entry of the ledger names the version that stood beside the button."""

    FORM_WORDS: ClassVar[frozenset[str]] = frozenset(
        {
            Kind.NEWSLETTER_FORM,
            Kind.NEWSLETTER_DONE,
            Kind.PACKET_FORM,
            Kind.PACKET_DONE,
            Kind.CONSULTATION_FORM,
            Kind.CONSULTATION_DONE,
            Kind.NEWSLETTER_LABELS,
            Kind.PACKET_LABELS,
            Kind.CONSULTATION_LABELS,
        }
    )
    """Headings, introductions, labels and success words: publishers write these too (PUB-143)."""

    LABELLED: ClassVar[Mapping[str, tuple[str, ...]]] = {
        Kind.NEWSLETTER_LABELS: ("email",),
        Kind.PACKET_LABELS: ("email", "name", "condition"),
        Kind.CONSULTATION_LABELS: ("name", "email", "phone", "contact_by", "best_time", "message"),
    }
    """The fields of each form that carry words of their own; a consent box carries its consent."""

    SAID: ClassVar[tuple[str, ...]] = ("kind", "jurisdiction", "version", "lead", "text")
    KEPT_COLUMNS: ClassVar[tuple[str, ...]] = SAID
    """The database keeps them as well, whoever writes past ``save()`` (LEAD-37)."""

    FIELDS: ClassVar[frozenset[str]] = frozenset({"condition", "specialist"})

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=["kind", "jurisdiction", "version"],
                name="wording_version_unique",
                violation_error_message="This version of the wording exists.",
            ),
        )

    def __str__(self) -> str:
        return f"{self.get_kind_display()}, {self.jurisdiction}, version {self.version}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        """As stock, but what was said stays said (LEAD-37): another text is another version."""
        if not self._state.adding:
            stored = type(self)._base_manager.filter(pk=self.pk).values_list(*self.SAID).first()
            if stored is not None and stored != tuple(getattr(self, name) for name in self.SAID):
                raise ValidationError("This wording was shown. Write the change as its next version.")
        super().save(*args, **kwargs)

    def clean(self) -> None:
        """A claim in a notice, a consent or a text of a form is refused, with what to write instead."""
        if self.kind in self.LABELLED:
            self._require_labels()
        refuse_claims(self, "lead", "text", scope=self.scope)

    def _require_labels(self) -> None:
        """Every field of the form has its line, so that no visitor meets a field without a label."""
        if found := list(mistakes(self.text, self.LABELLED[self.kind])):
            raise ValidationError({"text": found})
        if self.lead:
            raise ValidationError({"lead": "Labels have no first sentence. Leave this empty."})

    @property
    def scope(self) -> str:
        """Where the content checks take these words to stand."""
        return "form" if self.kind in self.CONSENTS | self.FORM_WORDS else "policy"

    @property
    def digest(self) -> str:
        """SHA-256 of what the wording says: what a ledger keeps beside its number."""
        return hashlib.sha256(f"{self.lead}\n{self.text}".encode()).hexdigest()

    @staticmethod
    def fill(text: str, *, condition: str, specialist: str) -> str:
        """``text`` with its known fields filled in; any other brace is left as it stands."""
        values = {"condition": condition, "specialist": specialist}
        return re.sub(r"\{(condition|specialist)\}", lambda match: values[match[1]], text)
