"""What one process has at hand, and when it may give it: never after a change was told, never after its lease."""

import shutil
import threading
import time
from pathlib import Path

import pytest
from django.db import transaction

from stemsite.serving import memory as memory_module
from stemsite.serving import store
from stemsite.serving.answers import HELD, Answer
from stemsite.serving.counter import Counter
from stemsite.serving.memory import LEASE, Look, Memory, changed, counter


def an_answer(text: str = "words", *, good_until: float = float("inf")) -> Answer:
    page = store.Rendered(status=200, headers=(), body=text.encode(), keys=frozenset({"site"})).packed(*HELD)
    answer = Answer.of(page)
    return Answer(**{name: getattr(answer, name) for name in answer.__slots__} | {"good_until": good_until})


@pytest.fixture
def memory():
    return Memory()


def kept(memory: Memory, answer: Answer, *, generation: int = 1, address: str = "/page/") -> Look:
    look = memory.look()
    memory.confirm(look, generation, address, answer)
    return look


def test_what_the_database_just_said_is_at_hand(memory):
    answer = an_answer()
    kept(memory, answer)
    assert memory.get("/page/") is answer
    assert memory.get("/other/") is None


def test_a_change_that_was_told_ends_it_at_once_in_every_process(memory):
    """Another process tells: it has the same file and another map of it."""
    kept(memory, an_answer())
    assert Counter(counter().path).advance()
    assert memory.get("/page/") is None
    assert memory.last_known("/page/") is None, "nor when the database is away (PUB-03)"


def test_a_change_between_the_question_and_the_answer_counts(memory):
    look = memory.look()
    counter().advance()
    memory.confirm(look, 1, "/page/", an_answer())
    assert memory.get("/page/") is None


def test_what_was_asked_before_the_newest_answer_is_not_believed(memory):
    early = memory.look()
    kept(memory, an_answer("new"), generation=2)
    memory.confirm(early, 1, "/page/", an_answer("old"))
    assert memory.get("/page/").bodies == an_answer("new").bodies


def test_another_generation_drops_every_page(memory):
    """As when a process died between its commit and its telling."""
    kept(memory, an_answer(), address="/one/")
    kept(memory, an_answer(), address="/two/", generation=2)
    assert memory.get("/one/") is None
    assert memory.get("/two/") is not None


def test_the_lease_ends_by_itself_and_any_answer_renews_it(memory, monkeypatch):
    look = kept(memory, an_answer())
    monkeypatch.setattr(memory_module.time, "monotonic", lambda: look.began + LEASE + 0.01)
    assert memory.get("/page/") is None
    assert memory.last_known("/page/") is not None
    kept(memory, an_answer(), address="/two/")
    assert memory.get("/page/") is not None


def test_one_reader_renews_the_lease_before_its_end_and_the_others_go_on(memory, monkeypatch):
    look = kept(memory, an_answer())
    monkeypatch.setattr(memory_module.time, "monotonic", lambda: look.began + LEASE * 0.75)
    assert [memory.get("/page/") is None for _ in range(4)] == [True, False, False, False]
    kept(memory, an_answer())
    monkeypatch.setattr(memory_module.time, "monotonic", lambda: look.began + LEASE * 1.1)
    assert memory.get("/page/") is not None


def test_a_page_whose_own_time_is_over_is_a_miss(memory):
    kept(memory, an_answer(good_until=time.time() - 1))
    assert memory.get("/page/") is None
    assert memory.last_known("/page/") is None


def test_what_is_at_hand_is_bounded(memory, monkeypatch):
    monkeypatch.setattr(memory_module, "MOST_BYTES", 3 * an_answer().size)
    for number in range(50):
        kept(memory, an_answer(str(number)), address=f"/{number}/")
        assert memory.seen.size <= 4 * an_answer("00").size
    assert memory.get("/49/") is not None
    kept(memory, an_answer("49"), address="/49/")
    assert memory.seen.size == sum(answer.size for answer in memory.seen.answers.values())


def test_without_a_file_to_tell_by_nothing_is_at_hand_and_changes_wait(monkeypatch, tmp_path):
    """A disk that is full or not ours: slower, never older."""
    (tmp_path / "file").write_text("")
    deaf = Counter(tmp_path / "file" / "changes")
    monkeypatch.setattr(memory_module, "counter", lambda: deaf)
    slept = []
    monkeypatch.setattr(memory_module.time, "sleep", slept.append)
    memory = Memory()
    kept(memory, an_answer())
    assert memory.get("/page/") is None
    memory_module._tell()
    assert slept == [LEASE]


def test_two_who_count_at_once_are_both_counted(tmp_path: Path):
    path = tmp_path / "changes"
    before = Counter(path).read()

    def count():
        own = Counter(path)
        for _ in range(200):
            assert own.advance()

    threads = [threading.Thread(target=count) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert Counter(path).read() == before + 800


def test_who_clears_the_folder_while_the_site_runs_makes_nobody_deaf(monkeypatch, tmp_path):
    """A process that was started after it counts in another file than those that hold the old one."""
    own = Counter(tmp_path / "store" / "changes")
    monkeypatch.setattr(memory_module, "counter", lambda: own)
    memory = Memory()
    shutil.rmtree(tmp_path / "store")
    assert not own.advance(), "the first change after it waits until every lease is over"
    kept(memory, an_answer())
    shutil.rmtree(tmp_path / "store")
    kept(memory, an_answer())  # As every process asks the database again when its lease ends.
    assert memory.get("/page/") is not None
    assert Counter(own.path).advance()
    assert memory.get("/page/") is None
    assert memory.last_known("/page/") is None
    assert own.advance()


@pytest.mark.django_db(transaction=True)
def test_a_change_is_told_once_after_its_commit_and_never_when_it_is_taken_back(settings, monkeypatch):
    before = counter().read()
    with transaction.atomic():
        store.forget("a")
        store.forget("b")
        assert counter().read() == before
    assert counter().read() == before + 1
    with pytest.raises(RuntimeError), transaction.atomic():
        store.forget("a")
        raise RuntimeError
    assert counter().read() == before + 1
    slept = []
    monkeypatch.setattr(memory_module.time, "sleep", slept.append)
    settings.SEVERAL_MACHINES = True
    changed()
    assert slept == [LEASE], "other machines cannot see the number: their leases are waited for"
