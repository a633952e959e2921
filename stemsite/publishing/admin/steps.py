"""All step forms, and those that stand open on one page for one person."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from ..models import Page
from ..offering import offers
from ..steps import Verb
from . import public_forms, review_forms, second_look_forms, trash_forms
from .step_form import StepForm

FORMS: tuple[type[StepForm], ...] = (
    second_look_forms.ConfirmCorrection,
    second_look_forms.Clear,
    review_forms.Sign,
    review_forms.Confirm,
    public_forms.Undo,
    public_forms.Publish,
    public_forms.SchedulePublication,
    public_forms.Cancel,
    public_forms.CancelWithdrawal,
    second_look_forms.Correct,
    review_forms.Submit,
    review_forms.Countersign,
    review_forms.RequestChanges,
    review_forms.Recall,
    review_forms.Review,
    public_forms.Restore,
    public_forms.Withdraw,
    public_forms.ScheduleWithdrawal,
    public_forms.Emergency,
    second_look_forms.Force,
    trash_forms.Discard,
    trash_forms.TakeOut,
)

MENDING = (Verb.CONFIRM_CORRECTION, Verb.CLEAR)
"""The second look at what is live already."""

ONWARD = (Verb.UNTRASH, *MENDING, Verb.SIGN, Verb.CONFIRM, Verb.PUBLISH, Verb.SUBMIT)
"""The steps that bring a page nearer to its readers."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenStep:
    form: StepForm
    refusal: str
    is_open: bool
    """Whether the form lies open: the one step that leads on, or the one that was pressed."""


def form_class(slug: str) -> type[StepForm] | None:
    return next((form for form in FORMS if form.slug == slug), None)


def open_steps(page: Page, by: Any, pressed: StepForm | None = None) -> Iterator[OpenStep]:
    """The steps that ``by`` may take now; the one that was ``pressed`` and refused keeps what was typed."""
    offered = {offer.verb: offer.refusal for offer in offers(page, by)}
    forms = [pressed if isinstance(pressed, cls) else cls(page=page, by=by) for cls in FORMS if cls.verb in offered]
    forms = [form for form in forms if form.is_offered()]
    wanted = MENDING if page.draft_is_live and not page.is_trashed else ONWARD
    there = {form.verb for form in forms}
    onward = next((verb for verb in wanted if verb in there and offered[verb] == ""), None)
    for form in forms:
        refusal = "" if form.is_bound else offered[form.verb]
        yield OpenStep(form=form, refusal=refusal, is_open=form.is_bound or form.verb == onward)
