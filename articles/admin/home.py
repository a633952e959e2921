from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin
from django.http import HttpRequest

from stemsite.access import Action
from stemsite.audit.admin import Audited
from stemsite.guarded import Guarded
from stemsite.publishing.admin.media import editor_media

from ..frame import remove_home_section, save_home_section
from ..models import HomeSection
from .frame import PositionForm


@admin.register(HomeSection)
class HomeSectionAdmin(Audited, Guarded, admin.ModelAdmin):
    """What a home page has can be renamed and moved; words of one's own can be added and deleted."""

    view_right = add_right = change_right = delete_right = Action.EDIT_FRAME
    list_display = ("heading", "part", "ordering")
    list_editable = ("ordering",)
    ordering = ("ordering", "pk")
    fields = ("heading", "html", "ordering")
    actions = None

    @property
    def media(self) -> forms.Media:
        return super().media + editor_media

    def get_changelist_form(self, request: HttpRequest, **kwargs: Any) -> Any:
        return super().get_changelist_form(request, form=PositionForm, **kwargs)

    def has_delete_permission(self, request: HttpRequest, obj: HomeSection | None = None) -> bool:
        is_ours = obj is None or obj.part == HomeSection.Part.WORDS
        return is_ours and super().has_delete_permission(request, obj)

    def save_model(self, request: HttpRequest, obj: HomeSection, form: Any, change: bool) -> None:
        save_home_section(obj)

    def delete_model(self, request: HttpRequest, obj: HomeSection) -> None:
        remove_home_section(obj)
