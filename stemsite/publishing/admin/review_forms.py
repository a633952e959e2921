"""The steps of review: asking for it, taking it back, sending back, signing."""

from __future__ import annotations

from typing import Any, ClassVar

from django import forms
from django.utils import timezone

from stemsite.clinic.models import Clinic

from .. import workflow
from ..models import Page
from ..signing import CONFIRMATION_STATEMENT, COUNTER_STATEMENT, REVIEW_STATEMENT, add_months
from ..steps import Verb
from .step_form import StepForm, day_field, text_field


class Submit(StepForm):
    slug = "submit"
    verb = Verb.SUBMIT
    heading = "Ask for review"
    button = "Submit for review"
    explanation = "The reviewer is told by mail. You can go on editing; the newest text is what is reviewed."
    done = "Submitted for review. The reviewer has been told."

    note = text_field("Note for the reviewer", "What should they look at? May stay empty.", required=False)
    minor = forms.BooleanField(
        label="Only a minor change since the live version",
        help_text="The reviewer confirms just that difference; the date of the last whole review stays.",
        required=False,
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not self.page.is_live:
            del self.fields["minor"]

    def act(self) -> None:
        data = self.cleaned_data
        workflow.submit(self.page, by=self.by, note=data["note"], minor=data.get("minor", False))


class Recall(StepForm):
    slug = "recall"
    verb = Verb.RECALL
    heading = "Take it back"
    button = "Recall from review"
    explanation = "The page is a draft again."
    done = "Recalled. The page is a draft again."

    def act(self) -> None:
        workflow.recall(self.page, by=self.by)


class RequestChanges(StepForm):
    slug = "request-changes"
    verb = Verb.REQUEST_CHANGES
    heading = "Ask for changes"
    button = "Send back to the author"
    done = "Sent back. The author gets your words by mail and sees them above the form."

    reason = text_field("What should change?", rows=4)

    def act(self) -> None:
        workflow.request_changes(self.page, by=self.by, reason=self.cleaned_data["reason"])


class Statement(StepForm):
    """Signing: the words that stand above the name, proposed and free to change."""

    proposal: ClassVar[str]
    statement = text_field("You say", rows=3)

    def proposed(self, page: Page) -> dict[str, Any]:
        return {"statement": self.proposal}


class WholeReview(Statement):
    """A signature under a whole text, which also says when it is due again."""

    proposal = REVIEW_STATEMENT
    review_due_on = day_field("Next review due", "Readers see this day.")

    def proposed(self, page: Page) -> dict[str, Any]:
        due_on = add_months(timezone.localdate(), Clinic.current().review_months)
        return {**super().proposed(page), "review_due_on": due_on}


class Sign(WholeReview):
    slug = "sign"
    verb = Verb.SIGN
    heading = "Sign"
    button = "Sign this version"
    explanation = "Your signature is under exactly this text. Your name and today's date are shown to readers."
    done = "Signed. The page is approved."

    def act(self) -> None:
        workflow.sign(self.page, by=self.by, **self.cleaned_data)


class Confirm(Statement):
    slug = "confirm"
    verb = Verb.CONFIRM
    heading = "Confirm the minor change"
    button = "Confirm this change"
    explanation = "You confirm exactly this difference. The dates of the last whole review stay as they are."
    done = "Confirmed. The page is approved."
    proposal = CONFIRMATION_STATEMENT

    def act(self) -> None:
        workflow.sign(self.page, by=self.by, **self.cleaned_data)


class Countersign(Statement):
    slug = "countersign"
    verb = Verb.COUNTERSIGN
    heading = "Countersign"
    button = "Countersign this version"
    explanation = "You are the second pair of eyes on a text that a colleague wrote or edited."
    done = "Countersigned."
    proposal = COUNTER_STATEMENT

    def act(self) -> None:
        workflow.countersign(self.page, by=self.by, **self.cleaned_data)


class Review(WholeReview):
    slug = "review"
    verb = Verb.REVIEW
    heading = "Reviewed, no change"
    button = "Sign the live version again"
    explanation = "Moves “last reviewed” and “next review due” on the public page; “updated” stays."
    done = "Signed again. The public page shows the new dates."

    def proposed(self, page: Page) -> dict[str, Any]:
        return {**super().proposed(page), "version_id": page.live_version_id}

    def act(self) -> None:
        workflow.reviewed_no_change(self.page, by=self.by, **self.cleaned_data)
