"""Cross-site protection without cookies: every row of the table (LEAD-18)."""

from __future__ import annotations

import pytest

from leads.crossing import judge
from leads.models import Contact, PacketRequest

HOST = "clinic.example"
TRUSTED = ["https://partner.example"]


def row(site, origin, *, method="POST", secure=True, host=HOST):
    found = judge(method, fetch_site=site, origin=origin, host=host, secure=secure, trusted=TRUSTED)
    return found.row, found.allowed


@pytest.mark.parametrize(
    ("site", "origin", "expected"),
    [
        ("same-origin", None, (2, True)),
        ("same-origin", "https://evil.example", (2, True)),
        ("none", None, (3, True)),
        ("same-site", "https://partner.example", (4, True)),
        ("cross-site", "https://partner.example", (4, True)),
        ("cross-site", "https://evil.example", (5, False)),
        ("same-site", "https://clinic.example", (5, False)),
        ("cross-site", None, (5, False)),
        ("nonsense", "https://clinic.example", (6, False)),
        ("", None, (7, True)),
        ("", "", (7, True)),
        ("", "https://clinic.example", (8, True)),
        ("", "https://CLINIC.example:443", (8, True)),
        ("", "https://partner.example", (9, True)),
        ("", "http://clinic.example", (10, False)),
        ("", "https://clinic.example:8443", (10, False)),
        ("", "https://clinic.example.evil.example", (10, False)),
        ("", "https://evil.example@clinic.example", (10, False)),
        ("", "null", (10, False)),
        ("", "https://[", (10, False)),
        ("", "https://clinic.example:port", (10, False)),
    ],
)
def test_lead_18_each_row_of_the_table(site, origin, expected):
    assert row(site, origin) == expected


@pytest.mark.parametrize("method", ["GET", "HEAD", "OPTIONS"])
def test_lead_18_reading_is_always_served(method):
    assert row("cross-site", "https://evil.example", method=method) == (1, True)


def test_lead_18_ports_count_on_plain_http():
    assert row("", "http://localhost:8000", secure=False, host="localhost:8000") == (8, True)
    assert row("", "http://localhost:8001", secure=False, host="localhost:8000") == (10, False)
    assert row("", "http://localhost", secure=False, host="localhost:80") == (8, True)


@pytest.mark.django_db
@pytest.mark.parametrize("path", ["/newsletter/", "/information-packet/", "/consultation/"])
def test_lead_18_a_foreign_page_is_refused_and_told_what_to_do(ask, path):
    headers = {"sec-fetch-site": "cross-site", "origin": "https://evil.example"}
    answer = ask(path, {"email": "ann@example.org"}, headers=headers)
    assert answer.status_code == 403
    assert "Go back" in answer.content.decode()
    assert "ann@example.org" not in answer.content.decode()
    assert not Contact.objects.exists()


@pytest.mark.django_db
def test_lead_18_without_any_header_it_is_accepted_and_scored(ask):
    answer = ask("/information-packet/", {"email": "ann@example.org"}, headers={"sec-fetch-site": ""})
    assert answer.status_code == 303
    request = PacketRequest.objects.get()
    assert (request.signals, request.score, request.standing) == (["bare"], 2, "accepted")
