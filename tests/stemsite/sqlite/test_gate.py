"""Writers queue at a gate: in turn, across processes, and never shut by one that died (LEAD-130)."""

from __future__ import annotations

import subprocess
import sys
import threading
import time

import pytest

from stemsite.sqlite.gate import Gate, Line, gate_of

PATIENCE = 60

HOLDER = """
import sys, time
from pathlib import Path
from stemsite.sqlite.gate import Gate
entered = Gate(Path(sys.argv[1])).enter(60)
print("held", flush=True)
time.sleep(600)
"""


def waiting(line: Line, number: int) -> None:
    end = time.monotonic() + PATIENCE
    while len(line._waiting) < number:
        assert time.monotonic() < end
        time.sleep(0.005)


@pytest.fixture
def gate(tmp_path):
    return Gate(tmp_path / "some.sqlite3")


@pytest.fixture
def other(gate):
    """Another process, inside the gate."""
    process = subprocess.Popen([sys.executable, "-c", HOLDER, str(gate.database)], stdout=subprocess.PIPE)
    assert process.stdout is not None and process.stdout.readline() == b"held\n"
    yield process
    process.kill()
    process.wait(PATIENCE)
    process.stdout.close()


def test_threads_of_a_process_go_in_the_order_in_which_they_came(gate):
    order: list[int] = []
    first = gate.enter(PATIENCE)

    def go(number: int) -> None:
        entered = gate.enter(PATIENCE)
        order.append(number)
        entered.give_back()

    threads = []
    for number in range(6):
        threads.append(threading.Thread(target=go, args=(number,)))
        threads[-1].start()
        waiting(gate.line, number + 1)
    first.give_back()
    for thread in threads:
        thread.join(PATIENCE)
    assert order == list(range(6))


def test_another_process_waits_outside_and_a_killed_one_leaves_the_gate_open(gate, other):
    """SEC-01: the kernel frees what a process held."""
    assert gate.enter(0.05) is None
    other.kill()
    entered = gate.enter(PATIENCE)
    assert entered is not None
    entered.give_back()


def test_who_has_waited_too_long_is_told_and_keeps_nobody_out(gate, other):
    began = time.monotonic()
    assert gate.enter(0.2) is None
    assert time.monotonic() - began >= 0.2
    assert not gate.line._is_taken
    other.kill()
    assert gate.enter(PATIENCE) is not None


def test_a_thread_whose_patience_ends_in_the_line_is_not_called_later(gate):
    first = gate.enter(PATIENCE)
    assert gate.enter(0.05) is None
    assert not gate.line._waiting
    first.give_back()
    again = gate.enter(PATIENCE)
    assert again is not None


def test_a_pass_is_given_back_once_however_often_that_is_asked(gate):
    first = gate.enter(PATIENCE)
    first.give_back()
    second = gate.enter(PATIENCE)
    first.give_back()
    assert gate.enter(0.05) is None, "the second is still inside"
    second.give_back()


def test_who_has_written_stands_behind_who_already_waits(gate, tmp_path):
    """A process that writes again and again cannot keep another one out."""
    program = HOLDER.replace("time.sleep(600)", "print(time.monotonic(), flush=True)\ntime.sleep(600)")
    mine = gate.enter(PATIENCE)
    process = subprocess.Popen([sys.executable, "-c", program, str(gate.database)], stdout=subprocess.PIPE)
    try:
        queue = gate.database.with_name(f"{gate.database.name}-queue")
        end = time.monotonic() + PATIENCE
        while _is_free(queue):
            assert time.monotonic() < end, "the other process stands in the queue"
        mine.give_back()
        assert gate.enter(0.5) is None, "the other one was next, and is inside now"
    finally:
        process.kill()
        process.wait(PATIENCE)
        process.stdout.close()


def _is_free(file) -> bool:
    import fcntl

    if not file.exists():
        return True
    with file.open("rb+") as held:
        try:
            fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True


def test_one_gate_for_one_file(tmp_path):
    assert gate_of(tmp_path / "a") is gate_of(tmp_path / "a")
    assert gate_of(tmp_path / "a") is not gate_of(tmp_path / "b")
