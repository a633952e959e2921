"""The forms beside the lists: looking for people, and doing one thing with several (LEAD-100, LEAD-101)."""

from __future__ import annotations

from typing import Any

from django import forms

from leads.cleaning import clean_line
from leads.models import Consent, Enquiry
from leads.models.tagging import LONGEST_TAG
from leads.pipeline.staff import coordinators
from leads.pipeline.tables import ENQUIRIES, Table
from stemsite.access import Action, can
from stemsite.publishing.models import Page

ANY = ("", "any")
FOLLOW_UPS = (
    ANY,
    ("overdue", "overdue"),
    ("today", "today"),
    ("week", "within seven days"),
    ("none", "none planned"),
)
SPAMMY = (ANY, ("1", "1 or more"), ("3", "3 or more"), ("5", "5 or more"))


def day_field(label: str) -> forms.DateField:
    widget = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    return forms.DateField(label=label, required=False, widget=widget)


CONDITIONS = "/conditions/"


def _guides() -> list[tuple[str, str]]:
    """The live guides by slug, which is what a request keeps; their texts are not loaded for it."""
    live = Page.objects.filter(live_path__startswith=CONDITIONS).order_by("title")
    return [(path.split("/")[2], title) for path, title in live.values_list("live_path", "title")]


class SearchForm(forms.Form):
    """Posted, and kept sealed: no address ever says who or what was looked for."""

    text = forms.CharField(
        label="Look for",
        required=False,
        max_length=120,
        help_text="E-mail address, phone number, reference, or part of a name.",
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false", "type": "search"}),
    )
    status = forms.ChoiceField(required=False, choices=(ANY, *Enquiry.Status.choices))
    assignee = forms.ChoiceField(label="Assigned to", required=False)
    follow_up = forms.ChoiceField(label="Follow-up", required=False, choices=FOLLOW_UPS)
    since = day_field("Received from")
    until = day_field("Received until")
    consent = forms.ChoiceField(label="Allows", required=False, choices=(ANY, *Consent.Purpose.choices))
    about = forms.ChoiceField(label="Condition or packet", required=False)
    channel = forms.CharField(label="Came from", required=False, max_length=80)
    tag = forms.CharField(required=False, max_length=LONGEST_TAG)
    score = forms.ChoiceField(label="Spam score", required=False, choices=SPAMMY)
    name = forms.CharField(
        label="Keep as", required=False, max_length=60, help_text="With a name it stays in your list of searches."
    )
    is_shared = forms.BooleanField(label="for colleagues too", required=False)

    ONLY_FOR_ENQUIRIES = ("status", "assignee", "follow_up")
    ONLY_FOR_REQUESTS = ("channel", "score")

    def __init__(self, *args: Any, table: Table, **kwargs: Any) -> None:
        super().__init__(*args, auto_id="search_%s", use_required_attribute=False, **kwargs)
        if table is not ENQUIRIES:
            for name in self.ONLY_FOR_ENQUIRIES:
                del self.fields[name]
        else:
            people = [(str(user.pk), str(user)) for user in coordinators()]
            self.fields["assignee"].choices = (ANY, ("nobody", "nobody"), *people)
        if table.slug not in {"enquiry", "packetrequest", "signup"}:
            for name in self.ONLY_FOR_REQUESTS:
                del self.fields[name]
        self.fields["about"].choices = (ANY, *_guides())

    def clean_text(self) -> str:
        return clean_line(self.cleaned_data["text"])

    def asked(self) -> dict[str, Any]:
        """The plain values to keep."""
        values = {name: value for name, value in self.cleaned_data.items() if name not in {"name", "is_shared"}}
        for name in ("since", "until"):
            values[name] = values[name].isoformat() if values.get(name) else ""
        values["score"] = int(values["score"]) if values.get("score") else ""
        return values

    @property
    def narrowing(self) -> list[Any]:
        """The fields below the search box."""
        return [field for field in self if field.name not in {"text", "name", "is_shared"}]

    @property
    def is_narrowed(self) -> bool:
        return any(self.initial.get(field.name) for field in self.narrowing)


class BulkForm(forms.Form):
    """One thing for the rows that were marked, or for all that the list holds."""

    ASSIGN, STATUS, TAG, CSV, XLSX = "assign", "status", "tag", "csv", "xlsx"

    action = forms.ChoiceField(label="With these")

    def __init__(self, *args: Any, table: Table, by: Any, **kwargs: Any) -> None:
        super().__init__(*args, auto_id="bulk_%s", use_required_attribute=False, **kwargs)
        work = ((self.ASSIGN, "Assign"), (self.STATUS, "Change the status")) if table is ENQUIRIES else ()
        export = ((self.CSV, "Export as CSV"), (self.XLSX, "Export as Excel"))
        self.fields["action"].choices = (
            ("", "Choose…"),
            *work,
            (self.TAG, "Tag"),
            *(export if can(by, Action.EXPORT_LEADS) else ()),
        )
