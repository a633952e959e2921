"""Consent told to staff: the words to read out stand on the form (LEAD-40)."""

from __future__ import annotations

from typing import Any

from django import forms

from leads.cleaning import clean_text
from leads.models import Consent
from leads.pipeline import consenting
from leads.wordings import spoken
from stemsite.clinic.models import Clinic

from .forms import day_field
from .step_forms import LeadForm, words_field

Purpose = Consent.Purpose


class _GiveForm(LeadForm):
    """One purpose, with today's wording of it."""

    purpose: Purpose
    button = "The person agreed"
    done = "The consent was entered."

    wording_id = forms.IntegerField(widget=forms.HiddenInput)
    agreed = forms.BooleanField(label="I read these words out on the phone, and the person agreed to them.")
    said = words_field("How it was said", "When they called, and anything else that shows it.", required=False, rows=2)

    def arrange(self) -> None:
        self.wording = consenting.wording_for(self.purpose)

    def proposed(self) -> dict[str, Any]:
        wording = consenting.wording_for(self.purpose)
        return {"wording_id": wording.pk if wording else None}

    @property
    def explanation(self) -> str:
        clinic = Clinic.current().name
        return " ".join(spoken(part, clinic) for part in (self.wording.lead, self.wording.text) if part)

    def is_offered(self) -> bool:
        return self.wording is not None and self.purpose in consenting.may_be_taken(self.contact)

    def clean_said(self) -> str:
        return clean_text(self.cleaned_data["said"])

    def act(self) -> None:
        values = self.cleaned_data
        consenting.take_by_phone(
            self.contact, purpose=self.purpose, wording_id=values["wording_id"], said=values["said"], by=self.by
        )


class CallForm(_GiveForm):
    slug = "consent-call"
    purpose = Purpose.CALL
    heading = "Consent by phone: calls"


class HealthForm(_GiveForm):
    slug = "consent-health"
    purpose = Purpose.HEALTH
    heading = "Consent by phone: health information"


class WithdrawForm(LeadForm):
    slug = "withdraw"
    heading = "The person takes a consent back"
    button = "Take it back"
    done = "Taken back, in force at once."

    explanation = "However they say it: a call, a reply to a letter, a word at the desk. Nobody has to fill in a form."

    purpose = forms.ChoiceField(label="What they no longer allow")
    how = forms.ChoiceField(
        label="How they told us", choices=[(how.value, how.label) for how in Consent.TOLD], initial=Consent.Method.PHONE
    )
    told_on = day_field("On which day, if not today")
    said = words_field("What they said or wrote", "Sealed. As close to their words as you can.", required=False, rows=2)

    def arrange(self) -> None:
        found = [(purpose.value, purpose.label) for purpose in consenting.may_be_withdrawn(self.contact)]
        everything = [(consenting.EVERYTHING, "Everything: no letter and no call any more")]
        self.fields["purpose"].choices = [*found, *everything]

    def clean_said(self) -> str:
        return clean_text(self.cleaned_data["said"])

    def act(self) -> None:
        values = self.cleaned_data
        told = consenting.Told(how=values["how"], on=values["told_on"], words=values["said"])
        consenting.withdraw_as_told(self.contact, purpose=values["purpose"], told=told, by=self.by)


OF_CONSENT: tuple[type[LeadForm], ...] = (CallForm, HealthForm, WithdrawForm)
