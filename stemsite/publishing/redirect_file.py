"""Redirects from a file, as another system wrote them: looked at first, then entered, row by row (PUB-86)."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Literal

from django.core.exceptions import ValidationError
from django.db import transaction

from .models import Redirect
from .redirecting import write

MOST_ROWS = 5000
MOST_BYTES = 1024 * 1024
_HEADS = {"from", "old", "old address", "source", "from_path"}

Fate = Literal["new", "same", "changed", "refused"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """``said`` tells where it leads in the end, or why it is refused."""

    number: int
    old: str
    new: str
    fate: Fate
    said: str


class Unreadable(ValueError):
    """The file is no list of redirects; the message says why."""


def pairs(data: bytes) -> list[tuple[int, str, str]]:
    """Line, old address and new address; comma, semicolon or tab, with or without a heading."""
    if len(data) > MOST_BYTES:
        raise Unreadable("The file is larger than 1 MB.")
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise Unreadable("The file is not UTF-8 text. Save it as CSV UTF-8 and choose it again.") from None
    if "\x00" in text:
        raise Unreadable("The file is no text.")
    first = text.partition("\n")[0]
    mark = max(",;\t", key=first.count)
    found: list[tuple[int, str, str]] = []
    try:
        for cells in (reader := csv.reader(io.StringIO(text, newline=""), delimiter=mark)):
            cells = [cell.strip() for cell in cells]
            if not any(cells) or (not found and cells[0].lower() in _HEADS):
                continue
            found.append((reader.line_num, cells[0], cells[1] if len(cells) > 1 else ""))
            if len(found) > MOST_ROWS:
                raise Unreadable(f"The file has more than {MOST_ROWS} rows. Split it.")
    except csv.Error as error:
        raise Unreadable(f"The file cannot be read as CSV: {error}.") from None
    if not found:
        raise Unreadable("The file holds no row with an old and a new address.")
    return found


def enter(data: bytes, *, by: Any, really: bool) -> list[Row]:
    """What becomes of each row. Without ``really`` everything is done and then taken back: the answer is the same."""
    found = pairs(data)
    with transaction.atomic():
        rows = list(_entered(found, by=by))
        if not really:
            transaction.set_rollback(True)
    return rows


def _entered(found: list[tuple[int, str, str]], *, by: Any) -> Iterator[Row]:
    for number, old, new in found:
        known = Redirect.objects.select_related("page").filter(from_path=old).first()
        redirect = known or Redirect(from_path=old)
        before = redirect.target
        redirect.page, redirect.to_path = None, new
        try:
            with transaction.atomic():
                if not new:
                    raise ValidationError("The new address is missing.")
                redirect.full_clean(exclude=["created_by"])
                write(redirect, by=by)
        except ValidationError as refused:
            yield Row(number=number, old=old, new=new, fate="refused", said=" ".join(refused.messages))
            continue
        fate: Fate = "new" if known is None else "same" if before == redirect.target else "changed"
        said = f"leads to {redirect.target}" + (f", before to {before}" if fate == "changed" else "")
        yield Row(number=number, old=old, new=new, fate=fate, said=said)
