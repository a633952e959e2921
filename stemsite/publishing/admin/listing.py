"""Which pages a list shows to whom, and which can be chosen."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest

from ..models import Page
from ..problems import problems_of


class Listed:
    """A mixin for ModelAdmins: each finds the pages they may see, and can choose any live one besides."""

    def get_queryset(self, request: HttpRequest) -> QuerySet[Page]:
        pages = super().get_queryset(request)
        match = request.resolver_match
        if match is not None and match.url_name == "autocomplete":
            return pages.choosable_by(request.user).order_by("title", "pk")
        return pages.visible_to(request.user)

    def get_changelist_instance(self, request: HttpRequest) -> Any:
        """With what is wrong with each page that is shown, asked once for all of them."""
        shown = super().get_changelist_instance(request)
        found = problems_of([page.pk for page in shown.result_list])
        for page in shown.result_list:
            page.problems = found.get(page.pk, ())
        return shown
