"""Asking a stranger's server whether something is there: bounded in time and size, and never led into our network."""

from __future__ import annotations

import socket
from dataclasses import dataclass
from ipaddress import ip_address
from typing import Literal
from urllib.parse import urljoin, urlsplit

import httpx2
from django.conf import settings

SECONDS = 10.0
REDIRECTS = 5
RESOLVERS = frozenset({"doi.org", "dx.doi.org"})
"""A DOI that resolves is good, whatever the publisher behind it says to robots."""
_REFUSES_ROBOTS = frozenset({401, 402, 403, 406, 429, 451, 999})
_NO_HEAD = frozenset({400, 404, 405, 500, 501})

Outcome = Literal["good", "failed", "unknown"]


@dataclass(frozen=True, slots=True)
class Verdict:
    outcome: Outcome
    said: str = ""


def ask(target: str, *, transport: httpx2.BaseTransport | None = None) -> Verdict:
    """Whether ``target`` answers; a site that refuses robots is neither good nor broken."""
    headers = {"User-Agent": f"Stemsite link check (+{settings.SITE_URL})", "Accept": "*/*"}
    with httpx2.Client(
        transport=transport, timeout=SECONDS, headers=headers, follow_redirects=False, trust_env=False
    ) as client:
        try:
            return _follow(client, target)
        except httpx2.TimeoutException:
            return Verdict("failed", f"no answer within {SECONDS:.0f} seconds")
        except (httpx2.HTTPError, httpx2.InvalidURL, OSError, ValueError) as error:
            return Verdict("failed", f"no connection ({type(error).__name__})")


def _follow(client: httpx2.Client, target: str) -> Verdict:
    for _ in range(REDIRECTS + 1):
        if why := refusal(target):
            return Verdict("failed", why)
        status, location = _status(client, target)
        if status in {301, 302, 303, 307, 308} and location:
            if urlsplit(target).hostname in RESOLVERS:
                return Verdict("good")
            target = urljoin(target, location)
            continue
        if status in _REFUSES_ROBOTS:
            return Verdict("unknown", f"refuses robots ({status})")
        return Verdict("good") if status < 400 else Verdict("failed", f"answers {status}")
    return Verdict("failed", "sends on and on")


def _status(client: httpx2.Client, target: str) -> tuple[int, str]:
    """By HEAD; where that is not understood by a GET of which only the head is read."""
    answer = client.head(target)
    if answer.status_code in _NO_HEAD:
        with client.stream("GET", target) as answer:
            return answer.status_code, answer.headers.get("location", "")
    return answer.status_code, answer.headers.get("location", "")


def refusal(target: str) -> str:
    """Why ``target`` is not asked: another scheme, or an address that is not on the open network."""
    parts = urlsplit(target)
    if parts.scheme not in {"http", "https"} or not parts.hostname or parts.username:
        return "is no plain web address"
    try:
        found = socket.getaddrinfo(parts.hostname, parts.port or None, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        return "its name is not known"
    if any(not ip_address(str(place[4][0]).partition("%")[0]).is_global for place in found):
        return "is not on the open network"
    return ""
