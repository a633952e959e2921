"""What every step's form has in common: what it asks, what its button says, and the verb it calls."""

from __future__ import annotations

from typing import Any, ClassVar

from django import forms

from ..models import Page
from ..offering import version_in_question
from ..steps import Verb


class StepForm(forms.Form):
    """``act`` takes the step; an expected refusal leaves it as ``Refused``."""

    verb: ClassVar[Verb]
    slug: ClassVar[str]
    """The end of the step's address, and the prefix of its fields."""
    heading: ClassVar[str]
    button: ClassVar[str]
    explanation: ClassVar[str] = ""
    done: ClassVar[str]
    grave: ClassVar[bool] = False
    """Whether readers lose something by it: the button is not the first one at hand."""

    version_id = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, page: Page, by: Any, **kwargs: Any) -> None:
        self.page = page
        self.by = by
        version = version_in_question(page)
        initial = {"version_id": version.pk if version else None, **self.proposed(page)}
        super().__init__(*args, prefix=self.slug, initial=initial, use_required_attribute=False, **kwargs)

    def proposed(self, page: Page) -> dict[str, Any]:
        return {}

    def is_offered(self) -> bool:
        """Whether the page gives the step something to act on, besides what table and guards say."""
        return True

    def act(self) -> None:
        raise NotImplementedError


def text_field(label: str, hint: str = "", *, required: bool = True, rows: int = 2) -> forms.CharField:
    return forms.CharField(
        label=label, help_text=hint, required=required, max_length=2000, widget=forms.Textarea(attrs={"rows": rows})
    )


def day_field(label: str, hint: str = "") -> forms.DateField:
    return forms.DateField(
        label=label, help_text=hint, widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )
