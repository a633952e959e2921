"""The search form, the same with what the results can be narrowed by, and the form that asks for a day."""

from __future__ import annotations

import datetime
from collections.abc import Mapping, Sequence
from typing import ClassVar

from crispy_forms.helper import FormHelper
from crispy_forms.layout import Submit
from django import forms
from django.urls import reverse_lazy


class SearchForm(forms.Form):
    q = forms.CharField(
        label="Search this site",
        required=False,
        max_length=200,
        widget=forms.SearchInput(attrs={"autocomplete": "off", "enterkeyhint": "search"}),
    )

    @property
    def helper(self) -> FormHelper:
        helper = FormHelper()
        helper.form_method = "get"
        helper.form_action = reverse_lazy("articles:search")
        helper.form_class = "search-form"
        helper.attrs = {"role": "search"}
        helper.disable_csrf = True
        helper.add_input(Submit("", "Search"))
        return helper


class NarrowedSearchForm(SearchForm):
    """As it stands on the page of results; a choice that leads nowhere is not offered."""

    LABELS: ClassVar = {
        "condition": ("Condition", "Any condition"),
        "topic": ("Topic", "Any topic"),
        "year": ("Updated or published in", "Any year"),
    }

    def __init__(self, *, choices: Mapping[str, Sequence[tuple[str, str]]], initial: Mapping[str, str]) -> None:
        super().__init__(initial=dict(initial))
        for name, (label, every) in self.LABELS.items():
            if choices[name]:
                options = [("", every), *choices[name]]
                self.fields[name] = forms.ChoiceField(label=label, required=False, choices=options)


class SinceForm(forms.Form):
    """From which day on changes are told."""

    def __init__(self, path: str, *, first: datetime.date, day: datetime.date, today: datetime.date) -> None:
        super().__init__(initial={"since": day.isoformat()})
        self.path = path
        bounds = {"type": "date", "min": first.isoformat(), "max": today.isoformat()}
        self.fields["since"] = forms.CharField(
            label="What changed since", required=False, widget=forms.TextInput(attrs=bounds)
        )

    @property
    def helper(self) -> FormHelper:
        helper = FormHelper()
        helper.form_method = "get"
        helper.form_action = self.path
        helper.form_class = "search-form"
        helper.disable_csrf = True
        helper.add_input(Submit("", "Show changes"))
        return helper
