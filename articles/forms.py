"""The search form, the same with what the results can be narrowed by, and the form that asks for a day."""

from __future__ import annotations

import datetime
from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import ClassVar

from crispy_forms.helper import FormHelper
from crispy_forms.layout import HTML, ButtonHolder, Div, Layout, Submit
from crispy_forms.utils import render_crispy_form
from django import forms
from django.urls import reverse_lazy
from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe

Choices = tuple[tuple[str, tuple[tuple[str, str], ...]], ...]
"""For each parameter of an address its values and their words."""


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

    @property
    def helper(self) -> FormHelper:
        """The results stand on a phone's first screen, so what they are narrowed by is folded until it is used."""
        helper = super().helper
        button = ButtonHolder(*helper.inputs)
        helper.inputs = []
        helper.layout = Layout("q", button, *self._folded([name for name in self.LABELS if name in self.fields]))
        return helper

    def _folded(self, names: Sequence[str]) -> Sequence[HTML | Div]:
        if not names:
            return ()
        what = " or ".join(filter(None, (", ".join(names[:-1]), names[-1])))
        is_open = " open" if any(self.initial.get(name) for name in names) else ""
        summary = HTML(f"<details{is_open}><summary>Narrow down by {what}</summary>")
        return summary, Div(*names, css_class="narrow"), HTML("</details>")


def drawn(query: str, *, choices: Choices, chosen: Mapping[str, str]) -> SafeString:
    """The form on the page of results, as often as there is another query drawn only once."""
    if not query:
        return SafeString("".join(_around_query(choices, tuple(chosen.items()), "")))
    before, after = _around_query(choices, tuple(chosen.items()), _QUERY)
    return mark_safe(f"{before}{escape(query)}{after}")


_QUERY = "\ue000"
"""Stands in the place of the query in a form that is drawn for all of them."""


@lru_cache(maxsize=64)
def _around_query(choices: Choices, chosen: tuple[tuple[str, str], ...], query: str) -> tuple[str, str]:
    form = NarrowedSearchForm(choices=dict(choices), initial={"q": query, **dict(chosen)})
    before, _, after = str(render_crispy_form(form)).partition(_QUERY)
    return before, after


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
