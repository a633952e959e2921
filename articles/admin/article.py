"""Guides, articles, service and plain pages: one form, its text in typed sections."""

from __future__ import annotations

from typing import Any

from content_editor.admin import ContentEditorInline
from django.contrib import admin
from django.http import HttpRequest
from django.urls import URLPattern, path

from articles.models import SECTION_MODELS, Article, FigureSection, StudySection
from articles.templating import role_help
from stemsite.publishing.admin.media import SectionEditor
from stemsite.publishing.admin.page import PageAdmin, PageRights
from stemsite.publishing.models import Page

from . import templates, word


class SectionInline(PageRights, ContentEditorInline):
    """One kind of section. Stock template: another one hides the sections that exist."""


SEARCHED: dict[type[Any], tuple[str, ...]] = {StudySection: ("study",), FigureSection: ("picture",)}
ICONS = {
    "textsection": "notes",
    "listsection": "format_list_bulleted",
    "calloutsection": "campaign",
    "studysection": "science",
    "figuresection": "image",
    "faqsection": "quiz",
    "checklistsection": "checklist",
    "actionsection": "ads_click",
}


def section_inline(model: type[Any]) -> type[SectionInline]:
    return SectionInline.create(
        model, icon=ICONS[model._meta.model_name], autocomplete_fields=SEARCHED.get(model, ()), __module__=__name__
    )


@admin.register(Article)
class ArticleAdmin(PageAdmin, SectionEditor):
    change_form_template = "admin/articles/article/change_form.html"
    inlines = tuple(section_inline(model) for model in SECTION_MODELS)
    list_display = ("title", "kind", *PageAdmin.list_display[1:])
    list_filter = (*PageAdmin.list_filter, "kind", "topics")
    autocomplete_fields = ("authors", "conditions", "interventions", "topics", "related")
    fieldsets = (
        (None, {"fields": ("title", "slug", "summary", ("kind", "subject"))}),
        ("About", {"fields": ("conditions", "interventions", "offers_subject", "topics", "searched_on", "related")}),
        ("People", {"fields": ("authors", "reviewer", "keeper", "deputy")}),
    )

    def get_urls(self) -> list[URLPattern]:
        wrap = self.admin_site.admin_view
        return [
            path("template/", wrap(templates.new_from_template), name="articles_template"),
            path("word/", wrap(word.hand_in), name="articles_word"),
            path("word/<int:pk>/", wrap(word.mapping), name="articles_word_mapping"),
            *super().get_urls(),
        ]

    def render_change_form(self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any) -> Any:
        rows = [row.instance for inline in context["inline_admin_formsets"] for row in inline.formset.initial_forms]
        context["role_help"] = role_help(rows)
        context["role_help_open"] = any(is_empty for *_, is_empty in context["role_help"])
        return super().render_change_form(request, context, *args, **kwargs)

    def place_of(self, page: Page, field: str) -> str:
        """Sections by their key, as the editor numbers them on the form."""
        if field == "sections":
            return "content-editor"
        for model in SECTION_MODELS:
            keys = [str(key) for key in model.objects.filter(parent_id=page.pk).values_list("key", flat=True)]
            if field in keys:
                return f"articles_{model._meta.model_name}_set-{keys.index(field)}"
        return super().place_of(page, field)
