"""The page store: kept, forgotten, answered with the right bytes and headers (PUB-03, PUB-133)."""

import datetime
import gzip
from unittest import mock

import brotli
import psycopg
import pytest
from django.db import OperationalError, ProgrammingError
from django.http import HttpResponse
from django.test import RequestFactory
from django.utils import timezone

from stemsite.serving import store
from stemsite.serving.memory import Memory
from stemsite.serving.middleware import PageStoreMiddleware, depends_on
from stemsite.serving.models import Generation, StoredPage

pytestmark = [pytest.mark.django_db, pytest.mark.database]


class Site:
    """A site of one view that counts how often it is asked."""

    def __init__(self, **marks):
        self.asked = 0
        self.marks = marks
        self.memory = Memory()
        self.middleware = PageStoreMiddleware(self.view, self.memory)

    def view(self, request):
        self.asked += 1
        body = f"<p>{'Words. ' * 50}{request.GET.get('page', '')}{self.marks.get('body', '')}</p>"
        response = HttpResponse(body)
        return depends_on(
            response,
            "site",
            *self.marks.get("keys", ()),
            good_until=self.marks.get("good_until"),
            parameters=self.marks.get("parameters", ()),
        )

    def get(self, address="/page/", method="get", **headers):
        return self.middleware(getattr(RequestFactory(), method)(address, headers=headers))


def test_the_second_reader_is_answered_from_the_store_with_the_same_bytes():
    site = Site()
    first, second = site.get(), site.get()
    assert site.asked == 1
    assert (first.content, first["ETag"], first.status_code) == (second.content, second["ETag"], second.status_code)
    assert second["Cache-Control"] == "public, no-cache"
    assert second["Vary"] == "Accept-Encoding"
    assert second["Content-Length"] == str(len(second.content))


@pytest.mark.parametrize(
    ("accepted", "coding"),
    [
        ("gzip, br", "br"),
        ("gzip", "gzip"),
        ("br;q=0, gzip;q=0.5", "gzip"),
        ("br;q=0", ""),
        ("", ""),
        ("identity", ""),
        ("GZIP", "gzip"),
    ],
)
def test_the_reader_gets_the_best_coding_they_accept(accepted, coding):
    site = Site()
    plain = site.get().content
    answer = site.get(**{"Accept-Encoding": accepted})
    assert answer.headers.get("Content-Encoding", "") == coding
    unpacked = {"br": brotli.decompress, "gzip": gzip.decompress, "": bytes}[coding](answer.content)
    assert unpacked == plain
    assert answer["Content-Length"] == str(len(answer.content))


def test_whoever_holds_these_bytes_is_told_so():
    site = Site()
    tag = site.get()["ETag"]
    packed = site.get(**{"Accept-Encoding": "br"})["ETag"]
    assert tag != packed
    for held in (tag, packed, f"W/{tag}", f'"other", {tag}', "*"):
        answer = site.get(**{"If-None-Match": held})
        assert (answer.status_code, answer.content) == (304, b"")
        assert "Content-Type" not in answer.headers
        assert answer["ETag"]
    assert site.get(**{"If-None-Match": '"other"'}).status_code == 200
    assert site.asked == 1


def test_head_has_the_headers_of_get_and_no_body():
    site = Site()
    got = site.get()
    head = site.get(method="head")
    assert (head.content, head["Content-Length"], head["ETag"]) == (b"", str(len(got.content)), got["ETag"])
    assert Site().get("/unseen/", method="head")["Content-Length"] == str(len(got.content))


def test_head_of_an_unseen_page_stores_nothing():
    Site().get("/unseen/", method="head")
    assert not StoredPage.objects.exists()


def test_post_is_never_answered_from_the_store():
    site = Site()
    site.get()
    site.get(method="post")
    assert site.asked == 2


def test_unknown_query_strings_neither_multiply_entries_nor_miss_the_store():
    site = Site()
    plain = site.get().content
    for query in ("utm_source=x", "a=1&b=2", "page=9", "%00", "x" * 3000):
        assert site.get(f"/page/?{query}").content == plain
    assert site.asked == 1
    assert list(StoredPage.objects.values_list("address", flat=True)) == ["/page/"]


def test_known_parameters_have_one_address_and_are_answered_from_the_store():
    site = Site(parameters=("page", "sort"))
    for _ in range(2):
        assert "Words. 2" in site.get("/page/?page=2").content.decode()
    assert site.asked == 1
    site.get()
    assert "Words. 2" in site.get("/page/?utm_source=x&page=2").content.decode()
    assert "Words. 2" in site.get("/page/?page=2&sort=").content.decode()
    assert site.asked == 2
    assert set(StoredPage.objects.values_list("address", flat=True)) == {"/page/", "/page/?page=2"}


def test_forgetting_removes_exactly_what_depends_on_a_key():
    Site(keys=["page:1"]).get("/one/")
    Site(keys=["page:2"]).get("/two/")
    store.forget("page:1", "unknown")
    assert list(StoredPage.objects.values_list("address", flat=True)) == ["/two/"]
    store.forget("site")
    assert not StoredPage.objects.exists()


