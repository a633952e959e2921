"""Who asks, as far as limits need to know: the network behind the trusted proxies, only as a keyed hash."""

from __future__ import annotations

import hashlib
import hmac
import ipaddress

from django.conf import settings
from django.http import HttpRequest
from django.utils import timezone

UNKNOWN = "unknown"


def network_of(request: HttpRequest) -> str:
    """A hash of the client's /24 or /48 that changes daily: enough to count by, useless to anyone else (LEAD-14)."""
    key = f"{settings.SECRET_KEY}:network:{timezone.now():%Y-%m-%d}".encode()
    return hmac.new(key, network_name(request).encode(), hashlib.sha256).hexdigest()[:32]


def network_name(request: HttpRequest) -> str:
    """The client's /24 or /48 itself: to be hashed at once, never stored or logged."""
    return _network(_address(request))


def _address(request: HttpRequest) -> str:
    """The address that the outermost trusted proxy saw; without trusted proxies nothing sent along is believed."""
    if settings.TRUSTED_PROXIES:
        hops = [hop.strip() for hop in request.headers.get("X-Forwarded-For", "").split(",") if hop.strip()]
        if hops:
            return hops[-min(settings.TRUSTED_PROXIES, len(hops))]
    return str(request.META.get("REMOTE_ADDR") or "")


def _network(text: str) -> str:
    """The /24 or /48 that ``text`` lies in; with or without a port, an IPv4 address in IPv6 clothes as IPv4."""
    try:
        address = ipaddress.ip_address(_without_port(text))
    except ValueError:
        return UNKNOWN
    if isinstance(address, ipaddress.IPv6Address) and address.ipv4_mapped:
        address = address.ipv4_mapped
    prefix = 24 if address.version == 4 else 48
    return str(ipaddress.ip_network(f"{address}/{prefix}", strict=False))


def _without_port(text: str) -> str:
    if text.startswith("["):
        return text[1:].partition("]")[0]
    if text.count(":") == 1:
        return text.partition(":")[0]
    return text.partition("%")[0]
