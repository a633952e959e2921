from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin
from django.http import HttpRequest

from stemsite.access import Action
from stemsite.audit.admin import Audited
from stemsite.guarded import Guarded

from ..frame import leads_nowhere, remove_link, save_link
from ..models import FooterLink, MenuItem


class PositionForm(forms.ModelForm):
    """In the list: each position is named for its link."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["ordering"].widget.attrs["aria-label"] = f"Position of {self.instance}"


class FrameLinkAdmin(Audited, Guarded, admin.ModelAdmin):
    """Links that stand on every public page; a change shows at once on all of them."""

    view_right = add_right = change_right = delete_right = Action.EDIT_FRAME
    list_display = ("label", "path", "ordering")
    list_editable = ("ordering",)
    ordering = ("ordering", "pk")
    actions = None

    def get_changelist_form(self, request: HttpRequest, **kwargs: Any) -> Any:
        return super().get_changelist_form(request, form=PositionForm, **kwargs)

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        save_link(obj)
        if leads_nowhere(obj.path):
            self.message_user(request, f"Nothing public stands at {obj.path} today.", level="WARNING")

    def delete_model(self, request: HttpRequest, obj: Any) -> None:
        remove_link(obj)


@admin.register(MenuItem)
class MenuItemAdmin(FrameLinkAdmin):
    pass


@admin.register(FooterLink)
class FooterLinkAdmin(FrameLinkAdmin):
    pass
