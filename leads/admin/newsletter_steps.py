"""The steps of an issue as small forms: what each asks, what its button says, and the verb it calls."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, ClassVar

from django import forms
from django.contrib.auth import get_user_model

from leads.models import NewsletterIssue
from leads.newsletter import believing, workflow
from leads.newsletter.proofing import send_proof
from leads.newsletter.steps import STEPS, Verb, is_open
from stemsite.access import Action, Role, can
from stemsite.clinic.models import Clinic
from stemsite.publishing.admin.step_form import ActForm, text_field


class IssueStepForm(ActForm):
    """A step of an issue."""

    verb: ClassVar[Verb]
    folded: ClassVar[bool] = False
    """Offered, and not the first thing at hand."""

    def __init__(self, *args: Any, issue: NewsletterIssue, by: Any, **kwargs: Any) -> None:
        self.issue, self.by = issue, by
        super().__init__(*args, prefix=self.slug, use_required_attribute=False, **kwargs)

    def is_offered(self) -> bool:
        """Whether table and role allow it; what else stands in the way is said when it is pressed."""
        return can(self.by, STEPS[self.verb].right, self.issue) and is_open(self.issue, self.verb)


class Submit(IssueStepForm):
    verb, slug = Verb.SUBMIT, "submit"
    heading, button = "Ask for approval", "Submit for approval"
    explanation = "Everybody who may approve is told by mail. Any edit after that needs a new approval."
    done = "Submitted. Those who may approve it have been told."
    note = text_field("Note", "What should they look at? May stay empty.", required=False)

    def act(self) -> None:
        workflow.submit(self.issue, by=self.by, note=self.cleaned_data["note"])


class Approve(IssueStepForm):
    verb, slug = Verb.APPROVE, "approve"
    heading, button = "Approve", "Approve this letter"
    explanation = "You approve exactly the subject and both bodies as the preview shows them."
    done = "Approved."
    edition_id = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, issue: NewsletterIssue, **kwargs: Any) -> None:
        read = workflow.edition_to_read(issue)
        super().__init__(*args, issue=issue, initial={"edition_id": read.pk if read else None}, **kwargs)

    def is_offered(self) -> bool:
        return super().is_offered() and self.issue.saved_by_id != self.by.pk

    def act(self) -> None:
        workflow.approve(self.issue, by=self.by, edition_id=self.cleaned_data["edition_id"])


class ApproveAgain(Approve):
    verb, slug = Verb.REAPPROVE, "approve-again"
    heading, button = "Approve again", "Approve what goes on"
    explanation = "It stopped by itself or was edited. You approve the letter with which it goes on."
    done = "Approved. It can be resumed now."

    def is_offered(self) -> bool:
        return super().is_offered() and self.issue.needs_approval


class SendBack(IssueStepForm):
    verb, slug = Verb.RETURN, "send-back"
    heading, button = "Ask for changes", "Send it back"
    done = "Sent back. Whoever wrote it gets your words by mail."
    folded = True
    reason = text_field("What should change?")

    def act(self) -> None:
        workflow.send_back(self.issue, by=self.by, reason=self.cleaned_data["reason"])


class Start(IssueStepForm):
    verb, slug = Verb.START, "start"
    heading, button = "Send it", "Send this issue"
    done = "It is on its way."
    despite = text_field(
        "Why send it although receivers may not believe it",
        "Needed only when the check of SPF, DKIM and DMARC fails. It is kept on record.",
        required=False,
    )
    first_only = forms.BooleanField(
        label="First to one reader in a hundred",
        help_text="The rest waits until somebody has looked at what became of these and presses “Continue”.",
        required=False,
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not (believing.is_asked() and can(self.by, Action.SEND_UNBELIEVED)):
            del self.fields["despite"]
        self.explanation = (
            "The first letters go out at once. You can pause it at any time."
            if Clinic.current().needs_team
            else "The first letter goes out in ten minutes. Until then you can recall it."
        )

    def is_offered(self) -> bool:
        exempt = workflow.needs_no_approval(self.issue)
        may = can(self.by, STEPS[self.verb].right, self.issue)
        return may and is_open(self.issue, self.verb, without_approval=exempt)

    def act(self) -> None:
        found = self.cleaned_data
        workflow.start(
            self.issue, by=self.by, despite=found.get("despite", ""), first_only=found.get("first_only", False)
        )


class Recall(IssueStepForm):
    verb, slug = Verb.RECALL, "recall"
    heading, button = "Recall it", "Recall this issue"
    explanation = "No letter has gone out. It is a draft again."
    done = "Recalled. Nobody was written to."

    def is_offered(self) -> bool:
        return super().is_offered() and workflow.can_be_recalled(self.issue)

    def act(self) -> None:
        workflow.recall(self.issue, by=self.by)


class Pause(IssueStepForm):
    verb, slug = Verb.PAUSE, "pause"
    heading, button = "Pause it", "Pause"
    explanation = "From this moment on no further letter is handed over."
    done = "Paused."
    reason = text_field("Why?", "For your colleagues. May stay empty.", required=False)

    def act(self) -> None:
        workflow.pause(self.issue, by=self.by, reason=self.cleaned_data["reason"])


class Resume(IssueStepForm):
    verb, slug = Verb.RESUME, "resume"
    heading, button = "Go on", "Resume"
    explanation = "It goes on where it stopped. Nobody gets it twice."
    done = "It goes on."

    def is_offered(self) -> bool:
        return super().is_offered() and not self.issue.needs_approval

    def act(self) -> None:
        workflow.resume(self.issue, by=self.by)


class Continue(IssueStepForm):
    verb, slug = Verb.CONTINUE, "continue"
    heading, button = "Let the rest go", "Continue"
    explanation = "The first letters went out, and the rest waits. Look below at what became of them."
    done = "The rest is on its way."

    def is_offered(self) -> bool:
        run = getattr(self.issue, "run", None)
        return super().is_offered() and run is not None and run.is_holding

    def act(self) -> None:
        workflow.go_on(self.issue, by=self.by)


class Cancel(IssueStepForm):
    verb, slug = Verb.CANCEL, "cancel"
    heading, button = "Cancel it", "Cancel this issue for good"
    explanation = "What was sent stays sent; the rest never goes out. This cannot be undone."
    done = "Cancelled."
    grave = folded = True
    reason = text_field("Why?")

    def act(self) -> None:
        workflow.cancel(self.issue, by=self.by, reason=self.cleaned_data["reason"])


class Proof(IssueStepForm):
    slug = "test"
    heading, button = "Send a test", "Send the test"
    explanation = "The letter as it is saved, with links that open nothing, to the colleagues you choose."
    done = "The test is on its way."
    folded = True
    to = forms.ModelMultipleChoiceField(
        label="To", queryset=get_user_model().objects.none(), widget=forms.CheckboxSelectMultiple
    )

    def __init__(self, *args: Any, by: Any, **kwargs: Any) -> None:
        super().__init__(*args, by=by, initial={"to": [by.pk]}, **kwargs)
        roles = [role.value for role in (Role.AUTHOR, Role.REVIEWER, Role.PUBLISHER, Role.OWNER)]
        users = get_user_model().objects.filter(is_active=True, is_staff=True, groups__name__in=roles)
        self.fields["to"].queryset = users.distinct().order_by("email")

    def is_offered(self) -> bool:
        over = (NewsletterIssue.State.FINISHED, NewsletterIssue.State.CANCELLED)
        return can(self.by, Action.SEE_ISSUES) and self.issue.state not in over

    def act(self) -> None:
        send_proof(self.issue, to=self.cleaned_data["to"], by=self.by)


FORMS: tuple[type[IssueStepForm], ...] = (
    Approve, ApproveAgain, Start, Recall, Continue, Resume, Pause, Submit, Proof, SendBack, Cancel,
)  # fmt: skip


def form_class(slug: str) -> type[IssueStepForm] | None:
    return next((form for form in FORMS if form.slug == slug), None)


def offered(issue: NewsletterIssue, by: Any, pressed: IssueStepForm | None = None) -> Iterator[IssueStepForm]:
    """The steps that are open to ``by``; the one that was pressed with what was typed into it."""
    for cls in FORMS:
        form = pressed if pressed is not None and type(pressed) is cls else cls(issue=issue, by=by)
        if form.is_offered():
            yield form
