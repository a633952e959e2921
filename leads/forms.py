"""The three forms: as few fields as each purpose needs, every consent a box of its own, unticked (LEAD-04, LEAD-05)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from crispy_forms.helper import FormHelper
from crispy_forms.layout import HTML, Field, Layout, Submit
from django import forms
from django.core.exceptions import ValidationError

from stemsite.clinic.labels import BUTTON
from stemsite.clinic.models import Wording

from .cleaning import breaks_a_line, clean_line, clean_text
from .ledger import Purpose
from .models import Enquiry
from .models.request import MAX_NONCE
from .reaching import usable_email, usable_phone
from .wordings import FormWords, shown_before

Kind = Wording.Kind

LONGEST_LINE = 120
LONGEST_MESSAGE = 4000

CARRIED = (
    "page", "page_version", "placement", "ref_host", "utm_source", "utm_medium", "utm_campaign", "utm_content",
)  # fmt: skip
"""What the page and its script send along; read leniently, never an error."""


class LineField(forms.CharField):
    """One line that may reach a mail header: a line break in it is an error, not something to be mended (LEAD-09)."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(strip=False, **kwargs)

    def to_python(self, value: Any) -> str:
        text = str(super().to_python(value) or "")
        if breaks_a_line(text):
            raise ValidationError("Write this on one line.", code="invalid")
        line = clean_line(text)
        if len(line) > LONGEST_LINE:
            raise ValidationError(f"Write at most {LONGEST_LINE} characters.", code="max_length")
        return line


class EmailLine(LineField):
    widget = forms.EmailInput

    def to_python(self, value: Any) -> str:
        text = str(forms.CharField(strip=False).to_python(value) or "")
        if breaks_a_line(text):
            raise ValidationError("Write this on one line.", code="invalid")
        line = clean_line(text)
        return usable_email(line) if line else ""


class PhoneLine(LineField):
    widget = forms.TextInput

    def to_python(self, value: Any) -> str:
        line = super().to_python(value)
        return usable_phone(line) if line else ""


class MessageField(forms.CharField):
    widget = forms.Textarea

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(strip=False, **kwargs)

    def to_python(self, value: Any) -> str:
        text = clean_text(str(super().to_python(value) or ""))
        if len(text) > LONGEST_MESSAGE:
            raise ValidationError(
                f"Please shorten this to {LONGEST_MESSAGE:,} characters; it has {len(text):,}.", code="max_length"
            )
        return text


