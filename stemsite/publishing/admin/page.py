"""The ModelAdmin that every family of pages is edited with."""

from __future__ import annotations

from typing import Any, ClassVar

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import URLPattern, path, reverse

from stemsite.access import Action, can
from stemsite.guarded import Guarded
from stemsite.outages import RETRY_AFTER

from .. import workflow
from ..drafts import to_page
from ..gate import Refused
from ..models import Page, Schedule
from ..steps import Verb, is_open
from . import columns, unsaved
from .bulk import Bulk
from .conflict import conflict_of
from .finding_pages import number_in
from .forms import PageForm
from .keeping import kept
from .listing import Listed
from .media import editor_media
from .merging import snapshot
from .recovering import Recovering
from .saving import Saving


class PageRights(Guarded):
    """Rights of the parts of a page's form: those of the page itself."""

    view_right = Action.VIEW
    add_right = change_right = delete_right = Action.EDIT

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        if obj is None or obj.pk is None:
            return can(request.user, Action.CREATE)
        return can(request.user, Action.EDIT, obj) and not obj.is_trashed

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self.has_add_permission(request, obj)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self.has_add_permission(request, obj)


class PageAdmin(Saving, Recovering, Bulk, Listed, Guarded, admin.ModelAdmin):
    """Save is "Save version"; verbs of publishing go through the workflow; nothing published is deleted here."""

    form = PageForm
    view_right = Action.VIEW
    add_right = Action.CREATE
    change_right = Action.EDIT
    change_form_template = "admin/publishing/change_form.html"
    list_display: ClassVar[Any] = ("title", "states", "keeper", "review_due", "problems", "saved")
    list_filter = (
        columns.QueueFilter,
        columns.WhoseFilter,
        columns.OverdueFilter,
        "draft_state",
        "public_state",
        columns.TrashFilter,
    )
    list_select_related = ("keeper",)
    search_fields = ("title", "slug")
    ordering = ("-saved_at", "-pk")
    list_per_page = 50
    show_full_result_count = False
    show_facets = admin.ShowFacets.NEVER
    save_on_top = False
    view_on_site = False

    states = columns.states
    review_due = columns.review_due
    problems = columns.problems
    saved = columns.saved

    def get_urls(self) -> list[URLPattern]:
        name = f"{self.opts.app_label}_{self.opts.model_name}"
        wrap = self.admin_site.admin_view
        return [
            path("add/preview/", wrap(self.preview_view), name=f"{name}_add_preview"),
            path("<int:object_id>/preview/", wrap(self.preview_view), name=f"{name}_preview"),
            *super().get_urls(),
        ]

    def get_object(self, request: HttpRequest, object_id: str, from_field: str | None = None) -> Page | None:
        """Any page by its id: whether it may be seen is asked of ``can``, so that the answer is 403."""
        pages = self.model._default_manager.select_related(
            "latest_version", "saved_by", "keeper", "deputy", "reviewer", "created_by"
        )
        pk = number_in(str(object_id))
        return pages.filter(pk=pk).first() if pk is not None else None

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Nobody edits what lies in the trash: it is taken out first."""
        return super().has_change_permission(request, obj) and not (obj is not None and obj.is_trashed)

    def get_changeform_initial_data(self, request: HttpRequest) -> dict[str, Any]:
        return {"keeper": request.user.pk, **super().get_changeform_initial_data(request)}

    def render_change_form(self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any):
        page = kwargs.get("obj")
        form = context["adminform"].form
        formsets = [inline.formset for inline in context["inline_admin_formsets"]]
        context |= self._panel(request, page)
        if can(request.user, Action.EDIT if page is not None else Action.CREATE, page):
            context |= self.recovery(request, page)
            context["opened"] = request.POST.get("opened", "") if form.is_bound else snapshot(form, formsets)
        if page is not None and form.has_conflict:
            context["conflict"] = conflict_of(request, self, page, form, formsets)
        response = super().render_change_form(request, context, *args, **kwargs)
        # Not as the class's media: lists show those without their import map.
        response.context_data["media"] += editor_media
        if "conflict" in context:
            response.status_code = 409
        elif form.could_not_save:
            response.status_code = 503
            response["Retry-After"] = str(RETRY_AFTER)
        return response

    def _panel(self, request: HttpRequest, page: Page | None) -> dict[str, Any]:
        """What stands above the form: states in words, the reason for a return, a schedule (PUB-47, PUB-61)."""
        name = f"admin:{self.opts.app_label}_{self.opts.model_name}"
        if page is None:
            return {"preview_url": reverse(f"{name}_add_preview"), "can_submit": False}
        schedule = page.schedules.filter(what=Schedule.What.PUBLISH, state=Schedule.State.PENDING)
        returned = page.transitions.filter(verb=Verb.REQUEST_CHANGES).select_related("by").order_by("-at")
        return {
            "page": page,
            "preview_url": reverse(f"{name}_preview", args=[page.pk]),
            "can_submit": is_open(page, Verb.SUBMIT) and can(request.user, Action.SUBMIT, page),
            "schedule": schedule.select_related("version", "scheduled_by").first()
            if page.draft_state == Page.DraftState.SCHEDULED
            else None,
            "returned": returned.first() if page.draft_state == Page.DraftState.CHANGES_REQUESTED else None,
        }

    def response_add(self, request: HttpRequest, obj: Page, post_url_continue: str | None = None) -> HttpResponse:
        return self._verb(request, obj) or super().response_add(request, obj, post_url_continue)

    def response_change(self, request: HttpRequest, obj: Page) -> HttpResponse:
        return self._verb(request, obj) or super().response_change(request, obj)

    def _verb(self, request: HttpRequest, page: Page) -> HttpResponse | None:
        """Save first, then the verb of the button that was pressed."""
        pressed = request.POST.get("_continue")
        if pressed == "submit":
            try:
                workflow.submit(page, by=request.user)
                self.message_user(request, f"“{page}” was saved and submitted for review.", messages.SUCCESS)
            except Refused as refused:
                words = f"“{page}” was saved, but not submitted. {refused}"
                self.message_user(request, words, messages.WARNING)
        elif pressed != "steps":
            return None
        return HttpResponseRedirect(reverse("admin:publishing_page", args=[page.pk]), status=303)

    def delete_view(self, request: HttpRequest, object_id: str, extra_context: Any = None) -> HttpResponse:
        """No page is deleted here; whoever looks is told where it is used, and what to do instead (PUB-23)."""
        page = self.get_object(request, object_id)
        if page is None:
            return self._get_obj_does_not_exist_redirect(request, self.opts, object_id)
        if request.method != "GET" or not self.has_view_permission(request, page):
            raise PermissionDenied
        return kept(request, page)

    def history_view(self, request: HttpRequest, object_id: str, extra_context: Any = None) -> HttpResponse:
        page = self.get_object(request, object_id)
        if page is None:
            return self._get_obj_does_not_exist_redirect(request, self.opts, object_id)
        if not self.has_view_permission(request, page):
            raise PermissionDenied
        return HttpResponseRedirect(reverse("admin:publishing_history", args=[page.pk]))

    def preview_view(self, request: HttpRequest, object_id: int | None = None) -> HttpResponse:
        """What is typed, as readers would get it; nothing is written (PUB-31)."""
        page = self.get_object(request, str(object_id)) if object_id is not None else None
        if object_id is not None and page is None:
            return self._get_obj_does_not_exist_redirect(request, self.opts, str(object_id))
        right = Action.CREATE if page is None else Action.EDIT if request.method == "POST" else Action.VIEW
        if not can(request.user, right, page):
            raise PermissionDenied
        return unsaved.preview(request, self, page)

    def place_of(self, page: Page, field: str) -> str:
        """The id on the change form where ``field`` of a finding is mended; empty where there is none."""
        groups = {
            inline.model._meta.get_field(to_page(inline.model)).remote_field.get_accessor_name(): inline
            for inline in self.inlines
        }
        if field in groups:
            return f"{field}-group"
        return f"id_{field}" if field else ""
