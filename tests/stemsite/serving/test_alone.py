"""One render for many who ask at once, and better packing once nobody waits."""

import threading
import time

import brotli
import pytest
from django.db import connections
from django.http import HttpResponse
from django.test import RequestFactory

from stemsite.serving import alone as alone_module
from stemsite.serving import store
from stemsite.serving.alone import alone
from stemsite.serving.answers import Answer
from stemsite.serving.memory import Memory
from stemsite.serving.middleware import PageStoreMiddleware, depends_on
from stemsite.serving.models import StoredPage


@pytest.mark.django_db(transaction=True)
def test_a_page_that_sixteen_ask_for_at_once_is_made_once():
    made = []

    def view(request):
        made.append(request.path)
        time.sleep(0.2)
        return depends_on(HttpResponse("words"), "site")

    answers = []

    def read():
        # Each with a memory of its own, as processes have.
        answers.append(PageStoreMiddleware(view, Memory())(RequestFactory().get("/page/")).content)
        connections.close_all()

    threads = [threading.Thread(target=read) for _ in range(16)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert made == ["/page/"]
    assert answers == [b"words"] * 16


def test_nobody_waits_for_ever(monkeypatch):
    monkeypatch.setattr(alone_module, "PATIENCE", 0.05)
    with alone("/page/") as first:
        assert first is False
        with alone("/page/") as second:
            assert second is True


def test_an_error_of_the_one_who_makes_it_is_theirs_and_frees_the_place():
    with pytest.raises(OSError, match="disk"), alone("/page/"):
        raise OSError("disk")
    with alone("/page/") as somebody:
        assert somebody is False


def test_without_a_disk_one_goes_on(settings, tmp_path):
    (tmp_path / "file").write_text("")
    settings.DATA_DIR = tmp_path / "file"
    with alone("/page/") as somebody:
        assert somebody is False


@pytest.mark.django_db
@pytest.mark.database
def test_what_was_packed_quickly_is_packed_again_with_another_tag():
    body = b"Words about cells and what was measured. " * 300
    rendered = store.Rendered(status=200, headers=(), body=body, keys=frozenset({"site"}))
    for name in ("/one/", "/two/"):
        assert store.keep(name, rendered, began=store.generation())
    quick = StoredPage.objects.get(address="/one/")
    assert store.pack_better(most=1) == 1
    assert store.pack_better() == 1
    assert store.pack_better() == 0
    best = StoredPage.objects.get(address="/one/")
    assert brotli.decompress(bytes(best.brotli)) == body
    assert len(best.brotli) <= len(quick.brotli)
    assert Answer.of(best).headers["br"] != Answer.of(quick).headers["br"], "other bytes, another strong tag"
