"""Asking for a time on the clinic's clock (PUB-64)."""

from __future__ import annotations

import datetime
from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from stemsite.clinic.models import Clinic

from ..clocks import AmbiguousHour, NoSuchHour, moment
from .step_form import StepForm, day_field


class WallClock(StepForm):
    """A time on the clinic's clock; the hour that comes twice is asked about, the one that never comes refused."""

    day = day_field("Day")
    time = forms.TimeField(label="Time", widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M"))
    second = forms.TypedChoiceField(
        label="This hour comes twice on that day. Which one?",
        choices=(("first", "The first, before the clocks go back"), ("second", "The second, after they went back")),
        coerce=lambda chosen: chosen == "second",
        empty_value=None,
        required=False,
        widget=forms.HiddenInput,
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.zone = Clinic.current().time_zone
        self.fields["time"].help_text = f"On the clinic's clock ({self.zone})."
        self.fields["time"].widget.attrs["data-zone"] = self.zone

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = self.cleaned_data
        if "day" in data and "time" in data:
            wall = datetime.datetime.combine(data["day"], data["time"])
            try:
                data["due_at"] = moment(wall, self.zone, second=data.get("second"))
            except NoSuchHour:
                raise ValidationError(
                    {"time": "The clocks never show this time on that day. Choose another."}
                ) from None
            except AmbiguousHour:
                self._ask_which()
                raise ValidationError({"second": "Choose which of the two."}) from None
        return data

    def _ask_which(self) -> None:
        field = self.fields["second"]
        field.widget = forms.RadioSelect()
        field.choices = field.choices  # Hands them to the widget.
