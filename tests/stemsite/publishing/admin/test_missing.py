"""Missing addresses: counted by their path alone, listed, and one press away from a redirect (PUB-88)."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from articles import views
from stemsite.access import Role
from stemsite.counts.models import Count
from stemsite.counts.tally import Tally
from stemsite.publishing import workflow
from stemsite.publishing.models import Redirect
from tests.factories import make_plain_page, make_user, publish
from tests.staff import save
from tests.staff_forms import signed_in

pytestmark = [pytest.mark.django_db, pytest.mark.database]

SCREEN = "/admin/publishing/redirect/missing/"
FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"


@pytest.fixture
def ask(client, clinic, monkeypatch):
    """Ask for an address as a reader, some times; what was counted is in the table afterwards."""
    tally = Tally()
    tally.is_on = True
    monkeypatch.setattr(views, "tally", tally)

    def asked(address, times=5):
        for _ in range(times):
            assert client.get(address, headers={"user-agent": FIREFOX}).status_code in {400, 404}
        tally.flush()

    return asked


def test_pub_88_an_address_asked_for_often_is_listed_without_its_query(ask, publisher):
    ask("/mnd/?email=anna@example.org&utm_source=x")
    ask("/rare/", times=4)
    (row,) = Count.objects.exclude(name="")
    assert (row.kind, row.name, row.number) == ("absent", "/mnd/", 5)
    shown = signed_in(publisher).get(SCREEN).content.decode()
    assert "/mnd/" in shown and "/rare/" not in shown and "anna" not in shown
    assert 'href="/admin/publishing/redirect/add/?from_path=/mnd/"' in shown


def test_pub_88_a_redirect_made_from_the_list_takes_the_address_off_it(ask, client, publisher):
    ask("/mnd/")
    publish(make_plain_page(slug="prices"))
    staff = signed_in(publisher)
    answer = save(staff, "/admin/publishing/redirect/add/?from_path=/mnd/", to_path="/prices/")
    assert answer.status_code == 302
    assert Redirect.objects.get().from_path == "/mnd/"
    assert (client.get("/mnd/").status_code, client.get("/mnd/")["Location"]) == (301, "/prices/")
    assert staff.get(SCREEN).context["lines"] == []


def test_pub_88_a_longer_list_asks_no_more(ask, publisher):
    staff, asked = signed_in(publisher), []
    staff.get(SCREEN)  # The first answer of a session asks more.
    for addresses in (["/mnd/"], ["/als-care/", "/stem/", "/prices-of-care/"]):
        for address in addresses:
            ask(address)
        with CaptureQueriesContext(connection) as queries:
            assert staff.get(SCREEN).status_code == 200
        asked.append(len(queries))
    assert len(staff.get(SCREEN).context["lines"]) == 4
    assert asked[0] == asked[1]


def test_pub_88_only_what_is_missing_for_readers_counts(ask, client, publisher):
    """Nothing by HEAD or POST, nothing that stands or is gone for good."""
    page = make_plain_page(slug="prices")
    publish(page)
    workflow.withdraw(page, by=publisher, kind="error", reason="Too early.")
    ask("/mnd/", times=0)
    for method in (client.head, client.post):
        method("/mnd/", headers={"user-agent": FIREFOX})
    client.get("/prices/", headers={"user-agent": FIREFOX})
    ask("/other/", times=1)
    assert Count.objects.filter(kind="absent").count() == 1


@pytest.mark.parametrize("address", ["/%00/", "/%3Cscript%3E/", "/..%2fetc/passwd", "/%ff%fe/", "/x/%22onload=1/"])
def test_pub_88_hostile_addresses_are_answered_and_not_counted(ask, address):
    ask(address)
    assert not Count.objects.exists()


def test_pub_88_the_list_is_for_those_who_write_redirects(clinic):
    for role in Role:
        expected = 200 if role in {Role.PUBLISHER, Role.OWNER} else 403
        assert signed_in(make_user(role)).get(SCREEN).status_code == expected
