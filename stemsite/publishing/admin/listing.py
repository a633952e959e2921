"""Which pages a list shows to whom, and which can be chosen."""

from __future__ import annotations

from django.db.models import QuerySet
from django.http import HttpRequest

from ..models import Page


class Listed:
    """A mixin for ModelAdmins: each finds the pages they may see, and can choose any live one besides."""

    def get_queryset(self, request: HttpRequest) -> QuerySet[Page]:
        pages = super().get_queryset(request)
        match = request.resolver_match
        if match is not None and match.url_name == "autocomplete":
            return pages.choosable_by(request.user).order_by("title", "pk")
        return pages.visible_to(request.user)
