from __future__ import annotations

import signal
import sys
import threading
import time
from pathlib import Path

import pytest

from stemsite.supervisor import LONGEST_PAUSE, STEADY_AFTER, Child, Supervisor

SLEEPER = "import time; time.sleep(60)"
STUBBORN = "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); print(flush=True); time.sleep(60)"


def python(program: str) -> list[str]:
    return [sys.executable, "-c", program]


@pytest.fixture
def run(monkeypatch):
    """Run a supervisor in a thread; signals belong to the main one, so they are left alone."""
    monkeypatch.setattr(signal, "signal", lambda *args: None)
    monkeypatch.setattr("stemsite.supervisor._end_with", lambda parent: None)
    started: list[tuple[Supervisor, threading.Thread]] = []

    def begin(supervisor: Supervisor) -> threading.Thread:
        thread = threading.Thread(target=supervisor.run)
        thread.start()
        started.append((supervisor, thread))
        return thread

    yield begin
    for supervisor, thread in started:
        supervisor.stopping.set()
        thread.join(20)


def until(holds, seconds: float = 15) -> bool:
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if holds():
            return True
        time.sleep(0.02)
    return False


def test_a_child_that_dies_is_started_again(run):
    child = Child("sleeper", python(SLEEPER))
    run(Supervisor([child]))
    assert until(lambda: child.process is not None)
    first = child.process
    first.kill()
    assert until(lambda: child.process is not None and child.process.pid != first.pid)


def test_stopping_ends_all_children(run):
    children = [Child(name, python(SLEEPER)) for name in ("one", "two")]
    supervisor = Supervisor(children)
    thread = run(supervisor)
    assert until(lambda: all(child.process for child in children))
    supervisor.stopping.set()
    thread.join(15)
    assert not thread.is_alive()
    assert all(child.process.poll() is not None for child in children)


def test_a_child_that_will_not_end_is_killed_in_the_end(run):
    child = Child("stubborn", python(STUBBORN))
    supervisor = Supervisor([child], patience=0.5)
    thread = run(supervisor)
    assert until(lambda: child.process is not None)
    time.sleep(0.5)
    supervisor.stopping.set()
    thread.join(15)
    assert child.process.returncode == -signal.SIGKILL


def test_what_a_dead_child_had_started_goes_with_it(run, tmp_path):
    """A web server that is killed leaves no workers behind on its port."""
    note = tmp_path / "pid"
    program = (
        "import subprocess, sys, time;"
        f"p = subprocess.Popen([sys.executable, '-c', {SLEEPER!r}]);"
        f"f = open({str(note)!r}, 'a'); f.write(str(p.pid) + ' '); f.close(); time.sleep(60)"
    )
    child = Child("parent", python(program))
    run(Supervisor([child]))
    assert until(lambda: note.exists() and note.read_text().endswith(" "))
    grandchild = int(note.read_text().split()[0])
    child.process.kill()
    assert until(lambda: not _alive(grandchild))
    assert until(lambda: len(note.read_text().split()) == 2)
    child.signal_group(signal.SIGKILL)


def test_a_child_that_keeps_dying_waits_longer_each_time():
    child = Child("x", [])
    pauses = []
    for now in range(12):
        child.started_at = now
        child.note_death(now + 1)
        pauses.append(child.pause)
    assert pauses[:4] == [0.5, 1.0, 2.0, 4.0] and pauses[-1] == LONGEST_PAUSE
    child.started_at = 0
    child.note_death(STEADY_AFTER)
    assert child.pause == 0.5


def test_it_is_told_once_that_everything_runs(run):
    asked: list[bool] = []

    def up() -> bool:
        asked.append(len(asked) >= 2)
        return asked[-1]

    run(Supervisor([Child("sleeper", python(SLEEPER))], when_up=up))
    assert until(lambda: len(asked) >= 3)
    time.sleep(0.6)
    assert asked == [False, False, True]


@pytest.mark.skipif(not Path("/proc").exists(), reason="only Linux tells a child that its parent is gone")
def test_children_end_when_the_parent_is_killed_outright(tmp_path):
    """So that nothing holds the port when serve itself is killed."""
    note = tmp_path / "pid"
    program = (
        "import sys; from stemsite.supervisor import Child, Supervisor;"
        f"child = Child('x', [sys.executable, '-c', {SLEEPER!r}]);"
        f"s = Supervisor([child], when_up=lambda: open({str(note)!r}, 'w').write(str(child.process.pid)) > 0); s.run()"
    )
    import subprocess

    parent = subprocess.Popen(python(program))
    assert until(lambda: note.exists() and note.read_text())
    child = int(note.read_text())
    parent.kill()
    parent.wait()
    assert until(lambda: not _alive(child))


def _alive(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().split()[2] != "Z"
    except FileNotFoundError:
        return False
    except ProcessLookupError:
        return False
