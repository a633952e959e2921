"""Where pictures are used: told by the apps that use them, asked before anything is deleted."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from django.core.exceptions import ValidationError


@dataclass(frozen=True, slots=True, kw_only=True)
class PictureUse:
    label: str
    mark: str
    """``live``, ``draft`` or ``old version``."""
    url: str = ""


Finder = Callable[[Sequence[int]], Sequence[PictureUse]]

_finders: list[Finder] = []


def register_use(finder: Finder) -> None:
    """Add ``finder``: ids of picture files -> where they are used."""
    if finder not in _finders:
        _finders.append(finder)


def uses_of(files: Sequence[int]) -> tuple[PictureUse, ...]:
    return tuple(use for finder in _finders for use in finder(files))


def require_unused(files: Sequence[int]) -> None:
    """Refuse with the list of uses (PUB-102)."""
    if used := uses_of(files):
        listed = "; ".join(f"{use.label} ({use.mark})" for use in used)
        raise ValidationError(f"This picture cannot be deleted; it is used in: {listed}.", code="in_use")
