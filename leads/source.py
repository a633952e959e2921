"""Where on the site a form stood and where its reader came from: short values, never a whole address (LEAD-13)."""

from __future__ import annotations

import re
from collections.abc import Mapping

from .cleaning import clean_line

LONGEST = 80
NAMES = ("page", "page_version", "placement", "ref_host", "utm_source", "utm_medium", "utm_campaign", "utm_content")

_PATH = re.compile(r"/(?!/)[A-Za-z0-9/_.~-]*\Z")
_HOST = re.compile(r"[a-z0-9-]+(?:\.[a-z0-9-]+)*\Z")


def source_of(posted: Mapping[str, str]) -> dict[str, str]:
    """The known values of ``posted``, cut short; a page is a path without its query, a referrer its host alone."""
    found = {name: clean_line(str(posted.get(name, "")))[:LONGEST] for name in NAMES}
    found["page"] = _path(str(posted.get("page", "")))
    host = found["ref_host"].lower()
    found["ref_host"] = host if _HOST.match(host) else ""
    return {name: value for name, value in found.items() if value}


def _path(text: str) -> str:
    path = text.partition("?")[0].partition("#")[0][:LONGEST]
    return path if _PATH.match(path) else ""


def channel_of(source: Mapping[str, str]) -> str:
    """Where the visit came from in one word, for filters and totals."""
    return source.get("utm_source") or source.get("ref_host") or "direct"
