"""Where freezing reads from: the stored rows of a page, or what a form holds before it is saved (PUB-31)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

from django.db.models import CASCADE, ForeignKey, Model

from .choosing import chosen
from .models import Page


class Draft(Protocol):
    def chosen(self, name: str) -> list[Any]:
        """What the page's many-to-many field ``name`` holds, first chosen first."""

    def rows(self, model: type[Any], *joined: str) -> list[Any]:
        """The page's own rows of ``model``, oldest first, with the ``joined`` rows they point at."""


@dataclass(frozen=True, slots=True)
class Stored:
    """The draft as the database has it."""

    page: Page

    def chosen(self, name: str) -> list[Any]:
        return chosen(self.page, name)

    def rows(self, model: type[Any], *joined: str) -> list[Any]:
        found = model._default_manager.filter(**{to_page(model): self.page.pk}).order_by("pk")
        return list(found.select_related(*joined) if joined else found)


@dataclass(frozen=True, slots=True, kw_only=True)
class Typed:
    """The draft as somebody typed it; what the form does not show is read from the ``stored`` one."""

    stored: Stored
    choices: Mapping[str, Iterable[Any]] = field(default_factory=dict)
    instances: Mapping[type[Any], list[Any]] = field(default_factory=dict)

    def chosen(self, name: str) -> list[Any]:
        if name in self.choices:
            return list(self.choices[name])
        return self.stored.chosen(name) if self.stored.page.pk else []

    def rows(self, model: type[Any], *joined: str) -> list[Any]:
        if model in self.instances:
            return list(self.instances[model])
        return self.stored.rows(model, *joined) if self.stored.page.pk else []


def to_page(model: type[Model]) -> str:
    """The name of the foreign key by which rows of ``model`` belong to a page: the one that takes them along."""
    keys = (key for key in model._meta.get_fields() if isinstance(key, ForeignKey))
    return next(
        key.name for key in keys if key.remote_field.on_delete is CASCADE and issubclass(key.related_model, Page)
    )
