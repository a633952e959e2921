"""What is asked before something is done with many people at once (LEAD-101, LEAD-102)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, ClassVar

from django import forms

from leads.cleaning import clean_line
from leads.models import Enquiry
from leads.models.tagging import LONGEST_TAG
from leads.pipeline import working
from leads.pipeline.staff import coordinators
from leads.pipeline.tables import Table
from leads.pipeline.tagging import add_tag


class BulkStep(forms.Form):
    """``verb`` gives what is done with one row."""

    button: ClassVar[str]
    asks: ClassVar[str]

    def __init__(self, *args: Any, table: Table, by: Any, **kwargs: Any) -> None:
        self.table = table
        self.by = by
        super().__init__(*args, use_required_attribute=False, **kwargs)

    def verb(self) -> Callable[[Any], object]:
        """Every step has its own; one without is a mistake that the first press shows."""
        raise NotImplementedError


class AssignMany(BulkStep):
    button = "Assign them"
    asks = "Assign"

    to = forms.ModelChoiceField(label="To", queryset=None, required=False, empty_label="nobody")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["to"].queryset = coordinators()

    def verb(self) -> Callable[[Any], object]:
        return lambda row: working.assign(row, to=self.cleaned_data["to"], by=self.by)


class MoveMany(BulkStep):
    button = "Change their status"
    asks = "Change the status of"

    to = forms.ChoiceField(label="New status", choices=(("", "Choose…"), *Enquiry.Status.choices))
    reason = forms.ChoiceField(
        label="Why they end",
        required=False,
        choices=(("", "Choose…"), *Enquiry.ClosedReason.choices),
        help_text="Needed for “Not suitable” and “Closed”.",
    )

    def clean(self) -> None:
        if self.cleaned_data.get("to") in Enquiry.NEEDS_REASON and not self.cleaned_data.get("reason"):
            self.add_error("reason", "Say why these enquiries end.")

    def verb(self) -> Callable[[Any], object]:
        values = self.cleaned_data
        return lambda row: working.change_status(row, to=values["to"], reason=values["reason"], by=self.by)


class TagMany(BulkStep):
    button = "Tag them"
    asks = "Tag"

    tag = forms.CharField(max_length=LONGEST_TAG)

    def clean_tag(self) -> str:
        tag = clean_line(self.cleaned_data["tag"])
        if not tag:
            raise forms.ValidationError("Write the tag.")
        return tag

    def verb(self) -> Callable[[Any], object]:
        return lambda row: add_tag(self.table.contact(row), self.cleaned_data["tag"], by=self.by)


class ExportMany(BulkStep):
    button = "Make the file"
    asks = "Export"

    reason = forms.CharField(
        label="What the file is for",
        max_length=200,
        help_text="Goes on the record, with your name. Do not name a person here.",
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    with_stamp = forms.BooleanField(label="Begin with a row that says who made the file and when", required=False)

    def clean_reason(self) -> str:
        return clean_line(self.cleaned_data["reason"])


class ExportCsv(ExportMany):
    with_bom = forms.BooleanField(label="For Excel: mark the file as Unicode", required=False)


STEPS: dict[str, type[BulkStep]] = {
    "assign": AssignMany,
    "status": MoveMany,
    "tag": TagMany,
    "csv": ExportCsv,
    "xlsx": ExportMany,
}
