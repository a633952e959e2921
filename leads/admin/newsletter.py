"""Issues as staff write them; the steps stand on a screen of their own."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin
from django.core.exceptions import ValidationError
from django.db.models import F
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import URLPattern, path, reverse
from django.utils.html import format_html

from articles.models import Topic
from leads.models import IssueCard, NewsletterIssue
from leads.newsletter import workflow
from leads.newsletter.composing import FAMILIES
from stemsite.access import Action
from stemsite.audit.admin import Audited
from stemsite.guarded import Guarded
from stemsite.publishing.admin.finding_pages import number_in
from stemsite.publishing.admin.media import editor_media

from . import newsletter_preview, newsletter_screen
from .newsletter_screen import tone


class IssueForm(forms.ModelForm):
    lock_version = forms.IntegerField(required=False, widget=forms.HiddenInput)
    topics = forms.MultipleChoiceField(
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text="Readers who chose other topics alone do not get it. None: it goes to everybody on the list.",
    )

    class Meta:
        model = NewsletterIssue
        fields = ("subject", "introduction", "signature", "topics", "per_second", "per_hour", "per_day")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial["lock_version"] = self.instance.lock_version
        if "topics" in self.fields:
            self.fields["topics"].choices = list(Topic.objects.order_by("name").values_list("slug", "name"))

    def clean(self) -> dict[str, Any] | None:
        """Refuse to save over a colleague's text, or over an issue that is on its way."""
        cleaned = super().clean()
        if self.instance.pk is None:
            return cleaned
        stored = workflow.locked(self.instance)
        if not stored.is_editable:
            raise ValidationError(f"This issue is {stored.get_state_display()}: it cannot be edited now.")
        if self.cleaned_data.get("lock_version") != stored.lock_version:
            raise ValidationError(
                "Somebody saved this issue while you were editing it. What you typed is still here: copy what you "
                "need, then open the issue again."
            )
        return cleaned


class CardInline(Guarded, admin.StackedInline):
    model = IssueCard
    extra = 1
    autocomplete_fields = ("page",)
    fields = ("page", ("words", "ordering"))
    view_right = Action.SEE_ISSUES
    add_right = change_right = delete_right = Action.WRITE_ISSUES

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return super().has_add_permission(request, obj) and (obj is None or obj.is_editable)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return super().has_change_permission(request, obj) and (obj is None or obj.is_editable)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self.has_change_permission(request, obj)

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        field = super().formfield_for_foreignkey(db_field, request, **kwargs)
        if db_field.name == "page":
            field.queryset = field.queryset.filter(family__in=FAMILIES).choosable_by(request.user)
            for able in ("add", "change", "view", "delete"):
                setattr(field.widget, f"can_{able}_related", False)
        return field


@admin.register(NewsletterIssue)
class NewsletterIssueAdmin(Audited, Guarded, admin.ModelAdmin):
    form = IssueForm
    inlines = (CardInline,)
    change_form_template = "admin/leads/newsletter_form.html"
    change_list_template = "admin/leads/newsletter_list.html"
    view_right = Action.SEE_ISSUES
    add_right = change_right = Action.WRITE_ISSUES
    list_display = ("subject", "stands", "progress", "saved_at", "saved_by")
    list_filter = ("state", "needs_approval")
    list_select_related = ("run", "saved_by")
    search_fields = ("subject",)
    ordering = ("-pk",)
    list_per_page = 50
    show_full_result_count = False
    show_facets = admin.ShowFacets.NEVER
    actions = None
    fieldsets = (
        (None, {"fields": ("subject", "introduction", "signature")}),
        ("Who gets it", {"fields": ("topics",)}),
        ("How fast", {"fields": (("per_second", "per_hour", "per_day"),)}),
    )

    def get_urls(self) -> list[URLPattern]:
        wrap = self.admin_site.admin_view
        name = "leads_newsletterissue"
        return [
            path("digest/", wrap(newsletter_screen.digest), name=f"{name}_digest"),
            path("<int:pk>/sending/", wrap(newsletter_screen.screen), name=f"{name}_sending"),
            path("<int:pk>/sending/<slug:slug>/", wrap(newsletter_screen.step), name=f"{name}_step"),
            path("<int:pk>/preview/", wrap(newsletter_preview.preview), name=f"{name}_preview"),
            path("<int:pk>/preview/letter/", wrap(newsletter_preview.letter), name=f"{name}_letter"),
            path("<int:pk>/preview/web/", wrap(newsletter_preview.web), name=f"{name}_web"),
            *super().get_urls(),
        ]

    def has_change_permission(self, request: HttpRequest, obj: NewsletterIssue | None = None) -> bool:
        return super().has_change_permission(request, obj) and (obj is None or obj.is_editable)

    def get_object(self, request: HttpRequest, object_id: str, from_field: str | None = None) -> Any:
        return super().get_object(request, object_id, from_field) if number_in(str(object_id)) is not None else None

    def save_model(self, request: HttpRequest, obj: NewsletterIssue, form: Any, change: bool) -> None:
        obj.topics = form.cleaned_data["topics"]
        if not change:
            obj.created_by = request.user
        super().save_model(request, obj, form, change)
        if change:
            NewsletterIssue.objects.filter(pk=obj.pk).update(lock_version=F("lock_version") + 1)

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        super().save_related(request, form, formsets, change)
        workflow.saved(form.instance, by=request.user, made=not change)

    def response_add(self, request: HttpRequest, obj: Any, post_url_continue: str | None = None) -> HttpResponse:
        return self._steps(request, obj) or super().response_add(request, obj, post_url_continue)

    def response_change(self, request: HttpRequest, obj: Any) -> HttpResponse:
        return self._steps(request, obj) or super().response_change(request, obj)

    def _steps(self, request: HttpRequest, issue: NewsletterIssue) -> HttpResponse | None:
        if request.POST.get("_continue") != "steps":
            return None
        self.message_user(request, f"“{issue}” was saved.")
        return HttpResponseRedirect(reverse("admin:leads_newsletterissue_sending", args=[issue.pk]), status=303)

    def render_change_form(self, request: HttpRequest, context: Any, *args: Any, **kwargs: Any) -> Any:
        issue = kwargs.get("obj")
        if issue is not None:
            context["tone"] = tone(issue)
        response = super().render_change_form(request, context, *args, **kwargs)
        response.context_data["media"] += editor_media
        return response

    @admin.display(description="state", ordering="state")
    def stands(self, issue: NewsletterIssue) -> str:
        words = f"{issue.get_state_display()}, needs approval" if issue.needs_approval else issue.get_state_display()
        return format_html('<span class="state state--{}">{}</span>', tone(issue), words)

    @admin.display(description="sent")
    def progress(self, issue: NewsletterIssue) -> str:
        run = getattr(issue, "run", None)
        return f"{run.sent:,} of {run.recipients:,}" if run is not None else "–"
