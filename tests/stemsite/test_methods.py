"""SEC-08: what no view should meet is answered before it, on both databases."""

from __future__ import annotations

import pytest

from tests.factories import make_clinic

pytestmark = [pytest.mark.django_db, pytest.mark.database]


@pytest.mark.parametrize(
    "address",
    ["/%00", "/conditions/%00/", "/blog/?page=%00", "/search/?q=%00", "/media/%00.png", "/admin/%00/", "/?a=b%00c"],
)
def test_a_nul_in_the_address_is_a_bad_request_and_never_a_fault(client, address):
    make_clinic()
    answer = client.get(address)
    assert answer.status_code == 400
    assert "could not read this request" in answer.content.decode()


@pytest.mark.parametrize("method", ["PUT", "DELETE", "TRACE", "OPTIONS", "PATCH", "BREW"])
def test_other_methods_are_refused(client, method):
    answer = client.generic(method, "/")
    assert (answer.status_code, answer["Allow"]) == (405, "GET, HEAD, POST")
