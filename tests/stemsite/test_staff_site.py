"""What stands around every screen of the staff site: titles that name what is listed, and the way to one's own door."""

from __future__ import annotations

import pytest
from lxml import html

from stemsite.access import Role
from tests.factories import make_user
from tests.staff_forms import signed_in

pytestmark = pytest.mark.django_db

LISTS = {
    "/admin/publishing/page/": "Pages",
    "/admin/articles/article/": "Articles",
    "/admin/studies/study/": "Studies",
    "/admin/studies/reference/": "References",
    "/admin/clinic/wording/": "Wordings",
}


@pytest.mark.parametrize("address", LISTS)
@pytest.mark.parametrize("role", [Role.PUBLISHER, Role.REVIEWER])
def test_a_list_is_named_for_what_it_holds_whoever_looks(clinic, address, role):
    page = html.fromstring(signed_in(make_user(role)).get(address).content.decode())
    assert page.xpath("//h1/text()")[-1].strip() == LISTS[address]
    assert "Select" not in page.findtext(".//title")


def test_everybody_finds_the_way_to_their_second_factor(clinic):
    client = signed_in(make_user(Role.REVIEWER))
    page = html.fromstring(client.get("/admin/").content.decode())
    [address] = page.xpath("//div[@id='user-tools']//a[text()='Second factor']/@href")
    assert client.get(address).status_code == 200
