"""To the trash and back."""

from __future__ import annotations

from typing import Any

from django import forms

from .. import trash
from ..models import Page
from ..steps import Verb
from .step_form import StepForm, text_field
from .targets import live_target, target_field


class Discard(StepForm):
    slug = "trash"
    verb = Verb.TRASH
    heading = "Move to the trash"
    button = "Move to the trash"
    explanation = "It leaves lists and queues. For 30 days it can be taken out again with everything it has."
    done = "In the trash. It can be taken out again from this screen."
    grave = True

    note = text_field("Note for the record", "May stay empty.", required=False)
    replacement = target_field("May stay empty: the address of a live page. Else the old address says it is gone.")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.page.first_published_at is None:
            del self.fields["replacement"]
        else:
            self.fields["note"].help_text = "May stay empty. What it said is kept for the record."

    def clean_replacement(self) -> Page | None:
        return live_target(self.cleaned_data["replacement"], self.page)

    def act(self) -> None:
        data = self.cleaned_data
        trash.discard(self.page, by=self.by, note=data["note"], replacement=data.get("replacement"))


class TakeOut(StepForm):
    slug = "untrash"
    verb = Verb.UNTRASH
    heading = "Take it out of the trash"
    button = "Take out of the trash"
    explanation = "Sections, sources and versions are all there. Readers see nothing of it until it is published."
    done = "Out of the trash. The page is where it was."

    address = forms.SlugField(label="Last part of the address", max_length=120)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        taken = trash.address_taken_by(self.page)
        if taken is None:
            del self.fields["address"]
        else:
            self.fields["address"].help_text = f"{taken.live_path} belongs to “{taken.title}” now. Choose another."

    def act(self) -> None:
        trash.take_out(self.page, by=self.by, slug=self.cleaned_data.get("address", ""))
