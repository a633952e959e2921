"""One act on many pages, item by item: each that is left alone says why, and none is half done (PUB-114, PUB-119)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django import forms
from django.contrib import admin
from django.contrib.auth import get_user_model
from django.db import transaction
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from stemsite.access import Action, can

from .. import assigning, trash, workflow
from ..families import specific
from ..gate import Refused
from ..models import Page

MOST = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    page: Page
    said: str
    done: bool


class BulkForm(forms.Form):
    def __init__(self, *args: Any, count: int, **kwargs: Any) -> None:
        self.count = count
        super().__init__(*args, prefix="bulk", use_required_attribute=False, **kwargs)


class TrashMany(BulkForm):
    note = forms.CharField(label="Note for the record", required=False, max_length=2000)
    typed = forms.IntegerField(
        label="How many pages are these?", help_text="Type the number, so that none goes unseen."
    )

    def clean_typed(self) -> int:
        typed: int = self.cleaned_data["typed"]
        if typed != self.count:
            raise forms.ValidationError(f"You chose {self.count}. Type that number to go on.")
        return typed


class AssignMany(BulkForm):
    """Whatever stays empty is left as it is."""

    keeper = forms.ModelChoiceField(label="Keeper", queryset=None, required=False)
    deputy = forms.ModelChoiceField(label="Deputy", queryset=None, required=False)
    reviewer = forms.ModelChoiceField(label="Reviewer", queryset=None, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        staff = get_user_model().objects.filter(is_active=True, is_staff=True).order_by("email")
        for field in self.fields.values():
            field.queryset = staff

    def clean(self) -> dict[str, Any]:
        chosen = super().clean() or {}
        if not self.errors and not any(chosen.values()):
            raise forms.ValidationError("Choose at least one person.")
        return chosen


class Bulk:
    """A mixin for the lists of pages."""

    actions = ("submit_many", "assign_many", "trash_many")

    @admin.action(description="Submit for review", permissions=["submit"])
    def submit_many(self, request: HttpRequest, queryset: QuerySet[Page]) -> HttpResponse:
        return self._report(
            request, "Submitted for review", queryset, lambda page: workflow.submit(page, by=request.user)
        )

    @admin.action(description="Assign keeper, deputy or reviewer", permissions=["assign"])
    def assign_many(self, request: HttpRequest, queryset: QuerySet[Page]) -> HttpResponse:
        return self._asked(
            request,
            "Assign keeper, deputy or reviewer",
            queryset,
            AssignMany,
            lambda page, data: assigning.assign(page, by=request.user, **data),
        )

    @admin.action(description="Move to the trash", permissions=["trash"])
    def trash_many(self, request: HttpRequest, queryset: QuerySet[Page]) -> HttpResponse:
        return self._asked(
            request,
            "Move to the trash",
            queryset,
            TrashMany,
            lambda page, data: trash.discard(page, by=request.user, note=data["note"]),
        )

    def _asked(
        self,
        request: HttpRequest,
        title: str,
        queryset: QuerySet[Page],
        form_class: type[BulkForm],
        act: Callable[[Page, dict[str, Any]], object],
    ) -> HttpResponse:
        """First what has to be known, then the acts."""
        count = queryset.count()
        form = form_class(request.POST if "bulk-go" in request.POST else None, count=count)
        if form.is_bound and form.is_valid():
            return self._report(request, title, queryset, lambda page: act(page, form.cleaned_data))
        context = {
            **self._frame(request, title),
            "form": form,
            "pages": queryset.order_by("title", "pk")[:MOST],
            "count": count,
            "action": request.POST.get("action", ""),
            "mistakes": [field for field in form if field.errors],
        }
        return render(request, "admin/publishing/bulk.html", context, status=422 if form.is_bound else 200)

    def _report(
        self, request: HttpRequest, title: str, queryset: QuerySet[Page], act: Callable[[Page], object]
    ) -> HttpResponse:
        pages = list(queryset.order_by("title", "pk")[: MOST + 1])
        outcomes = [self._one(page, act) for page in pages[:MOST]]
        context = {
            **self._frame(request, title),
            "outcomes": outcomes,
            "done": sum(outcome.done for outcome in outcomes),
            "left_over": len(pages) > MOST,
            "most": MOST,
        }
        return render(request, "admin/publishing/bulk_done.html", context)

    def _one(self, page: Page, act: Callable[[Page], object]) -> Outcome:
        try:
            with transaction.atomic():
                act(specific(page))
        except Refused as refused:
            return Outcome(page=page, said=str(refused), done=False)
        return Outcome(page=page, said="Done.", done=True)

    def _frame(self, request: HttpRequest, title: str) -> dict[str, Any]:
        return {**self.admin_site.each_context(request), "title": title, "opts": self.opts}  # type: ignore[attr-defined]

    def has_submit_permission(self, request: HttpRequest) -> bool:
        return can(request.user, Action.SUBMIT)

    def has_assign_permission(self, request: HttpRequest) -> bool:
        return can(request.user, Action.ASSIGN)

    def has_trash_permission(self, request: HttpRequest) -> bool:
        return can(request.user, Action.TRASH)
