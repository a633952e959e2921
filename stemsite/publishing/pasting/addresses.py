"""Where a pasted link leads: past redirects, and without what follows people about."""

from __future__ import annotations

import re
from urllib.parse import unquote

_TRACKING = re.compile("^(utm_[a-z]+|fbclid|gclid|dclid|msclkid|igshid|mc_cid|mc_eid|_hsenc|_hsmi|yclid|twclid)=")
_REDIRECT = re.compile(
    "^https?://(?:www\\.google\\.[a-z.]+/url\\?|[a-z0-9.]+\\.safelinks\\.protection\\.outlook\\.com/\\?)(.*)$"
)
_TARGET = re.compile("(?:^|&)(?:q|url)=(https?(?::|%3A)[^&]*)", re.IGNORECASE)
_ENCODED = re.compile("^(?:[^%]|%[0-9a-fA-F]{2})*$")
_ADDRESS = re.compile("^(?:https?://[^\\s\\\\]+|mailto:[^\\s\\\\]+|tel:[^\\s\\\\]+|/(?!/)[^\\s\\\\]*)$", re.IGNORECASE)


def address(href: str) -> str:
    """``href`` as it is kept: past redirects, without what follows people about; empty where it is not safe."""
    href = href.strip()
    if (wrapped := _REDIRECT.match(href)) and (target := _TARGET.search(wrapped[1])):
        href = _decoded(target[1])
    if not _ADDRESS.match(href):
        return ""
    start, mark, rest = href.partition("?")
    query, hash_, fragment = rest.partition("#")
    kept = "&".join(part for part in query.split("&") if part and not _TRACKING.match(part))
    return f"{start}{'?' if kept else ''}{kept}{hash_}{fragment}" if mark else href


def _decoded(text: str) -> str:
    if not _ENCODED.match(text):
        return text
    try:
        return unquote(text, errors="strict")
    except UnicodeDecodeError:
        return text
