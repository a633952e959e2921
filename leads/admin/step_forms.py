"""What can be done with one person and one enquiry: each form is one verb (LEAD-95, LEAD-96)."""

from __future__ import annotations

from typing import Any, ClassVar

from django import forms
from django.db import transaction

from leads.cleaning import clean_line, clean_text
from leads.models import Contact, Enquiry
from leads.models.tagging import LONGEST_TAG
from leads.pipeline import working
from leads.pipeline.mentioning import mention
from leads.pipeline.staff import coordinators
from leads.pipeline.steps import NEXT
from leads.pipeline.tagging import set_tags
from stemsite.publishing.admin.step_form import ActForm

from .forms import day_field


class LeadForm(ActForm):
    """What can be done with one person, or with one of their enquiries."""

    is_open: ClassVar[bool] = False
    """Whether it lies open on the page, or behind its heading."""
    PARTS: ClassVar[tuple[str, ...]] = ()

    def __init__(self, *args: Any, contact: Contact, by: Any, enquiry: Enquiry | None = None, **kwargs: Any) -> None:
        self.contact = contact
        self.enquiry = enquiry
        self.by = by
        prefix = f"{self.slug}-{enquiry.pk}" if enquiry is not None else self.slug
        initial = self.proposed()
        super().__init__(*args, prefix=prefix, initial=initial, use_required_attribute=False, **kwargs)
        self.arrange()

    @property
    def key(self) -> str:
        return str(self.prefix)

    def proposed(self) -> dict[str, Any]:
        return {}

    def arrange(self) -> None:
        """Fill in choices."""

    def asked_enquiry(self) -> Enquiry:
        if self.enquiry is None:
            raise ValueError("This form is of one enquiry.")
        return self.enquiry


def words_field(label: str, hint: str = "", *, required: bool = True, rows: int = 3) -> forms.CharField:
    widget = forms.Textarea(attrs={"rows": rows, "autocomplete": "off"})
    return forms.CharField(label=label, help_text=hint, required=required, max_length=4000, widget=widget)


class LogForm(LeadForm):
    """The coordinator's daily bread: what was said, and when it goes on, in one go."""

    slug = "log"
    heading = "Log a call or a letter"
    button = "Log it"
    done = "Logged."
    is_open = True

    how = forms.ChoiceField(label="What happened", choices=working.How.choices)
    text = words_field("What was said", "Sealed. Write what a colleague has to know, and no more.", required=False)
    follow_up_on = day_field("Follow up on")

    def proposed(self) -> dict[str, Any]:
        return {"follow_up_on": self.asked_enquiry().follow_up_on}

    def is_offered(self) -> bool:
        return not self.asked_enquiry().is_over

    def clean_text(self) -> str:
        return clean_text(self.cleaned_data["text"])

    @transaction.atomic
    def act(self) -> None:
        asked = self.asked_enquiry()
        on = self.cleaned_data["follow_up_on"]
        if on != asked.follow_up_on:
            working.follow_up(asked, on=on, by=self.by)
        working.log_contact(asked, how=self.cleaned_data["how"], text=self.cleaned_data["text"], by=self.by)


class StatusForm(LeadForm):
    slug = "status"
    heading = "Change the status"
    button = "Change the status"
    done = "The status was changed."
    is_open = True

    to = forms.ChoiceField(label="New status")
    reason = forms.ChoiceField(
        label="Why it ends",
        required=False,
        choices=(("", "Choose…"), *Enquiry.ClosedReason.choices),
        help_text="Needed for “Not suitable” and “Closed”.",
    )
    seen = forms.CharField(widget=forms.HiddenInput, required=False)

    def proposed(self) -> dict[str, Any]:
        return {"seen": self.asked_enquiry().status}

    def arrange(self) -> None:
        now = self.asked_enquiry().status
        # What was chosen before a colleague moved the enquiry still stands here, to be told that it is stale.
        self.fields["to"].choices = [("", "Choose…"), *((step.value, step.label) for step in NEXT[now])]
        if self.is_bound:
            self.fields["to"].choices = [("", "Choose…"), *Enquiry.Status.choices]

    def clean(self) -> None:
        to, reason = self.cleaned_data.get("to"), self.cleaned_data.get("reason")
        if to in Enquiry.NEEDS_REASON and not reason:
            self.add_error("reason", "Say why this enquiry ends.")

    def act(self) -> None:
        values = self.cleaned_data
        working.change_status(
            self.asked_enquiry(), to=values["to"], reason=values["reason"], seen=values["seen"], by=self.by
        )


class AssignForm(LeadForm):
    slug = "assign"
    heading = "Assign"
    button = "Assign"
    done = "Assigned."

    to = forms.ModelChoiceField(label="To", queryset=None, required=False, empty_label="nobody")

    def arrange(self) -> None:
        self.fields["to"].queryset = coordinators()

    def proposed(self) -> dict[str, Any]:
        return {"to": self.asked_enquiry().assignee_id or self.by.pk}

    def act(self) -> None:
        working.assign(self.asked_enquiry(), to=self.cleaned_data["to"], by=self.by)


class FollowUpForm(LeadForm):
    slug = "follow-up"
    heading = "Plan a follow-up"
    button = "Plan it"
    done = "Planned."

    on = day_field("On this day")

    def proposed(self) -> dict[str, Any]:
        return {"on": self.asked_enquiry().follow_up_on}

    def is_offered(self) -> bool:
        return not self.asked_enquiry().is_over

    def act(self) -> None:
        working.follow_up(self.asked_enquiry(), on=self.cleaned_data["on"], by=self.by)


class NoteForm(LeadForm):
    slug = "note"
    heading = "Write a note"
    button = "Keep the note"
    done = "The note was kept."

    text = words_field("Note", "Sealed. Nobody can change it later.")
    colleague = forms.ModelChoiceField(
        None, label="Tell a colleague", required=False, help_text="They get a link by mail, and none of these words."
    )

    def arrange(self) -> None:
        self.fields["colleague"].queryset = coordinators().exclude(pk=self.by.pk)

    def clean_text(self) -> str:
        return clean_text(self.cleaned_data["text"])

    @transaction.atomic
    def act(self) -> None:
        entry = working.add_note(self.contact, text=self.cleaned_data["text"], by=self.by)
        if colleague := self.cleaned_data["colleague"]:
            mention(entry, colleague)


class TagsForm(LeadForm):
    slug = "tags"
    heading = "Tags"
    button = "Keep the tags"
    done = "The tags were kept."

    tags = forms.CharField(
        label="Tags",
        required=False,
        max_length=500,
        help_text=f"Words to find this person by, with commas between them; each of at most {LONGEST_TAG} characters.",
    )

    def proposed(self) -> dict[str, Any]:
        return {"tags": ", ".join(sorted(self.contact.tags.values_list("name", flat=True)))}

    def clean_tags(self) -> list[str]:
        tags = [clean_line(tag) for tag in self.cleaned_data["tags"].split(",")]
        if any(len(tag) > LONGEST_TAG for tag in tags):
            raise forms.ValidationError(f"A tag has at most {LONGEST_TAG} characters.")
        return [tag for tag in tags if tag]

    def act(self) -> None:
        set_tags(self.contact, self.cleaned_data["tags"], by=self.by)


OF_ENQUIRY: tuple[type[LeadForm], ...] = (LogForm, StatusForm, AssignForm, FollowUpForm)
OF_CONTACT: tuple[type[LeadForm], ...] = (NoteForm, TagsForm)
