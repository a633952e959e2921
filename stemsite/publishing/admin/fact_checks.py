"""Asking somebody outside for a fact check, and what came back, on a screen of its own (PUB-39)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from django import forms
from django.contrib import messages
from django.contrib.admin import site
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from .. import fact_checking, sharing
from ..models import FactCheck, Page
from ..offering import version_in_question
from .finding_pages import page_for


class AskForm(forms.ModelForm):
    use_required_attribute = False

    days = forms.TypedChoiceField(
        label="Good for", coerce=int, initial=7, choices=[(days, f"{days} days") for days in sharing.DAYS if days > 1]
    )

    class Meta:
        model = FactCheck
        fields = ("asked", "question")
        widgets: ClassVar[dict[str, forms.Widget]] = {"question": forms.Textarea(attrs={"rows": 4})}


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    check: FactCheck
    address: str
    """Empty once it is answered or the link is over."""


@require_http_methods(["GET", "HEAD", "POST"])
def fact_checks(request: HttpRequest, pk: int) -> HttpResponse:
    """Whoever may see the draft may ask about one version of it."""
    page = page_for(request, pk)
    version = version_in_question(page) if page.has_address else None
    form = AskForm(request.POST if request.method == "POST" else None)
    if form.is_bound and version is not None and form.is_valid():
        fact_checking.ask(page, version, by=request.user, **form.cleaned_data)
        messages.success(request, "Send the link below to whom you ask. You are told when the answer is there.")
        return HttpResponseRedirect(reverse("admin:publishing_fact_checks", args=[pk]), status=303)
    context = {
        **site.each_context(request),
        "title": "Fact checks from outside",
        "subtitle": page.title,
        "page": page,
        "version": version,
        "form": form,
        "mistakes": [field for field in form if field.errors] if form.is_bound else [],
        "rows": _rows(page),
    }
    return render(request, "admin/publishing/fact_checks.html", context, status=422 if form.is_bound else 200)


def _rows(page: Page) -> list[Asked]:
    checks = list(fact_checking.checks_of(page))
    live = set(sharing.open_links().filter(page_id=page.pk).values_list("pk", flat=True))
    return [
        Asked(
            check=check,
            address=fact_checking.address(check) if check.answered_at is None and check.link_id in live else "",
        )
        for check in checks
    ]