class PublicForm(forms.Form):
    """What the three forms share. It is rendered into stored pages, so nothing in it differs between readers."""

    use_required_attribute = False

    email = EmailLine(
        widget=forms.EmailInput(attrs={"autocomplete": "email", "inputmode": "email", "spellcheck": "false"}),
        error_messages={"required": "Write your e-mail address."},
    )
    reply_code = forms.CharField(
        label="Leave this field empty",
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "off", "tabindex": "-1"}),
    )

    CONSENTS: ClassVar[tuple[str, ...]] = ()
    """Kinds of wordings on the page, in the order they are read."""
    BOXES: ClassVar[Mapping[str, str]] = {}
    """Name of each consent box -> the kind of its wording."""
    PATH: ClassVar[str]
    ORDER: ClassVar[tuple[str, ...]]

    error_title = ""
    way_on = False
    """Whether a link by mail is offered instead of waiting (LEAD-30)."""

    def __init__(self, *args: Any, words: FormWords, carried: Mapping[str, str] | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.words = words
        self.wordings: Mapping[str, Wording] = {}
        for name in ("consent_version", "nonce", "elapsed_ms", *CARRIED):
            value = {"consent_version": words.version, **(carried or {})}.get(name, "")
            self.fields[name] = forms.CharField(required=False, widget=forms.HiddenInput, initial=value)
        for name, kind in self.boxes().items():
            self.fields[name] = forms.BooleanField(label=words.lead(kind), help_text=words.text(kind), required=False)
        self.say_labels()

    def say_labels(self) -> None:
        """What staff wrote beside the fields, as it is today (LEAD-12)."""
        for name, label in self.words.labels.items():
            if name in self.fields:
                self.fields[name].label, self.fields[name].help_text = label.text, label.help

    @classmethod
    def boxes(cls) -> Mapping[str, str]:
        return cls.BOXES

    def clean_nonce(self) -> str:
        """Malformed or too long counts as none (LEAD-24)."""
        nonce: str = self.cleaned_data["nonce"]
        return nonce if len(nonce) <= MAX_NONCE and nonce.isascii() and nonce.isprintable() else ""

    def clean_elapsed_ms(self) -> int | None:
        text: str = self.cleaned_data["elapsed_ms"]
        return int(text) if text.isascii() and text.isdecimal() and len(text) < 10 else None

    def clean_consent_version(self) -> str:
        version: str = self.cleaned_data["consent_version"]
        shown = shown_before(self.CONSENTS, version)
        if shown is None:
            raise ValidationError(
                "What you agree to has changed since this page was opened. Read it below as it is now, and send again."
            )
        self.wordings = shown
        return version

    def consents(self) -> frozenset[str]:
        """The purposes that were agreed to, each by its own act."""
        ticked = {name.removeprefix("consent_") for name in self.boxes() if self.cleaned_data.get(name)}
        return frozenset(Purpose(purpose) for purpose in ticked)

    def show_todays_words(self) -> None:
        """A form that is shown again carries the wordings it is shown with."""
        if self.is_bound:
            self.data = {**dict(self.data.items()), "consent_version": self.words.version}

    @property
    def before(self) -> tuple[tuple[str, str], ...]:
        """What is read before the button: bold words and the rest (LEAD-06)."""
        kinds = [kind for kind in self.CONSENTS if kind not in self.boxes().values()]
        return tuple((self.words.lead(kind), self.words.text(kind)) for kind in kinds)

    @property
    def helper(self) -> FormHelper:
        helper = FormHelper()
        helper.disable_csrf = True
        helper.form_class = "ask"
        helper.form_action = self.PATH
        helper.attrs = {"novalidate": "novalidate", "data-ask": ""}
        fields = [name for name in self.ORDER if name in self.fields]
        hidden = ("consent_version", "nonce", "elapsed_ms", *CARRIED)
        helper.layout = Layout(
            *fields,
            Field("reply_code", wrapper_class="vh"),
            *hidden,
            HTML('{% include "leads/before_button.html" %}'),
        )
        helper.form_error_title = self.error_title
        helper.add_input(Submit("", self.words.labels[BUTTON].text))
        if self.way_on:
            helper.add_input(Submit("way_on", "Send me a link instead"))
        return helper


class NewsletterForm(PublicForm):
    CONSENTS = (Kind.CONSENT_NEWSLETTER, Kind.FORM_NOTICE)
    PATH = "/newsletter/"
    ORDER = ("email",)

    def consents(self) -> frozenset[str]:
        return frozenset({Purpose.NEWSLETTER})


class PacketForm(PublicForm):
    name = LineField(required=False, widget=forms.TextInput(attrs={"autocomplete": "given-name"}))

    CONSENTS = (Kind.CONSENT_PACKET, Kind.CONSENT_NEWSLETTER, Kind.CONSENT_HEALTH, Kind.FORM_NOTICE)
    BOXES: ClassVar[Mapping[str, str]] = {"consent_newsletter": Kind.CONSENT_NEWSLETTER}
    PATH = "/information-packet/"
    ORDER = ("email", "name", "condition", "consent_health", "consent_newsletter")

    def __init__(self, *args: Any, conditions: tuple[tuple[str, str], ...] = (), **kwargs: Any) -> None:
        self.asks_condition = bool(conditions)
        super().__init__(*args, **kwargs)
        if conditions:
            kind = Kind.CONSENT_HEALTH
            self.fields["condition"] = forms.ChoiceField(
                required=False,
                choices=(("", "I would rather not say"), *conditions),
            )
            self.fields["consent_health"] = forms.BooleanField(
                label=self.words.lead(kind), help_text=self.words.text(kind), required=False
            )
            self.say_labels()

    @property
    def before(self) -> tuple[tuple[str, str], ...]:
        kinds = (Kind.CONSENT_PACKET, Kind.FORM_NOTICE)
        return tuple((self.words.lead(kind), self.words.text(kind)) for kind in kinds)

    def clean(self) -> None:
        if self.cleaned_data.get("condition") and not self.cleaned_data.get("consent_health"):
            self.add_error(
                "consent_health", "We may keep your choice only when you tick this. Or choose “I would rather not say”."
            )

    def consents(self) -> frozenset[str]:
        health = {Purpose.HEALTH} if self.asks_condition and self.cleaned_data.get("consent_health") else set()
        return super().consents() | {Purpose.PACKET} | health


class ConsultationForm(PublicForm):
    name = LineField(required=False, widget=forms.TextInput(attrs={"autocomplete": "name"}))
    phone = PhoneLine(
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "tel", "type": "tel", "inputmode": "tel"}),
    )
    contact_by = forms.ChoiceField(
        required=False,
        choices=Enquiry.ContactBy.choices,
        widget=forms.RadioSelect,
        initial=Enquiry.ContactBy.EMAIL,
    )
    best_time = LineField(required=False, widget=forms.TextInput(attrs={"autocomplete": "off"}))
    message = MessageField(required=False, widget=forms.Textarea(attrs={"rows": 6}))

    CONSENTS = (
        Kind.CONSENT_ENQUIRY, Kind.CONSENT_CALL, Kind.CONSENT_HEALTH, Kind.CONSENT_NEWSLETTER, Kind.FORM_NOTICE,
    )  # fmt: skip
    BOXES: ClassVar[Mapping[str, str]] = {
        "consent_call": Kind.CONSENT_CALL,
        "consent_health": Kind.CONSENT_HEALTH,
        "consent_newsletter": Kind.CONSENT_NEWSLETTER,
    }
    PATH = "/consultation/"
    ORDER = (
        "name", "email", "phone", "contact_by", "best_time", "message", *BOXES,
    )  # fmt: skip

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["email"].required = False

    def clean(self) -> None:
        found = self.cleaned_data
        if not self.errors.keys() & {"email", "phone"} and not (found.get("email") or found.get("phone")):
            self.add_error("email", "Write an e-mail address here or a phone number below, so that we can answer.")
        if found.get("consent_newsletter") and not found.get("email") and "email" not in self.errors:
            self.add_error("email", "The newsletter comes by e-mail: write your address, or untick its box.")
