"""Columns and filters of the lists of pages."""

from __future__ import annotations

import datetime
from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString

from ..families import families
from ..models import Page
from ..queues import QUEUES, due_for_review, queue, waiting_for


@admin.display(description="State", ordering="draft_state")
def states(self: Any, page: Page) -> SafeString:
    """Both states in words, leading to what can be done next (PUB-113)."""
    url = reverse("admin:publishing_page", args=[page.pk])
    return format_html('<a class="state state--{}" href="{}">{}</a>', page.state_tone, url, page.state_in_words)


@admin.display(description="Review due", ordering="review_due_on")
def review_due(self: Any, page: Page) -> str | SafeString:
    if page.review_due_on is None or not page.is_live:
        return "–"
    words = page.review_due_on.strftime("%Y-%m-%d")
    overdue = page.review_due_on < timezone.localdate()
    return format_html('<strong class="overdue">{} overdue</strong>', words) if overdue else words


@admin.display(description="Problems")
def problems(self: Any, page: Page) -> str | SafeString:
    """What is wrong with it, in few words (PUB-113)."""
    found = getattr(page, "problems", ())
    return format_html('<strong class="overdue">{}</strong>', ", ".join(found)) if found else "–"


@admin.display(description="Saved", ordering="saved_at")
def saved(self: Any, page: Page) -> str:
    return f"{timezone.localtime(page.saved_at):%Y-%m-%d %H:%M}" if page.saved_at else "–"


class QueueFilter(admin.SimpleListFilter):
    title = "queue"
    parameter_name = "queue"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [(each.slug, each.label) for each in QUEUES]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Page]) -> QuerySet[Page]:
        chosen = queue(self.value() or "")
        return queryset.filter(chosen.waits()) if chosen else queryset


class FamilyFilter(admin.SimpleListFilter):
    """The families there are: to ask all pages which they are of would cost more than to list them."""

    title = "family"
    parameter_name = "family"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return sorted((each.model.FAMILY, each.model.FAMILY) for each in families())

    def queryset(self, request: HttpRequest, queryset: QuerySet[Page]) -> QuerySet[Page]:
        return queryset.filter(family=self.value()) if self.value() else queryset


class TrashFilter(admin.SimpleListFilter):
    """What lies in the trash is listed only when it is asked for."""

    title = "trash"
    parameter_name = "trash"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [("yes", "In the trash")]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Page]) -> QuerySet[Page]:
        return queryset.in_trash() if self.value() == "yes" else queryset.at_hand()


class OverdueFilter(admin.SimpleListFilter):
    """The board of reviews that are late, by how much (PUB-123)."""

    title = "review overdue"
    parameter_name = "overdue"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [("1", "at all"), ("30", "by 30 days"), ("60", "by 60 days"), ("90", "by 90 days")]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Page]) -> QuerySet[Page]:
        days = {"1": 1, "30": 30, "60": 60, "90": 90}.get(self.value() or "")
        if days is None:
            return queryset
        return queryset.filter(due_for_review(timezone.localdate() - datetime.timedelta(days=days)))


class WhoseFilter(admin.SimpleListFilter):
    title = "whose"
    parameter_name = "whose"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [("mine", "waiting for me"), ("own", "kept or made by me")]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Page]) -> QuerySet[Page]:
        """Waiting for me: as the chosen queue means it; without a queue, in any of them."""
        chosen = queue(request.GET.get(QueueFilter.parameter_name, ""))
        if self.value() == "own":
            return queryset.own(request.user)
        if self.value() != "mine":
            return queryset
        return queryset.filter(pk__in=waiting_for(request.user, *([chosen] if chosen else QUEUES)))
