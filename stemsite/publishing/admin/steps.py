"""All step forms, and those that stand open on one page for one person."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from ..models import Page
from ..offering import offers
from ..steps import Verb
from . import public_forms, review_forms
from .step_form import StepForm

FORMS: tuple[type[StepForm], ...] = (
    review_forms.Sign,
    review_forms.Confirm,
    public_forms.Publish,
    public_forms.SchedulePublication,
    public_forms.Cancel,
    public_forms.CancelWithdrawal,
    review_forms.Submit,
    review_forms.Countersign,
    review_forms.RequestChanges,
    review_forms.Recall,
    review_forms.Review,
    public_forms.Restore,
    public_forms.Withdraw,
    public_forms.ScheduleWithdrawal,
)

ONWARD = (Verb.SIGN, Verb.CONFIRM, Verb.PUBLISH, Verb.SUBMIT)
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
    wanted = () if page.draft_is_live else ONWARD
    onward = next((verb for verb in wanted if offered.get(verb) == ""), None)
    for cls in FORMS:
        if cls.verb not in offered:
            continue
        form = pressed if isinstance(pressed, cls) else cls(page=page, by=by)
        if form.is_offered():
            refusal = "" if form.is_bound else offered[cls.verb]
            yield OpenStep(form=form, refusal=refusal, is_open=form.is_bound or cls.verb == onward)
