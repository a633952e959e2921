"""Entering a list from elsewhere: pasted, with evidence in every row, all of it or nothing (LEAD-41)."""

from __future__ import annotations

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_http_methods

from leads.pipeline.importing import COLUMNS, MOST, Row, import_list, rows_of
from stemsite.access import Action

from .frame import for_leads, screen, see_other

LONGEST = 1_000_000


class ListForm(forms.Form):
    """Pasted rather than sent as a file, so that no copy of it is ever put aside on the disk."""

    rows = forms.CharField(
        label="The list, as CSV",
        max_length=LONGEST,
        strip=False,
        help_text=f"The first line names the columns: {', '.join(COLUMNS)}. Only the name may be empty.",
        widget=forms.Textarea(attrs={"rows": 12, "autocomplete": "off", "spellcheck": "false"}),
    )

    def clean_rows(self) -> list[Row]:
        return rows_of(self.cleaned_data["rows"])


@require_http_methods(["GET", "HEAD", "POST"])
@for_leads(Action.IMPORT_LEADS)
def import_people(request: HttpRequest) -> HttpResponse:
    form = ListForm(request.POST if request.method == "POST" else None, use_required_attribute=False)
    if form.is_valid():
        outcome = import_list(form.cleaned_data["rows"], by=request.user)
        messages.success(
            request, f"Entered as pending: {outcome.entered}. Known before and left as they were: {outcome.known}."
        )
        return see_other("leads_subscription_changelist")
    status = 422 if form.is_bound else 200
    return screen(request, "import.html", title="Import a list", status=status, form=form, most=MOST)
