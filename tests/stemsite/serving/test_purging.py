"""A shared lifetime for the operator's CDN, and what it is told when a page changed: all of it, by the worker."""

from __future__ import annotations

import datetime
import http.server
import json
import threading
from types import SimpleNamespace

import pytest
from django.db import transaction
from django.test import Client
from django.utils import timezone

from stemsite.serving import purging, store
from stemsite.serving.models import StoredPage
from stemsite.serving.purging import tag_of
from stemsite.tasks.models import Job
from stemsite.tasks.worker import run_job
from tests.factories import make_clinic, make_plain_page, publish

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.database]


LATER = datetime.timedelta(hours=1)


@pytest.fixture
def cdn(settings, monkeypatch):
    """A receiver on loopback that answers as it is told to."""

    class Receiver(http.server.BaseHTTPRequestHandler):
        def do_POST(self):
            body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            told.append(SimpleNamespace(path=self.path, body=body, token=self.headers["Authorization"]))
            self.send_response(server.status)
            if server.status == 302:
                self.send_header("Location", "/elsewhere")
            self.send_header("Content-Length", "0")
            self.end_headers()

        do_GET = do_POST

        def log_message(self, *args):
            pass

    monkeypatch.setattr(purging, "AGAIN_AFTER", LATER)  # However slow the machine, not yet.
    told = []
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Receiver)
    server.status, server.told, server.daemon_threads = 200, told, True
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    settings.CDN_SECONDS, settings.CDN_PURGE_BY, settings.CDN_PURGE_TOKEN = 600, "tags", "a secret"
    settings.CDN_PURGE_URL = f"http://127.0.0.1:{server.server_address[1]}/purge"
    yield server
    server.shutdown()
    thread.join()
    server.server_close()


def keep(address: str, *, keys=("site",), **more) -> None:
    values = {"status": 200, "headers": (), "body": b"words", "keys": frozenset(keys)} | more
    assert store.keep(address, store.Rendered(**values), began=store.generation())


def work(*, later: bool = False) -> None:
    """What the worker does with the jobs that are due, or will be."""
    Job.objects.filter(state="queued", due_at__lte=timezone.now() + (2 * LATER if later else LATER / 2)).update(
        due_at=timezone.now() - datetime.timedelta(seconds=1)
    )
    while (job := Job.objects.filter(lane="due").claim_next()) is not None:
        run_job(job)


def bodies(cdn) -> list[dict]:
    return [told.body for told in cdn.told]


def test_a_stored_page_may_be_kept_by_the_cdn_alone_and_bears_its_mark(cdn):
    make_clinic()
    publish(make_plain_page())
    for _ in range(2):
        answer = Client().get("/privacy/")
        assert answer["Cache-Control"] == "public, no-cache", "browsers and other caches ask every time"
        assert answer["CDN-Cache-Control"] == "max-age=600"
        assert answer["Cache-Tag"] == tag_of("/privacy/")
    held = Client().get("/privacy/", headers={"If-None-Match": answer["ETag"]})
    assert (held.status_code, held["CDN-Cache-Control"]) == (304, "max-age=600")


def test_with_any_parameter_it_bears_the_same_mark_and_only_when_it_is_stored(cdn):
    make_clinic()
    publish(make_plain_page())
    assert "CDN-Cache-Control" not in Client().get("/privacy/?utm_source=a"), "nothing would say what it depends on"
    Client().get("/privacy/")
    assert Client().get("/privacy/?utm_source=a")["Cache-Tag"] == tag_of("/privacy/")


@pytest.mark.parametrize("address", ["/no-such-page/", "/accounts/login/", "/healthz/live"])
def test_nothing_else_may_be_kept(cdn, address):
    make_clinic()
    assert "CDN-Cache-Control" not in Client().get(address)


def test_pub_12_a_withdrawn_page_may_not_be_kept_and_its_page_is_purged(cdn):
    keep("/gone/", status=410)
    assert not any(name == "CDN-Cache-Control" for name, _ in StoredPage.objects.get().headers)


def test_off_it_says_and_tells_nothing(cdn, settings):
    settings.CDN_SECONDS, settings.CDN_PURGE_URL = 0, ""
    keep("/one/")
    store.forget("site")
    store.forget_all()
    assert purging.purge_overdue() == 0
    assert not Job.objects.exists()


