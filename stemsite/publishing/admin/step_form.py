"""What every step's form has in common: what it asks, what its button says, and the verb it calls."""

from __future__ import annotations

from typing import Any, ClassVar

from django import forms

from ..models import Page
from ..offering import version_in_question
from ..steps import Verb


class ActForm(forms.Form):
    """One thing that can be done. ``act`` does it; an expected refusal leaves it as ``Refused``."""

    slug: ClassVar[str]
    """The end of the form's address, and the prefix of its fields."""
    heading: ClassVar[str]
    button: ClassVar[str]
    explanation: ClassVar[str] = ""
    done: ClassVar[str]
    grave: ClassVar[bool] = False
    """Whether somebody loses something by it: the button is not the first one at hand."""

    def is_offered(self) -> bool:
        return True

    def act(self) -> None:
        """Every form has its own; one without is a mistake that the first press shows."""
        raise NotImplementedError


class StepForm(ActForm):
    """A step of a page. It is offered where the page gives it something to act on, besides table and guards."""

    verb: ClassVar[Verb]

    version_id = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, page: Page, by: Any, **kwargs: Any) -> None:
        self.page = page
        self.by = by
        version = version_in_question(page)
        initial = {"version_id": version.pk if version else None, **self.proposed(page)}
        super().__init__(*args, prefix=self.slug, initial=initial, use_required_attribute=False, **kwargs)

    def proposed(self, page: Page) -> dict[str, Any]:
        return {}


def text_field(label: str, hint: str = "", *, required: bool = True, rows: int = 2) -> forms.CharField:
    return forms.CharField(
        label=label, help_text=hint, required=required, max_length=2000, widget=forms.Textarea(attrs={"rows": rows})
    )


def day_field(label: str, hint: str = "") -> forms.DateField:
    return forms.DateField(
        label=label, help_text=hint, widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )
