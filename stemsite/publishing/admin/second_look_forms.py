"""Past the signature: by force, by the lane for harmless corrections, and the second look at both."""

from __future__ import annotations

from typing import Any

from .. import second_look
from ..models import Page
from ..offering import version_in_question
from ..steps import Verb
from .public_forms import GoingPublic
from .step_form import StepForm, text_field


class Force(GoingPublic):
    slug = "force"
    verb = Verb.FORCE
    heading = "Publish by force, without the signature"
    button = "Publish without the signature"
    explanation = (
        "For the day when waiting would harm readers more. Notices and checks still count. The page says that no "
        "clinician has reviewed it, and stays marked here until somebody else has looked."
    )
    done = "Published by force. Reviewers and publishers were told; the page stays marked until one of them has looked."
    grave = True

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["reason"] = text_field(
            "Why it cannot wait", "It stays in history and audit log; readers do not see it."
        )

    def is_offered(self) -> bool:
        version = version_in_question(self.page)
        if version is None or self.page.draft_is_live:
            return False
        return second_look.needs_force(self.page, version, self.by)

    def act(self) -> None:
        data = self.cleaned_data
        second_look.force_publish(
            self.page,
            by=self.by,
            reason=data["reason"],
            change=data["change"],
            note=data["note"],
            version_id=data["version_id"],
        )


class Clear(StepForm):
    slug = "second-look"
    verb = Verb.CLEAR
    heading = "Second look"
    button = "I have looked at it"
    explanation = "This page was published without the signature it needs. Say what you found; the mark then goes."
    done = "Thank you. The mark is gone; your words stay in the history."

    note = text_field("What you looked at and found")

    def is_offered(self) -> bool:
        return self.page.forced_at is not None

    def act(self) -> None:
        second_look.clear(self.page, by=self.by, note=self.cleaned_data["note"])


class Correct(StepForm):
    slug = "correct"
    verb = Verb.CORRECT
    heading = "Publish a small correction at once"
    button = "Publish the correction"
    explanation = (
        "Only sentences are left out, or punctuation, links or alternative texts mended, so nobody has to sign first. "
        "The reviewer is told and confirms it afterwards."
    )
    done = "Published. The reviewer was told and confirms it."

    def is_offered(self) -> bool:
        return not self.page.draft_is_live and second_look.signed_base(self.page) is not None

    def act(self) -> None:
        second_look.publish_correction(self.page, by=self.by, version_id=self.cleaned_data["version_id"])


class ConfirmCorrection(StepForm):
    slug = "confirm-correction"
    verb = Verb.CONFIRM_CORRECTION
    heading = "Confirm the correction"
    button = "Confirm what is live"
    explanation = "A small correction of the page you signed went live under your name. Your signature goes under it."
    done = "Confirmed. Your signature stands under the corrected text."

    def proposed(self, page: Page) -> dict[str, Any]:
        return {"version_id": page.live_version_id}

    def is_offered(self) -> bool:
        return self.page.corrected_at is not None

    def act(self) -> None:
        second_look.confirm_correction(self.page, by=self.by, version_id=self.cleaned_data["version_id"] or 0)
