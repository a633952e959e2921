"""Whose days count: the clinic's own, wherever the server stands and whatever runs: a page, a job or a command."""

from __future__ import annotations

import contextlib
import datetime
from collections.abc import Callable, Iterator
from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone

Zone = Callable[[], datetime.tzinfo]


def _nobodys() -> datetime.tzinfo:
    return datetime.UTC


_zone: list[Zone] = [_nobodys]


def register_zone(zone: Zone) -> None:
    """Let ``zone`` say where days begin and end, from ``ready()``; it is asked anew each time."""
    _zone[:] = [zone]


@contextlib.contextmanager
def days_of_the_clinic() -> Iterator[None]:
    """Within it "today" is the clinic's."""
    with timezone.override(_zone[0]()):
        yield


class SiteCommand(BaseCommand):
    """A command of ours: its days are those of the pages and of the worker."""

    def execute(self, *args: Any, **options: Any) -> str | None:
        with days_of_the_clinic() if self.asks_the_site(options) else contextlib.nullcontext():
            return super().execute(*args, **options)

    def asks_the_site(self, options: dict[str, Any]) -> bool:
        """Whether these options need the site at all; what only reads files must not touch its database."""
        return True