def test_a_page_rendered_before_a_change_is_not_stored_after_it():
    began = store.generation()
    store.forget("anything")
    rendered = store.Rendered(status=200, headers=(), body=b"old", keys=frozenset({"site"}))
    assert store.keep("/page/", rendered, began=began) is None
    assert store.keep("/page/", rendered, began=store.generation())


def test_pub_02_a_page_during_which_something_changed_is_rendered_again():
    site = Site()
    view = site.view

    def changing(request):
        response = view(request)
        if site.asked == 1:
            store.forget("something")
        return response

    site.middleware = PageStoreMiddleware(changing, site.memory)
    site.get()
    assert site.asked == 2
    assert StoredPage.objects.count() == 1


def test_a_site_that_changes_all_the_time_still_answers():
    site = Site()

    def changing(request):
        store.forget("something")
        return site.view(request)

    site.middleware = PageStoreMiddleware(changing, site.memory)
    assert site.get().status_code == 200
    assert not StoredPage.objects.exists()


def test_a_page_is_a_miss_after_its_time():
    site = Site(good_until=timezone.now() + datetime.timedelta(hours=1))
    site.get()
    with mock.patch("django.utils.timezone.now", return_value=timezone.now() + datetime.timedelta(hours=2)):
        site.get()
    assert site.asked == 2


@pytest.mark.parametrize(
    "spoil",
    [lambda response: response.set_cookie("a", "b"), lambda response: response.headers.setdefault("Vary", "Cookie")],
)
def test_a_page_with_somebodys_bytes_is_answered_but_never_stored(spoil):
    site = Site()
    view = site.view

    def personal(request):
        response = view(request)
        spoil(response)
        return response

    site.middleware = PageStoreMiddleware(personal, site.memory)
    answer = site.get()
    assert answer.status_code == 200
    assert "no-store" in answer["Cache-Control"]
    assert not StoredPage.objects.exists()


def test_what_is_not_marked_is_left_alone():
    middleware = PageStoreMiddleware(lambda request: HttpResponse("private"))
    answer = middleware(RequestFactory().get("/admin/"))
    assert "ETag" not in answer.headers
    assert not StoredPage.objects.exists()


def test_a_store_that_cannot_be_written_keeps_nobody_from_reading(monkeypatch):
    from django.db import OperationalError

    def full(*args, **kwargs):
        raise OperationalError("disk full")

    monkeypatch.setattr(store, "keep", full)
    assert Site().get().status_code == 200


def test_the_store_is_bounded_and_lets_the_oldest_go(monkeypatch):
    monkeypatch.setattr(store, "MAX_PAGES", 5)
    for number in range(9):
        Site().get(f"/page-{number}/")
    kept = list(StoredPage.objects.order_by("pk").values_list("address", flat=True))
    assert len(kept) == 5
    assert "/page-8/" in kept
    assert "/page-0/" not in kept


def test_an_address_too_long_to_keep_is_answered_all_the_same():
    site = Site()
    address = f"/{'a' * 500}/"
    assert site.get(address).status_code == 200
    assert site.get(address).status_code == 200
    assert site.asked == 2


def test_page_store_off_keeps_answers_the_same(settings):
    on, off = Site(), Site()
    stored = on.get()
    settings.PAGE_STORE = False
    fresh = off.get()
    off.get()
    assert off.asked == 2
    assert (fresh.content, fresh["ETag"], fresh["Cache-Control"]) == (
        *(stored.content, stored["ETag"], stored["Cache-Control"]),
    )


def test_a_hit_costs_one_query(django_assert_num_queries):
    site = Site()
    site.get()
    with django_assert_num_queries(1):
        site.get()


def test_the_generation_counts_every_change():
    before = store.generation()
    store.forget("a")
    store.forget_all()
    assert store.generation() == before + 2
    assert Generation.objects.count() == 1


def gone(*args):
    raise OperationalError("connection refused") from psycopg.OperationalError("connection refused")


def test_sec_03_what_was_seen_last_is_served_while_the_database_is_away(monkeypatch):
    """SEC-03: at once, without asking a database again that just did not answer."""
    site = Site()
    site.get()
    seen = site.get()
    asked = mock.Mock(side_effect=gone)
    monkeypatch.setattr(store, "find", asked)
    for _ in range(3):
        assert (site.get().status_code, site.get().content) == (200, seen.content)
    assert (asked.call_count, site.asked) == (1, 1)


def test_a_page_is_not_served_from_memory_after_anything_public_changed(monkeypatch):
    """PUB-03: a page that was withdrawn does not come back with the next outage."""
    site, other = Site(), Site(keys=("other",))
    for address in ("/page/", "/page/", "/other/", "/other/"):
        (site if address == "/page/" else other).get(address)
    site.memory.seen.answers.update(other.memory.seen.answers)
    store.forget("other")
    site.get()  # Still stored, and now of a newer generation.
    monkeypatch.setattr(store, "find", gone)
    assert site.get().status_code == 200
    assert site.memory.last_known("/other/") is None


def test_a_fault_in_the_store_is_not_hidden(monkeypatch):
    monkeypatch.setattr(store, "find", mock.Mock(side_effect=ProgrammingError("no such table")))
    with pytest.raises(ProgrammingError):
        Site().get()
