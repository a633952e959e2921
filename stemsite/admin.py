"""The one staff site: Django's admin under our name."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import URLPattern, URLResolver, path
from django.views.decorators.csp import csp_override

from stemsite.access import Action, can
from stemsite.accounts.site import AccountDoors


class StaffSite(AccountDoors):
    site_header = "Stemsite"
    site_title = "Stemsite"
    index_title = "Work queue"
    enable_nav_sidebar = True

    def __init__(self, name: str = "admin") -> None:
        super().__init__(name)
        # It deletes by queryset, past what a model's own ``delete`` refuses or cleans up.
        self.disable_action("delete_selected")

    def admin_view(self, view: Callable[..., HttpResponse], cacheable: bool = False) -> Callable[..., HttpResponse]:
        """Django's own wrapper, and the content policy of the staff site where a view has none of its own."""
        guarded = super().admin_view(view, cacheable)
        with_nonce = csp_override(settings.STAFF_CSP)

        @wraps(view)
        def policed(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            response = guarded(request, *args, **kwargs)
            return response if hasattr(response, "_csp_config") else with_nonce(lambda _: response)(request)

        return policed

    def index(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> TemplateResponse:
        from leads.admin.work_queue import with_leads
        from stemsite.clinic.models import Clinic
        from stemsite.getting_started.screen import first_steps
        from stemsite.publishing.admin.work_queue import work_queue

        context = {**first_steps(request), **with_leads(request, work_queue(request)), "clinic": Clinic.current()}
        context["may_pause"] = can(request.user, Action.EDIT_CLINIC)
        return super().index(request, {**context, **(extra_context or {})})

    def get_urls(self) -> list[URLResolver | URLPattern | Any]:
        from stemsite.clinic.admin.pause import screen as pause
        from stemsite.counts.staff import readers
        from stemsite.everywhere.screen import find
        from stemsite.everywhere.shortcuts import shortcuts
        from stemsite.getting_started import screen
        from stemsite.publishing.admin.urls import urls as page_urls
        from studies.admin.urls import urls as citation_urls

        begin = [
            path("keys/", self.admin_view(shortcuts), name="keys"),
            path("find/", self.admin_view(find), name="find"),
            path("reports/readers/", self.admin_view(readers), name="counts_readers"),
            path("pause/", self.admin_view(pause), name="clinic_pause"),
            path("start/", self.admin_view(screen.overview), name="getting_started"),
            path("start/arrived/<str:token>/", self.admin_view(screen.arrived), name="test_letter_arrived"),
            path("start/<slug:slug>/", self.admin_view(screen.press), name="getting_started_press"),
        ]
        return [*begin, *page_urls(self), *citation_urls(self), *super().get_urls()]
