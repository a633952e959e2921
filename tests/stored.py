"""Public pages with the page store switched on: which bytes readers get, and which of them stay stored."""

from __future__ import annotations

from django.test import Client

from stemsite.serving.models import StoredPage


def read(address: str) -> bytes:
    """What a reader gets who was never here before."""
    response = Client().get(address)
    assert response.status_code == 200, f"{address}: {response.status_code}"
    return response.content


def keep(*addresses: str) -> dict[str, bytes]:
    """Have each address stored, and see that a second reader gets the same bytes."""
    first = {address: read(address) for address in addresses}
    assert {address: read(address) for address in addresses} == first
    assert stored() >= set(addresses)
    return first


def stored() -> set[str]:
    return set(StoredPage.objects.values_list("address", flat=True))
