"""The page on which somebody outside the clinic answers what they were asked about a text (PUB-39)."""

from __future__ import annotations

from crispy_forms.helper import FormHelper
from crispy_forms.layout import Submit
from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from stemsite.clinic.frame import frame
from stemsite.token_pages import token_page

from . import sharing
from .fact_checking import answer, opened
from .models import FactCheck
from .shared import over
from .simple_page import simple_page

TITLE = "Please check the facts"
LONGEST = 4000


class AnswerForm(forms.Form):
    use_required_attribute = False

    verdict = forms.ChoiceField(
        label="What do you find?",
        choices=FactCheck.Verdict.choices,
        widget=forms.RadioSelect,
        error_messages={"required": "Choose one of the answers.", "invalid_choice": "Choose one of the answers."},
    )
    text = forms.CharField(
        label="In your words",
        required=False,
        max_length=LONGEST,
        help_text="Which sentence, what is right instead, and where that stands.",
        widget=forms.Textarea(attrs={"rows": 8}),
    )
    name = forms.CharField(
        label="Your name and profession",
        max_length=160,
        help_text="For the clinic's records. It stands on no page.",
        error_messages={"required": "Write your name and profession."},
    )

    def clean(self) -> None:
        if self.cleaned_data.get("verdict") == FactCheck.Verdict.DOUBTS and not self.cleaned_data.get("text"):
            self.add_error("text", "Say what should be looked at.")

    @property
    def helper(self) -> FormHelper:
        helper = FormHelper()
        helper.disable_csrf = True
        helper.form_class = "ask"
        helper.attrs = {"novalidate": "novalidate"}
        helper.add_input(Submit("", "Send your answer"))
        return helper


@token_page
def fact_check(request: HttpRequest, token: str) -> HttpResponse:
    """The question with its form; once it is answered, thanks."""
    check = opened(token)
    if check is None:
        return over(request)
    form = AnswerForm(request.POST if request.method == "POST" else None, initial={"name": check.asked})
    if form.is_bound and form.is_valid() and check.answered_at is None:
        answer(check, **form.cleaned_data)
        check.refresh_from_db()
    site = frame()
    page = simple_page(site, title=TITLE, path=request.path, description=TITLE, trail=(), noindex=True)
    context = {
        "site": site,
        "page": page,
        "check": check,
        "form": form,
        "text": sharing.address(check.link),
        "is_draft": check.link.version_id != check.link.page.live_version_id,
    }
    name = "publishing/fact_check.html" if check.answered_at is None else "publishing/fact_check_thanks.html"
    return render(request, name, context, status=422 if form.is_bound and check.answered_at is None else 200)
