"""The form that narrows the library: a GET form, each choice with what it would leave."""

from __future__ import annotations

from collections.abc import Mapping

from crispy_forms.helper import FormHelper
from crispy_forms.layout import HTML, Div, Layout, Submit
from django import forms
from django.urls import reverse_lazy

from .choices import CERTAINTY, DESIGNS, PEOPLE, PHASES, RESULTS, STANDINGS, STATUSES, Choice
from .finding import Counts

LABELS = {
    "q": "Words",
    "condition": "Condition",
    "treatment": "What was given",
    "design": "How it was done",
    "phase": "Phase",
    "people": "How many people",
    "certainty": "Certainty",
    "results": "Results",
    "status": "Where the trial stands",
    "standing": "Notices about the paper",
    "year": "Published since",
}
ANY = {"condition": "Any condition", "treatment": "Anything", "people": "Any number", "year": "Any year"}
COUNTED: dict[str, Mapping[str, str]] = {
    "design": DESIGNS,
    "phase": PHASES,
    "certainty": CERTAINTY,
    "results": RESULTS,
    "status": STATUSES,
    "standing": STANDINGS,
}

Terms = Mapping[str, tuple[str, int]]


class LibraryForm(forms.Form):
    """Every choice that would leave a study, and what was chosen already."""

    def __init__(self, choice: Choice, *, counts: Counts, conditions: Terms, treatments: Terms, years: range) -> None:
        super().__init__(initial={name: getattr(choice, name) for name in (*LABELS, "sort")})
        self.fields["q"] = forms.CharField(
            label=LABELS["q"],
            required=False,
            max_length=200,
            widget=forms.SearchInput(attrs={"autocomplete": "off", "enterkeyhint": "search"}),
        )
        self._choose("condition", {slug: f"{name} ({number:,})" for slug, (name, number) in conditions.items()})
        self._choose("treatment", {slug: f"{name} ({number:,})" for slug, (name, number) in treatments.items()})
        for name, known in COUNTED.items():
            left = counts.get(name, {})
            self._choose(
                name,
                {
                    value: f"{words} ({left.get(value, 0):,})"
                    for value, words in known.items()
                    if left.get(value) or getattr(choice, name) == value
                },
            )
        self._choose("people", PEOPLE)
        self._choose("year", {str(year): str(year) for year in reversed(years)})
        if choice.sort:
            self.fields["sort"] = forms.CharField(widget=forms.HiddenInput)

    def _choose(self, name: str, options: Mapping[str, str]) -> None:
        choices = [("", ANY.get(name, "Any")), *options.items()]
        self.fields[name] = forms.ChoiceField(label=LABELS[name], required=False, choices=choices)

    @property
    def helper(self) -> FormHelper:
        helper = FormHelper()
        helper.form_method = "get"
        helper.form_action = reverse_lazy("studies:list")
        helper.form_class = "library-form"
        helper.attrs = {"role": "search", "aria-label": "Studies"}
        helper.disable_csrf = True
        helper.layout = Layout(
            "q",
            HTML("<details><summary>Narrow down by condition, design, size and more</summary>"),
            Div(*(name for name in LABELS if name != "q"), css_class="narrow"),
            HTML("</details>"),
            *(("sort",) if "sort" in self.fields else ()),
        )
        helper.add_input(Submit("", "Show studies"))
        return helper
