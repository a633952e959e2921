"""Slow and oversized requests do not stop readers (SEC-10)."""

from __future__ import annotations

import socket
from collections.abc import Iterator

import pytest

from .client import Client, form_of
from .conftest import FULL
from .site import Site
from .slow import FIRST, Attack, Bystander

pytestmark = [pytest.mark.race, pytest.mark.slow]

SECONDS = 60 if FULL else 6
MEGABYTE = 1024 * 1024


@pytest.fixture(scope="module")
def served(site: Site) -> Iterator[Site]:
    with site.running():
        Client(site.port).get("/conditions/als/")
        yield site


@pytest.mark.parametrize("kind", FIRST)
def test_sec_10_two_hundred_slow_connections_stop_no_reader(served, kind):
    """SEC-10: served 100 %, p95 within 1 s."""
    visitor = Client(served.port)
    visitor.get("/accounts/login/")
    cookie = "; ".join(f"{name}={value}" for name, value in visitor.cookies.items())
    attack = Attack(served.port, kind, cookie=cookie)
    attack.start()
    assert attack.ready.wait(30)
    bystander = Bystander(served.port)
    try:
        bystander.read("/conditions/als/", seconds=SECONDS)
        bystander.read("/accounts/login/", seconds=SECONDS / 2)
    finally:
        attack.stop()
    assert bystander.failures == []
    assert bystander.p95 < 1, sorted(bystander.times)[-5:]