def test_a_change_tells_what_became_stale_at_once_and_once_more(cdn):
    keep("/one/", keys=("a",))
    keep("/two/", keys=("b",))
    store.forget("a")
    work()
    assert bodies(cdn) == [{"tags": [tag_of("/one/")]}]
    assert cdn.told[0].path == "/purge" and cdn.told[0].token == "Bearer a secret"
    work(later=True)
    assert bodies(cdn) == [{"tags": [tag_of("/one/")]}] * 2, "an answer was on its way while we changed it"


def test_a_cdn_without_marks_is_told_addresses(cdn, settings):
    settings.CDN_PURGE_BY, settings.CDN_PURGE_TOKEN = "addresses", ""
    keep("/list/?page=2")
    store.forget("site")
    work()
    assert bodies(cdn) == [{"files": [f"{settings.SITE_URL}/list/?page=2"]}]
    assert cdn.told[0].token is None


def test_a_change_that_is_taken_back_tells_nothing(cdn):
    keep("/one/")
    with transaction.atomic():
        store.forget("site")
        transaction.set_rollback(True)
    work(later=True)
    assert cdn.told == []


def test_many_pages_are_told_in_parts_and_very_many_as_everything(cdn, monkeypatch):
    monkeypatch.setattr(purging, "AT_ONCE", 2)
    monkeypatch.setattr(purging, "MOST", 5)
    for number in range(5):
        keep(f"/page-{number}/")
    store.forget("site")
    work()
    tags = [tag for body in bodies(cdn) for tag in body["tags"]]
    assert sorted(tags) == sorted(tag_of(f"/page-{number}/") for number in range(5))
    assert max(len(body["tags"]) for body in bodies(cdn)) == 2
    cdn.told.clear()
    work(later=True)
    cdn.told.clear()
    for number in range(6):
        keep(f"/page-{number}/")
    store.forget("site")
    work()
    assert bodies(cdn) == [{"purge_everything": True}]


def test_another_release_purges_everything(cdn):
    store.forget_all()
    work()
    assert bodies(cdn) == [{"purge_everything": True}]


def test_a_page_that_the_store_lets_go_is_purged_with_it(cdn, monkeypatch):
    monkeypatch.setattr(store, "MAX_PAGES", 1)
    keep("/one/")
    keep("/two/")
    work()
    assert bodies(cdn) == [{"tags": [tag_of("/one/")]}]


def test_a_page_whose_words_have_aged_is_taken_away_here_and_there(cdn):
    keep("/one/", good_until=timezone.now() - datetime.timedelta(seconds=1))
    keep("/two/", good_until=timezone.now() + datetime.timedelta(days=1))
    assert purging.purge_overdue() == 1
    work()
    assert bodies(cdn) == [{"tags": [tag_of("/one/")]}]
    assert StoredPage.objects.get().address == "/two/"


@pytest.mark.parametrize("status", [302, 403, 500])
def test_a_refusal_is_an_alert_and_tried_again(cdn, caplog, status):
    """A redirection is not followed: the secret goes nowhere but where the operator said."""
    cdn.status = status
    keep("/one/")
    store.forget("site")
    work()
    assert {told.path for told in cdn.told} == {"/purge"}
    assert " alert: " in caplog.text and "a secret" not in caplog.text
    cdn.status = 200
    work(later=True)
    assert not Job.objects.exclude(state="done").exists()
    assert bodies(cdn)[-1] == {"tags": [tag_of("/one/")]}


def test_a_publication_does_not_wait_for_a_cdn_that_is_away(cdn, settings, caplog):
    settings.CDN_PURGE_URL = "http://127.0.0.1:9/purge"
    keep("/one/")
    store.forget("site")
    assert not StoredPage.objects.exists()
    assert Job.objects.count() == 2
    work()
    assert " alert: " in caplog.text
    assert Job.objects.filter(state="queued").count() == 2


def test_what_has_ended_by_itself_is_told_no_more(cdn):
    keep("/one/")
    store.forget("site")
    job = Job.objects.order_by("pk").first()
    what, _ = job.args
    Job.objects.update(args=[what, (timezone.now() - datetime.timedelta(seconds=1)).isoformat()])
    work(later=True)
    assert cdn.told == []
    assert set(Job.objects.values_list("state", flat=True)) == {"done"}
