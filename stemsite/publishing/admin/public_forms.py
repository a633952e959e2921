"""The steps that readers see: publishing, withdrawing and putting back, now or at a set time."""

from __future__ import annotations

from typing import Any, ClassVar

from django import forms
from django.utils import timezone

from stemsite.clinic.models import Clinic

from .. import scheduling, workflow
from ..addressing import replaced_redirect
from ..families import content_of
from ..gate import Stale
from ..guards import needs_reason
from ..models import Page, Redirect, Schedule, Transition
from ..offering import version_in_question, waiting_schedules
from ..steps import Verb
from ..undoing import undo, undoable
from .step_form import StepForm, text_field
from .targets import live_target, target_field
from .wall_clock import WallClock

Change = Transition.Change


class GoingPublic(StepForm):
    change = forms.ChoiceField(label="What kind of change is it?", choices=Change, widget=forms.RadioSelect)
    note = text_field(
        "Note for readers",
        "One sentence on what changed. It stands on the page under “What changed” and on the list of corrections.",
        required=False,
    )
    reason = text_field(
        "Why you publish it yourself",
        "Publishing is the publisher's part. Your reason stays in history and audit log; readers do not see it.",
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.page.first_published_at is None:
            self.fields["change"].required = False
            self.fields["change"].widget = forms.HiddenInput()
            self.fields["note"].help_text = "May stay empty: the list then says “First published.”"
        if not needs_reason(self.by):
            del self.fields["reason"]
        if (ended := self._ended_redirect()) is not None:
            self.fields["ends_redirect"] = forms.BooleanField(
                label=f"End the redirect from {ended.from_path} to {ended.target or 'nowhere'}",
                help_text="That address was given away before; readers who follow old links will find this page.",
            )

    def _ended_redirect(self) -> Redirect | None:
        version = version_in_question(self.page)
        return replaced_redirect(self.page, content_of(self.page, version)) if version is not None else None

    def clean(self) -> dict[str, Any]:
        """What was only asked to be sure of is no fact of the publication."""
        data = super().clean() or {}
        data.pop("ends_redirect", None)
        return data

    def proposed(self, page: Page) -> dict[str, Any]:
        return {"change": Change.MAJOR} if page.first_published_at is None else {}

    def clean_change(self) -> str:
        chosen: str = self.cleaned_data["change"]
        return chosen or Change.MAJOR


class Publish(GoingPublic):
    slug = "publish"
    verb = Verb.PUBLISH
    heading = "Publish"
    button = "Publish now"
    explanation = "Readers get this version at once: the page, lists, feeds and search together."
    done = "Published. Readers get this version now."

    def act(self) -> None:
        workflow.publish(self.page, by=self.by, **self.cleaned_data)


class Undo(StepForm):
    slug = "undo"
    verb = Verb.UNDO
    heading = "Undo the publication"
    button = "Undo: bring the version before it back"
    done = "Undone. Readers get the version before it again; what was taken back is the draft."

    reason = text_field("Why you take it back yourself", "Stays in history and audit log; readers do not see it.")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.found = undoable(self.page)
        if not needs_reason(self.by):
            del self.fields["reason"]
        if self.found is not None and self.found.version is not None:
            until = timezone.localtime(self.found.until, Clinic.current().zone)
            self.explanation = (
                f"Until {until:%H:%M %Z}. Readers get {self.found.version} again, at once and everywhere. "
                "What is taken back stays as the draft. A major change that was listed stays listed, as taken back."
            )

    def is_offered(self) -> bool:
        return self.is_bound or self.found is not None

    def proposed(self, page: Page) -> dict[str, Any]:
        return {"version_id": page.live_version_id}

    def act(self) -> None:
        undo(self.page, by=self.by, **self.cleaned_data)


class SchedulePublication(WallClock, GoingPublic):
    slug = "schedule"
    verb = Verb.SCHEDULE
    heading = "Publish later"
    button = "Schedule"
    explanation = (
        "Exactly this version goes live then. What is edited meanwhile stays draft. "
        "Where a withdrawal is scheduled for an earlier time, this puts the page back."
    )
    done = "Scheduled. You get a mail with the outcome."
    field_order = ("day", "time", "second", "change", "note", "reason")

    def act(self) -> None:
        data = self.cleaned_data
        scheduling.schedule_publish(
            self.page,
            by=self.by,
            due_at=data["due_at"],
            change=data["change"],
            note=data["note"],
            reason=data.get("reason", ""),
            version_id=data["version_id"],
        )


class _CallOff(StepForm):
    what: ClassVar[Schedule.What]
    heading = "Call off the schedule"

    def _waiting(self) -> Schedule | None:
        return next((row for row in waiting_schedules(self.page) if row.what == self.what), None)

    def is_offered(self) -> bool:
        return self._waiting() is not None

    def act(self) -> None:
        schedule = self._waiting()
        if schedule is None:
            raise Stale("Nothing is scheduled any more. Nothing changed.")
        scheduling.cancel(schedule, by=self.by)


class Cancel(_CallOff):
    slug = "cancel"
    verb = Verb.CANCEL
    what = Schedule.What.PUBLISH
    button = "Cancel the publication"
    explanation = "The page stays approved and can be published later."
    done = "Called off. The page is approved, and nothing goes live by itself."


class CancelWithdrawal(_CallOff):
    slug = "cancel-withdrawal"
    verb = Verb.WITHDRAW
    what = Schedule.What.WITHDRAW
    button = "Cancel the withdrawal"
    explanation = "The page stays live."
    done = "Called off. The page stays live."


class Withdrawal(StepForm):
    """How a page is taken from the public, and what readers are told."""

    verb = Verb.WITHDRAW
    grave = True
    ways: ClassVar[frozenset[str]] = frozenset(Page.Withdrawal)

    kind = forms.ChoiceField(label="How", choices=Page.Withdrawal, widget=forms.RadioSelect)
    reason = text_field("Public explanation", "One neutral sentence for readers.")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["kind"].choices = [(value, words) for value, words in Page.Withdrawal.choices if value in self.ways]


class Withdraw(Withdrawal):
    slug = "withdraw"
    heading = "Withdraw from the public"
    button = "Withdraw now"
    explanation = "It takes effect at once, and can be undone."
    done = "Withdrawn. Readers are told why."

    replacement = target_field(
        "Needed when merged, possible when published in error: the address of a live page, such as /conditions/als/."
    )

    def clean_replacement(self) -> Page | None:
        return live_target(self.cleaned_data["replacement"], self.page)

    def act(self) -> None:
        data = self.cleaned_data
        workflow.withdraw(
            self.page, by=self.by, kind=data["kind"], reason=data["reason"], replacement=data["replacement"]
        )


class Emergency(StepForm):
    """The one press that takes a page from readers (PUB-110)."""

    slug = "take-down"
    verb = Verb.WITHDRAW
    heading = "Emergency: take it down now"
    button = "Take the page down now"
    explanation = "The address answers at once that the page was withdrawn, and shows nothing else. It can be undone."
    done = "Taken down. Readers get nothing of it but your sentence."
    grave = True

    reason = text_field("Public explanation", "One neutral sentence for readers.")

    def act(self) -> None:
        workflow.withdraw(self.page, by=self.by, kind=Page.Withdrawal.ERROR, reason=self.cleaned_data["reason"])


class ScheduleWithdrawal(WallClock, Withdrawal):
    slug = "schedule-withdrawal"
    heading = "Withdraw later"
    button = "Schedule the withdrawal"
    explanation = "The page is withdrawn at that time, whether or not anybody is at work."
    done = "The withdrawal is scheduled. You get a mail with the outcome."
    field_order = ("day", "time", "second", "kind", "reason")
    ways = frozenset({Page.Withdrawal.OUTDATED, Page.Withdrawal.ERROR})

    def is_offered(self) -> bool:
        return all(row.what != Schedule.What.WITHDRAW for row in waiting_schedules(self.page))

    def act(self) -> None:
        data = self.cleaned_data
        scheduling.schedule_withdrawal(
            self.page, by=self.by, due_at=data["due_at"], kind=data["kind"], reason=data["reason"]
        )


class Restore(StepForm):
    slug = "restore"
    verb = Verb.RESTORE
    heading = "Put back"
    button = "Put the page back"
    explanation = "The same version is live again."
    done = "Put back. Readers get the page again."

    note = text_field("Note for the record", "May stay empty.", required=False)

    def act(self) -> None:
        workflow.restore(self.page, by=self.by, note=self.cleaned_data["note"])
