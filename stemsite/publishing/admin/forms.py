"""The form every page is edited with: a draft needs only a title, and knows what it was opened from."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib.auth import get_user_model
from django.core.exceptions import ValidationError
from django.db.models import Q, QuerySet
from django.utils.text import slugify

from stemsite.access import Role
from stemsite.picking import ManyField

from ..choosing import chosen

CONFLICT = "conflict"
UNSAVED = "unsaved"
RECOVERED = "recovered"

WRITERS = (Role.AUTHOR, Role.PUBLISHER, Role.OWNER)
HOLDERS: dict[str, tuple[Role, ...]] = {"keeper": WRITERS, "deputy": WRITERS, "reviewer": (Role.REVIEWER,)}
"""Who can be chosen for what; whoever is set already stays a choice."""


def holders(name: str, current: int | None) -> QuerySet[Any]:
    """Active staff who can be ``name`` of a page, and whoever is it now."""
    users = get_user_model().objects
    able = users.filter(groups__name__in=[role.value for role in HOLDERS[name]], is_active=True, is_staff=True)
    return users.filter(Q(pk__in=able.values("pk")) | Q(pk=current)).order_by("last_name", "first_name", "email")


class PageForm(forms.ModelForm):
    lock_version = forms.IntegerField(required=False, widget=forms.HiddenInput)
    could_not_save = False
    """Whether the database did not take what this form holds; then it is shown again as it was typed."""
    is_recovered = False
    """Whether it holds text that was kept unsaved: it is shown, and saved only once somebody presses Save (PUB-74)."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial["lock_version"] = self.instance.lock_version
        for name, field in self.fields.items():
            if isinstance(field, ManyField) and self.instance.pk:
                self.initial[name] = chosen(self.instance, name)
        if "slug" in self.fields:
            self.fields["slug"].required = False
        for name in HOLDERS.keys() & self.fields.keys():
            self.fields[name].queryset = holders(name, getattr(self.instance, f"{name}_id"))

    def clean_slug(self) -> str:
        """The slug typed, else one made from the title (PUB-05)."""
        return self.cleaned_data["slug"] or slugify(self.cleaned_data.get("title", ""))[:120] or "untitled"

    def clean(self) -> dict[str, Any] | None:
        """Tell of a save in between; the guard itself is the compare-and-swap when saving (PUB-67)."""
        cleaned = super().clean()
        if self.could_not_save:
            raise ValidationError(
                "Not saved: the database was busy for too long. Everything you typed is still here. "
                "Wait a moment, then press Save again.",
                code=UNSAVED,
            )
        if self.is_recovered:
            self.add_error(None, ValidationError("This is your unsaved text. Nothing of it is saved yet.", RECOVERED))
        if self.instance.pk and self.cleaned_data.get("lock_version") != self.instance.lock_version:
            raise ValidationError("Somebody saved this page while you were editing it.", code=CONFLICT)
        return cleaned

    @property
    def has_conflict(self) -> bool:
        return self.is_bound and self.has_error("__all__", CONFLICT)
