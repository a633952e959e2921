"""Pages that many read are there again before they ask."""

import pytest
from django.core.signals import request_finished, request_started
from django.db import close_old_connections
from django.test import Client

from stemsite.counts.keeping import add
from stemsite.counts.kinds import Kind
from stemsite.serving import ahead, store
from stemsite.serving.models import StoredPage
from tests.factories import make_clinic, make_guide, make_plain_page, publish, sign_and_publish

pytestmark = [pytest.mark.django_db, pytest.mark.database]


@pytest.fixture
def one_connection():
    """A test is one transaction on one connection: as Django's own client, nobody closes it between requests."""
    signals = request_started, request_finished
    for signal in signals:
        signal.disconnect(close_old_connections)
    yield
    for signal in signals:
        signal.connect(close_old_connections)


@pytest.fixture
def read(one_connection):
    make_clinic()
    sign_and_publish(make_guide())
    publish(make_plain_page())
    add({(Kind.PAGE, "/privacy/"): 5, (Kind.PAGE, "/conditions/als/"): 50, (Kind.PAGE, "/no-such-page/"): 90})
    store.forget_all()


def stored():
    return list(StoredPage.objects.order_by("pk").values_list("address", flat=True))


def test_the_most_read_pages_are_made_first(read, monkeypatch):
    monkeypatch.setattr(ahead, "AT_ONCE", 2)
    assert ahead.make_ahead() == 1, "and a page that is none anymore"
    assert stored() == ["/conditions/als/"]


def test_what_is_made_is_what_a_reader_gets(read):
    ahead.make_ahead()
    assert set(stored()) == {"/conditions/als/", "/privacy/"}
    made = StoredPage.objects.get(address="/conditions/als/")
    store.forget_all()
    assert Client().get("/conditions/als/", headers={"Host": "127.0.0.1:8000"}).content == bytes(made.body)


def test_what_is_there_is_not_made_again(read):
    ahead.make_ahead()
    before = stored()
    ahead.make_ahead()
    assert stored() == before


def test_on_a_public_site_the_worker_asks_as_the_proxy_would(read, settings):
    settings.SITE_URL, settings.ALLOWED_HOSTS = "https://clinic.example", ["clinic.example"]
    settings.SECURE_SSL_REDIRECT, settings.SECURE_PROXY_SSL_HEADER = True, ("HTTP_X_FORWARDED_PROTO", "https")
    ahead._site.cache_clear()
    ahead.make_ahead()
    ahead._site.cache_clear()
    assert "/conditions/als/" in stored()


def test_without_a_page_store_nothing_is_made(read, settings):
    settings.PAGE_STORE = False
    assert ahead.make_ahead() == 0
    assert stored() == []
