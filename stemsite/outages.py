"""When the store is busy, full or away: telling that from a fault, and keeping what was typed (SEC-02, SEC-03)."""

from __future__ import annotations

import errno
import sqlite3
from dataclasses import dataclass

from django.core.exceptions import BadRequest, SuspiciousOperation
from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, UnreadablePostError
from django.http.multipartparser import MultiPartParserError

RETRY_AFTER = 10
"""Seconds; a lock that was held for longer than the time we wait is usually gone soon after."""

_PASSING = frozenset({"BUSY", "LOCKED", "FULL", "IOERR", "CANTOPEN", "READONLY", "NOMEM", "PROTOCOL"})
"""What SQLite reports of its surroundings; its other errors are faults of ours."""

_DISK = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EROFS})

_SECRET_PATHS = ("/accounts/",)
"""What is typed here is never written into a page."""


def is_outage(error: BaseException | None) -> bool:
    """Whether ``error`` says that nothing can be stored now, and the same may work in a minute."""
    if isinstance(error, OSError):
        return error.errno in _DISK
    if not isinstance(error, OperationalError | InterfaceError):
        return False
    cause = error.__cause__
    if isinstance(cause, sqlite3.Error):
        name = getattr(cause, "sqlite_errorname", "")  # Such as SQLITE_BUSY_SNAPSHOT.
        return name.removeprefix("SQLITE_").partition("_")[0] in _PASSING
    return True  # PostgreSQL: unreachable, shutting down, out of connections or room, or waiting too long.


@dataclass(frozen=True, slots=True, kw_only=True)
class Resend:
    """A form that can be sent once more: where to, and every field as it was sent."""

    address: str
    fields: tuple[tuple[str, str], ...]


def kept_form(request: HttpRequest) -> Resend | None:
    """What ``request`` tried to store, if it came from a page of ours and can be sent again as text.

    What another site made a browser send is not offered: one press would make it a request of ours.
    """
    if request.method != "POST" or request.path.startswith(_SECRET_PATHS):
        return None
    try:
        if not _is_from_us(request) or request.FILES:
            return None
        fields = tuple((name, value) for name, values in request.POST.lists() for value in values)
    except (BadRequest, SuspiciousOperation, MultiPartParserError, UnreadablePostError, UnicodeError, LookupError):
        return None
    return Resend(address=request.get_full_path(), fields=fields)


def _is_from_us(request: HttpRequest) -> bool:
    site = request.headers.get("Sec-Fetch-Site")
    if site is not None:
        return site == "same-origin"
    return request.headers.get("Origin") == f"{request.scheme}://{request.get_host()}"
