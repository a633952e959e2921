"""The backend takes the gate for every write, gives it back whatever happens, and never for reading."""

from __future__ import annotations

import sqlite3
import threading

import pytest
from django.db import IntegrityError, OperationalError, transaction
from django.db.utils import ConnectionHandler

from stemsite.sqlite import base, folding
from stemsite.sqlite.gate import gate_of

PATIENCE = 60


@pytest.fixture
def file(tmp_path):
    return tmp_path / "own.sqlite3"


@pytest.fixture
def own(file, django_db_blocker):
    """A database of its own with our engine and settings, opened anew by each thread."""
    handler = ConnectionHandler(
        {
            "default": {
                "ENGINE": "stemsite.sqlite",
                "NAME": file,
                "OPTIONS": {
                    "transaction_mode": "IMMEDIATE",
                    "timeout": 1,
                    "init_command": "PRAGMA journal_mode=WAL; PRAGMA wal_autocheckpoint=0",
                },
            }
        }
    )
    connection = handler["default"]
    with django_db_blocker.unblock():  # Not the database of the tests.
        with connection.cursor() as cursor:
            cursor.execute("CREATE TABLE thing (id INTEGER PRIMARY KEY, name TEXT UNIQUE)")
        yield connection
        connection.close()


def is_open(file) -> bool:
    entered = gate_of(file).enter(0)
    if entered is None:
        return False
    entered.give_back()
    return True


@pytest.fixture
def atomic(own, monkeypatch):
    """``transaction.atomic`` on that database."""
    monkeypatch.setattr(transaction, "get_connection", lambda using=None: own)
    return transaction.atomic


def put(own, name):
    with own.cursor() as cursor:
        cursor.execute("INSERT INTO thing (name) VALUES (%s)", [name])


def names(own):
    with own.cursor() as cursor:
        cursor.execute("SELECT name FROM thing ORDER BY id")
        return [name for (name,) in cursor.fetchall()]


def test_a_transaction_holds_the_gate_until_it_is_committed(own, file, atomic):
    with atomic():
        assert not is_open(file)
        put(own, "a")
        assert not is_open(file)
        with atomic():
            put(own, "b")
        assert not is_open(file), "a savepoint is no end"
    assert is_open(file)
    assert names(own) == ["a", "b"]


def test_a_transaction_that_fails_gives_it_back(own, file, atomic):
    with pytest.raises(ZeroDivisionError), atomic():
        put(own, "a")
        raise ZeroDivisionError
    assert is_open(file)
    assert names(own) == []


def test_a_connection_closed_in_the_midst_gives_it_back(own, file, atomic):
    with pytest.raises(Exception, match="closed"), atomic():
        own.close()
        put(own, "a")
    assert is_open(file)
    own.close()


def test_a_statement_alone_takes_it_and_gives_it_back_even_when_refused(own, file, monkeypatch):
    held = []
    enter = base.DatabaseWrapper._enter
    monkeypatch.setattr(base.DatabaseWrapper, "_enter", lambda wrapper: held.append(1) or enter(wrapper))
    put(own, "a")
    assert (len(held), is_open(file)) == (1, True)
    with pytest.raises(IntegrityError):
        put(own, "a")
    assert (len(held), is_open(file)) == (2, True)
    with own.cursor() as cursor:
        cursor.executemany("INSERT INTO thing (name) VALUES (%s)", [["b"], ["c"]])
    assert (len(held), is_open(file)) == (3, True)
    assert names(own) == ["a", "b", "c"]
    assert len(held) == 3, "reading takes none"


def test_reading_goes_on_while_the_gate_is_shut(own, file):
    put(own, "a")
    entered = gate_of(file).enter(PATIENCE)
    assert names(own) == ["a"]
    entered.give_back()


def test_a_gate_that_stays_shut_is_the_error_of_a_locked_database(own, file, atomic):
    entered = gate_of(file).enter(PATIENCE)
    with pytest.raises(OperationalError, match="locked"):
        put(own, "a")
    with pytest.raises(OperationalError, match="locked"), atomic():
        put(own, "a")
    entered.give_back()
    put(own, "a")
    assert names(own) == ["a"]


def test_whoever_comes_past_the_gate_is_waited_for_by_the_lock_of_the_file(own, file, atomic):
    """A shell or a backup knows no gate."""
    other = sqlite3.connect(file, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    with pytest.raises(OperationalError, match="locked"), atomic():
        put(own, "a")
    assert is_open(file)
    other.execute("ROLLBACK")
    other.close()
    with atomic():
        put(own, "a")
    assert names(own) == ["a"]


def test_without_room_for_the_files_of_the_gate_writing_goes_on(own, file, monkeypatch):
    def full(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(base, "gate_of", full)
    put(own, "a")
    assert names(own) == ["a"]


def test_many_threads_write_and_none_is_refused(own, file):
    settings = {"default": {**own.settings_dict, "OPTIONS": {**own.settings_dict["OPTIONS"], "timeout": PATIENCE}}}
    handler = ConnectionHandler(settings)
    trouble = []

    def write(number):
        connection = handler["default"]
        try:
            for turn in range(10):
                put(connection, f"{number}-{turn}")
        except Exception as error:
            trouble.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=write, args=(number,)) for number in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(PATIENCE)
    assert trouble == []
    assert len(names(own)) == 60


def test_the_log_is_folded_into_the_file_once_it_is_worth_it(own, file, monkeypatch):
    monkeypatch.setattr(folding, "connection", own)
    put(own, "a")
    assert not folding.fold(), "too little yet"
    monkeypatch.setattr(folding, "WORTH_IT", 1)
    before = file.stat().st_size
    assert folding.fold()
    assert file.stat().st_size > before
