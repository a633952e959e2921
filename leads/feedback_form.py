"""The form at the end of every page: was this clear, and what is wrong (PAGE-09)."""

from __future__ import annotations

from typing import Any

from crispy_forms.helper import FormHelper
from crispy_forms.layout import Field, Layout, Submit
from django import forms
from django.core.exceptions import ValidationError
from django.urls import reverse_lazy

from .cleaning import clean_text
from .feedback import LONGEST
from .models import Feedback
from .models.request import MAX_NONCE

HIDDEN = ("of", "version", "nonce", "elapsed_ms")


class FeedbackForm(forms.Form):
    """No name is asked for. It is rendered into stored pages, so nothing in it differs between readers."""

    use_required_attribute = False
    error_title = ""

    verdict = forms.ChoiceField(
        label="Was this clear?",
        choices=Feedback.Verdict.choices,
        widget=forms.RadioSelect,
        error_messages={"required": "Choose one of the answers.", "invalid_choice": "Choose one of the answers."},
    )
    section = forms.CharField(label="Which part?", required=False)
    text = forms.CharField(
        label="What should be clearer, or is wrong?",
        required=False,
        strip=False,
        help_text=f"If you like, in at most {LONGEST} characters. Please do not write about your health here.",
        widget=forms.Textarea(attrs={"rows": 4}),
    )
    reply_code = forms.CharField(
        label="Leave this field empty",
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "off", "tabindex": "-1"}),
    )

    def __init__(self, *args: Any, sections: tuple[tuple[str, str], ...], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.sections = sections
        self.fields["section"].widget = forms.Select(choices=[("", "The whole page"), *sections])
        for name in HIDDEN:
            self.fields[name] = forms.CharField(required=False, widget=forms.HiddenInput)

    def clean_section(self) -> str:
        """A section that is no more, or never was, counts as the whole page."""
        section: str = self.cleaned_data["section"]
        return section if section in dict(self.sections) else ""

    def clean_text(self) -> str:
        text = clean_text(self.cleaned_data["text"])
        if len(text) > LONGEST:
            raise ValidationError(
                f"Please shorten this to {LONGEST} characters; it has {len(text):,}.", code="max_length"
            )
        return text

    def clean_nonce(self) -> str:
        nonce: str = self.cleaned_data["nonce"]
        return nonce if len(nonce) <= MAX_NONCE and nonce.isascii() and nonce.isprintable() else ""

    def clean_elapsed_ms(self) -> int | None:
        text: str = self.cleaned_data["elapsed_ms"]
        return int(text) if text.isascii() and text.isdecimal() and len(text) < 10 else None

    @property
    def helper(self) -> FormHelper:
        helper = FormHelper()
        helper.disable_csrf = True
        helper.form_class = "ask"
        helper.form_action = reverse_lazy("leads:feedback")
        helper.attrs = {"novalidate": "novalidate", "data-ask": ""}
        fields = ("verdict", *(("section",) if self.sections else ()), "text")
        helper.layout = Layout(*fields, Field("reply_code", wrapper_class="vh"), *HIDDEN)
        helper.form_error_title = self.error_title
        helper.add_input(Submit("", "Send"))
        return helper
