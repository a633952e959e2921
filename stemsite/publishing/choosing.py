"""Related rows in the order in which they were chosen: that of the rows which link them to the page."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from .models import Page


def chosen(page: Page, name: str) -> list[Any]:
    """What the many-to-many field ``name`` of ``page`` holds, first chosen first: one query."""
    field: Any = page._meta.get_field(name)
    source, target = field.m2m_field_name(), field.m2m_reverse_field_name()
    links = field.remote_field.through._default_manager.filter(**{source: page.pk})
    return [getattr(link, target) for link in links.order_by("pk").select_related(target)]


def choose(page: Page, name: str, rows: Sequence[Any]) -> None:
    """Let ``name`` hold exactly ``rows``, in this order."""
    if [row.pk for row in chosen(page, name)] == [row.pk for row in rows]:
        return
    manager = getattr(page, name)
    manager.clear()
    for row in rows:
        manager.add(row)


def choose_again(page: Page, name: str, ids: Iterable[int]) -> None:
    """The rows with ``ids`` that still exist, as a stored version names them."""
    wanted = list(ids)
    model: Any = page._meta.get_field(name).related_model
    there = model._default_manager.in_bulk(wanted)
    choose(page, name, [there[pk] for pk in wanted if pk in there])
