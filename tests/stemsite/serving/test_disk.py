"""Stored pages as files: those of the present state alone, under names that end, and nothing outside of the folder."""

from __future__ import annotations

import datetime
import os
import threading
import time
from types import SimpleNamespace

import brotli
import pytest
from django.db import connections, transaction
from django.utils import timezone

from stemsite.serving import disk, laying, store
from stemsite.serving.laying import Folder, headers_of_pages
from stemsite.serving.memory import counter
from stemsite.serving.models import StoredPage

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.database]


@pytest.fixture
def clock(monkeypatch):
    """The clock of the worker and of the web server in front."""
    clock = SimpleNamespace(now=float(int(time.time()) // disk.UNIT * disk.UNIT + 10))
    monkeypatch.setattr(laying, "time", SimpleNamespace(time=lambda: clock.now))
    return clock


@pytest.fixture
def on_disk(settings, tmp_path, clock):
    settings.DATA_DIR, settings.PAGES_ON_DISK = tmp_path, True
    counter.cache_clear()
    yield SimpleNamespace(folder=Folder(), clock=clock)
    counter.cache_clear()


def keep(address: str, text: str = "words", **more) -> None:
    headers = more.pop("headers", headers_of_pages())
    values = {"status": 200, "headers": tuple(headers.items()), "body": text.encode(), "keys": frozenset({"site"})}
    assert store.keep(address, store.Rendered(**values | more), began=store.generation())


def given(clock, address: str, suffix: str = "") -> bytes | None:
    """What nginx gives alone: the file under the name of this moment, or nothing."""
    file = disk.names() / str(int(clock.now) // 100) / address.strip("/") / f"index.html{suffix}"
    try:
        return file.read_bytes()
    except FileNotFoundError:
        return None


def test_a_stored_page_is_given_plain_and_packed(on_disk):
    keep("/")
    keep("/conditions/als/", "a guide")
    assert on_disk.folder.keep_up() == 2
    assert given(on_disk.clock, "/") == b"words"
    assert given(on_disk.clock, "/conditions/als/") == b"a guide"
    page = StoredPage.objects.get(address="/conditions/als/")
    assert given(on_disk.clock, "/conditions/als/", ".gz") == bytes(page.gzipped)
    assert brotli.decompress(given(on_disk.clock, "/conditions/als/", ".br")) == b"a guide"
    assert on_disk.folder.keep_up() == 0, "it stands already"


def test_nothing_is_given_from_the_moment_a_change_is_told_until_it_is_laid_out_anew(on_disk):
    keep("/one/", "old")
    keep("/two/", "old", keys=frozenset({"two"}))
    on_disk.folder.keep_up()
    store.forget("two")
    assert given(on_disk.clock, "/one/") is None
    on_disk.folder.keep_up()
    assert given(on_disk.clock, "/one/") == b"old", "it is still good, and needed no reader"
    assert given(on_disk.clock, "/two/") is None
    keep("/two/", "new")
    on_disk.folder.keep_up()
    assert given(on_disk.clock, "/two/") == b"new"


def test_the_names_are_gone_before_the_commit_already(on_disk):
    """So that a process that is killed right after its commit leaves nothing behind."""
    keep("/one/")
    on_disk.folder.keep_up()
    with transaction.atomic():
        store.forget("site")
        assert given(on_disk.clock, "/one/") is None
        on_disk.folder.number = None
        transaction.set_rollback(True)
    on_disk.folder.keep_up()
    assert given(on_disk.clock, "/one/") == b"words", "what was taken back changed nothing"


def test_names_that_another_made_meanwhile_go_with_the_commit(on_disk):
    keep("/one/")
    with transaction.atomic():
        store.forget("site")
        worker = threading.Thread(target=lambda: disk.make_names(on_disk.clock.now, seen=counter().read()))
        on_disk.folder._is_ours()
        worker.start()
        worker.join()
        assert list(disk.names().iterdir())
    assert not list(disk.names().iterdir())


def test_no_names_are_made_after_a_change_was_told(on_disk):
    on_disk.folder._is_ours()
    seen = counter().read()
    store.forget("anything")
    assert not disk.make_names(on_disk.clock.now, seen=seen)
    assert not list(disk.names().iterdir())


def test_a_change_while_pages_are_laid_out_is_not_overlooked(on_disk, monkeypatch):
    keep("/one/")
    write = laying._write

    def slowly(*args):
        write(*args)
        store.forget("site")

    monkeypatch.setattr(laying, "_write", slowly)
    on_disk.folder.keep_up()
    assert given(on_disk.clock, "/one/") is None


def test_a_change_whose_process_died_before_it_could_tell_is_noticed_by_the_worker(on_disk, monkeypatch):
    keep("/one/")
    on_disk.folder.keep_up()
    monkeypatch.setattr(disk, "take_away_with_change", lambda: None)
    store.forget("site")
    assert given(on_disk.clock, "/one/") is not None
    on_disk.folder.keep_up()
    assert given(on_disk.clock, "/one/") is None


def test_without_a_worker_the_names_end_by_themselves(on_disk):
    keep("/one/")
    on_disk.folder.keep_up()
    began = on_disk.clock.now
    while given(on_disk.clock, "/one/"):
        on_disk.clock.now += 1
    assert disk.UNIT < on_disk.clock.now - began <= 2 * disk.UNIT


def test_with_a_worker_a_page_is_given_without_a_gap(on_disk):
    keep("/one/")
    for _ in range(100):
        on_disk.folder.keep_up()
        assert given(on_disk.clock, "/one/")
        on_disk.clock.now += 5
        assert given(on_disk.clock, "/one/")
    assert len(list(disk.names().iterdir())) == 2, "old names are taken away"


@pytest.mark.parametrize("worker_dies_after", [0, 100, 200, 300, 1000])
def test_a_page_is_never_given_after_its_time(on_disk, worker_dies_after):
    """Whether or not anybody is there to take it away."""
    ends = on_disk.clock.now + 500.0
    keep("/one/", good_until=datetime.datetime.fromtimestamp(ends, tz=datetime.UTC))
    keep("/two/")
    began, was_given = on_disk.clock.now, False
    while on_disk.clock.now < began + 900:
        if on_disk.clock.now <= began + worker_dies_after:
            on_disk.folder.keep_up()
        page = given(on_disk.clock, "/one/")
        was_given = was_given or page is not None
        assert page is None or on_disk.clock.now < ends
        on_disk.clock.now += 5
    assert was_given
    assert bool(given(on_disk.clock, "/two/")) == (worker_dies_after == 1000)


def test_a_page_whose_time_is_nearly_over_is_not_laid_out(on_disk):
    keep("/one/", good_until=timezone.now() + datetime.timedelta(seconds=60))
    assert on_disk.folder.keep_up() == 0


@pytest.mark.parametrize(
    "page",
    [
        {"address": "/a/?page=2"},
        {"address": "/feeds/articles.xml"},
        {"address": "/../../etc/passwd"},
        {"address": "/a/../b/"},
        {"address": "/a//b/"},
        {"address": "/A b/"},
        {"address": "/%2e%2e/"},
        {"address": "/é/"},
        {"address": "/a\n/"},
        {"address": f"/{'a' * 300}/"},
        {"address": "/gone/", "status": 410},
        {"address": "/moved/", "status": 301},
        {"address": "/own/", "headers": {"Content-Type": "text/html"}},
    ],
)
def test_only_ordinary_pages_at_ordinary_addresses_become_files(on_disk, tmp_path, page):
    address = page.pop("address")
    keep(address, **page)
    assert on_disk.folder.keep_up() == 0
    assert [path for path in disk.files().rglob("*") if path.is_file()] == []


def test_a_page_below_another_and_one_called_as_a_file_get_along(on_disk):
    for address in ("/a/", "/a/index/", "/a/new/", "/a/b/c/"):
        keep(address, address)
    on_disk.folder.keep_up()
    for address in ("/a/", "/a/index/", "/a/new/", "/a/b/c/"):
        assert given(on_disk.clock, address) == address.encode()
    StoredPage.objects.filter(address="/a/b/c/").delete()
    on_disk.folder.keep_up()
    assert given(on_disk.clock, "/a/") == b"/a/"
    assert not (disk.files() / "a" / "b").exists(), "an empty folder is taken away"


def test_better_packing_reaches_the_files_without_a_gap(on_disk):
    keep("/one/", "Words about cells. " * 200)
    on_disk.folder.keep_up()
    assert store.pack_better() == 1
    assert given(on_disk.clock, "/one/") is not None
    on_disk.folder.keep_up()
    assert given(on_disk.clock, "/one/", ".br") == bytes(StoredPage.objects.get().brotli)


def test_two_publications_within_one_second_have_two_entity_tags(on_disk):
    """nginx makes them of the time and the length of a file."""
    tags = []
    for text in ("5 people", "6 people"):
        keep("/one/", text)
        on_disk.folder.keep_up()
        stat = (disk.files() / "one" / "index.html").stat()
        tags.append((int(stat.st_mtime), stat.st_size))
        store.forget("site")
    assert len(set(tags)) == 2


def test_the_folder_is_bounded_in_bytes_and_pages(on_disk, monkeypatch):
    monkeypatch.setattr(laying, "MOST_PAGES", 5)
    for number in range(9):
        keep(f"/page-{number}/", "x" * 1000)
    assert on_disk.folder.keep_up() == 5
    assert given(on_disk.clock, "/page-0/") is None
    assert given(on_disk.clock, "/page-8/") is not None
    another = Folder(place=on_disk.folder.place)
    monkeypatch.setattr(laying, "MOST_BYTES", 2_500)
    assert another.keep_up() == 2


def test_many_pages_are_laid_out_a_part_at_a_time(on_disk, monkeypatch):
    monkeypatch.setattr(laying, "AT_ONCE", 2)
    for number in range(5):
        keep(f"/page-{number}/")
    assert [on_disk.folder.keep_up() for _ in range(4)] == [2, 2, 1, 0]


def test_one_process_alone_keeps_the_folder_and_begins_with_an_empty_one(on_disk):
    keep("/one/")
    on_disk.folder.keep_up()
    other = Folder()
    assert other.keep_up() == 0
    assert given(on_disk.clock, "/one/") is not None, "nor does it disturb the first"
    os.close(on_disk.folder.place)
    StoredPage.objects.all().delete()
    other.keep_up()
    assert given(on_disk.clock, "/one/") is None
    os.close(other.place)


@pytest.mark.parametrize("name", ["PAGES_ON_DISK", "PAGE_STORE", "SEVERAL_MACHINES"])
def test_it_is_off_where_it_cannot_be_strict(on_disk, settings, name):
    keep("/one/")
    setattr(settings, name, name == "SEVERAL_MACHINES")
    assert on_disk.folder.keep_up() == 0
    assert not disk.names().exists()


def test_what_was_laid_out_is_taken_away_by_a_process_in_which_it_is_off(on_disk, settings):
    keep("/one/")
    on_disk.folder.keep_up()
    settings.PAGES_ON_DISK = False
    store.forget("site")
    assert given(on_disk.clock, "/one/") is None


def test_a_site_without_it_touches_no_disk_at_a_change(settings, tmp_path, monkeypatch):
    settings.DATA_DIR = tmp_path
    monkeypatch.setattr(disk, "take_away", lambda: pytest.fail("taken away"))
    store.forget("site")


def test_a_disk_that_refuses_is_an_alert_and_stops_no_publication(on_disk, monkeypatch, caplog):
    on_disk.folder._is_ours()

    def refuse():
        raise PermissionError("read-only")

    parent = disk.files().parent
    monkeypatch.setattr(disk, "names", lambda: SimpleNamespace(parent=parent, iterdir=refuse))
    store.forget("site")
    assert " alert: " in caplog.text


@pytest.mark.race
def test_no_file_is_older_than_what_was_said_over_many_publications(on_disk):
    """A reader that reads the files as nginx would, a worker that lays out as fast as it can, one who publishes."""
    over, said, older, read = threading.Event(), [0], [], [0]

    def lay_out():
        while not over.is_set():
            on_disk.folder.keep_up()
        connections.close_all()

    def look():
        while not over.is_set():
            at_least = said[0]
            text = given(on_disk.clock, "/number/")
            if text is not None:
                read[0] += 1
                if int(text) < at_least:
                    older.append((at_least, int(text)))

    threads = [threading.Thread(target=work) for work in (lay_out, look, look)]
    for thread in threads:
        thread.start()
    try:
        for number in range(1, 101):
            store.forget("site")
            said[0] = number
            keep("/number/", str(number))
            end = time.monotonic() + 30
            while given(on_disk.clock, "/number/") != str(number).encode() and time.monotonic() < end:
                time.sleep(0.001)
    finally:
        over.set()
        for thread in threads:
            thread.join()
    assert older == []
    assert read[0] >= 100
