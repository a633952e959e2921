"""Asking a stranger's server whether something is there: bounded in time and size, and never led into our network.

A name is looked up once for each question, and the question goes to an address that this very look-up gave, so that a
name that answers differently a moment later (DNS rebinding) leads nowhere else.
"""

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


class NotAskedError(Exception):
    """Why a target is not asked: another scheme, or an address that is not on the open network."""


class Pinned(httpx2.BaseTransport):
    """Sends each request to an address that was looked at, under the name it is meant for."""

    def __init__(self, inner: httpx2.BaseTransport) -> None:
        self.inner = inner

    def handle_request(self, request: httpx2.Request) -> httpx2.Response:
        name = request.url.host
        *others, last = addresses(name, request.url.port)
        for address in others:
            try:
                return self.inner.handle_request(_at(request, address, name))
            except httpx2.ConnectError:
                continue
        return self.inner.handle_request(_at(request, last, name))

    def close(self) -> None:
        self.inner.close()


def _at(request: httpx2.Request, address: str, name: str) -> httpx2.Request:
    """``request`` for ``address``; the Host line is written already, and the certificate is that of ``name``."""
    return httpx2.Request(
        request.method,
        request.url.copy_with(host=address),
        headers=request.headers,
        extensions={**request.extensions, "sni_hostname": name},
    )


def ask(target: str, *, transport: httpx2.BaseTransport | None = None) -> Verdict:
    """Whether ``target`` answers; a site that refuses robots is neither good nor broken."""
    headers = {"User-Agent": f"Stemsite link check (+{settings.SITE_URL})", "Accept": "*/*"}
    # No connection is kept: two names at one address would share it, and with it the certificate of the first.
    pinned = Pinned(
        transport or httpx2.HTTPTransport(trust_env=False, limits=httpx2.Limits(max_keepalive_connections=0))
    )
    with httpx2.Client(
        transport=pinned, timeout=SECONDS, headers=headers, follow_redirects=False, trust_env=False
    ) as client:
        try:
            return _follow(client, target)
        except NotAskedError as refused:
            return Verdict("failed", str(refused))
        except httpx2.TimeoutException:
            return Verdict("failed", f"no answer within {SECONDS:.0f} seconds")
        except (httpx2.HTTPError, httpx2.InvalidURL, OSError, ValueError) as error:
            return Verdict("failed", f"no connection ({type(error).__name__})")


def _follow(client: httpx2.Client, target: str) -> Verdict:
    for _ in range(REDIRECTS + 1):
        _require_plain(target)
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


def _require_plain(target: str) -> None:
    parts = urlsplit(target)
    if parts.scheme not in {"http", "https"} or not parts.hostname or parts.username:
        raise NotAskedError("is no plain web address")


def addresses(name: str, port: int | None) -> tuple[str, ...]:
    """Where ``name`` leads, each address once; refused as a whole where one of them is not on the open network."""
    try:
        found = socket.getaddrinfo(name, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        raise NotAskedError("its name is not known") from error
    places = tuple(dict.fromkeys(str(place[4][0]) for place in found))
    if not places or any(not ip_address(place.partition("%")[0]).is_global for place in places):
        raise NotAskedError("is not on the open network")
    return places
