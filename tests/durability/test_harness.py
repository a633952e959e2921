"""The pieces that prove the rest are proved here: the sink fails as told, and the checker misses nothing."""

from __future__ import annotations

import smtplib
from collections.abc import Iterator
from email.message import EmailMessage
from pathlib import Path

import pytest

from .checker import Stored, violations
from .client import form_of
from .journal import Journal, Outcome, outcome_of
from .sink import FAULTS, Received, Sink


@pytest.fixture
def sink(tmp_path: Path) -> Iterator[Sink]:
    with Sink(tmp_path / "sink.jsonl", patience=5) as started:
        yield started


def letter(number: int = 1, to: str = "ann@example.org") -> EmailMessage:
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = "clinic@example.org", to, "A letter"
    message["Message-ID"] = f"<{number}@example.org>"
    message.set_content("One\n..two\n" + "line\n" * 20)
    return message


def send(sink: Sink, message: EmailMessage, *, login: bool = False) -> None:
    with smtplib.SMTP("127.0.0.1", sink.port, timeout=2) as smtp:
        if login:
            smtp.login("user", "password")
        smtp.send_message(message)


def ids(sink: Sink) -> list[str]:
    return [received.message_id for received in sink.received()]


def test_a_letter_is_kept_as_it_was_sent(sink):
    send(sink, letter(), login=True)
    [received] = sink.received()
    assert (received.message_id, received.sender) == ("<1@example.org>", "clinic@example.org")
    assert received.recipients == ("ann@example.org",)
    assert b"..two" in received.raw and received.parsed()["Subject"] == "A letter"


ARRIVES = {"lost ack", "silence", "QUIT drop"}


@pytest.mark.parametrize("name", [name for name in FAULTS if name != "535"])
def test_lead_61_each_fault_is_met_once_and_by_one_letter(sink, name):
    """LEAD-61, LEAD-128: and the log says whether the letter arrived."""
    sink.script(name)
    if name == "QUIT drop":
        smtp = smtplib.SMTP("127.0.0.1", sink.port, timeout=2)
        smtp.send_message(letter())
        with pytest.raises(smtplib.SMTPServerDisconnected):
            smtp.quit()
    else:
        with pytest.raises((smtplib.SMTPException, OSError)):
            send(sink, letter())
    assert ids(sink) == (["<1@example.org>"] if name in ARRIVES else [])
    assert (sink.fired, sink.faults_left) == ([str(FAULTS[name])], 0)
    assert sink.lost_acks == (name in {"lost ack", "silence"})
    send(sink, letter(2))
    assert ids(sink)[-1] == "<2@example.org>"


def test_a_login_can_be_refused(sink):
    sink.script("535")
    with pytest.raises(smtplib.SMTPAuthenticationError):
        send(sink, letter(), login=True)
    send(sink, letter(), login=True)


def test_a_fault_can_wait_for_one_address(sink):
    sink.script_for("ann@example.org", "550")
    send(sink, letter(1, to="ben@example.org"))
    with pytest.raises(smtplib.SMTPRecipientsRefused) as refused:
        send(sink, letter(2))
    assert b"<ann@example.org>" in refused.value.recipients["ann@example.org"][1]
    send(sink, letter(3))
    assert ids(sink) == ["<1@example.org>", "<3@example.org>"]


def test_the_port_can_be_closed_for_a_while(sink):
    sink.stop()
    with pytest.raises(OSError, match="refused"):
        send(sink, letter())
    sink.start()
    send(sink, letter())
    assert ids(sink) == ["<1@example.org>"]


# -- the checker


@pytest.fixture
def journal(tmp_path: Path) -> Journal:
    made = Journal(tmp_path / "journal.jsonl")
    for key, *outcomes in (("a", Outcome.ACCEPTED), ("b", Outcome.CUT), ("c", Outcome.REFUSED), ("d", Outcome.BROKEN)):
        for outcome in outcomes:
            made.intend(key, form="newsletter")
            made.note(key, outcome)
    return made


def row(key: str) -> dict[str, str]:
    return {"key": key, "once": f"nonce of {key}"}


def mail(key: str, **changes: str) -> dict[str, str]:
    return {"key": key, "kind": "confirm", "message_id": f"<{key}>", "state": "sent", "last_error": "", **changes}


def arrived(*keys: str) -> list[Received]:
    return [Received(message_id=f"<{key}>", sender="", recipients=(), raw=b"") for key in keys]


def check(journal: Journal, rows: str, letters: list[dict[str, str]], got: str, **more) -> list[str]:
    stored = Stored(rows=[row(key) for key in rows], letters=letters, integrity=more.pop("integrity", "ok"))
    wanted = {"newsletter": frozenset({"confirm"})}
    return [line.partition(":")[0] for line in violations(journal, stored, arrived(*got), wanted=wanted, **more)]


def test_lead_127_nothing_is_wrong_where_nothing_is(journal):
    assert check(journal, "a", [mail("a")], "a") == []
    assert check(journal, "abd", [mail("a"), mail("b"), mail("d")], "abd") == [], "a cut request may have landed"
    assert check(journal, "a", [mail("a")], "aa", forgiven=1) == []


@pytest.mark.parametrize(
    ("rule", "rows", "letters", "got", "more"),
    [
        ("I1", "", [], "", {}),
        ("I2", "aa", [mail("a")], "a", {}),
        ("I3", "abb", [mail("a"), mail("b")], "ab", {}),
        ("I4", "ac", [mail("a"), mail("c")], "ac", {}),
        ("I5", "a", [mail("a")], "", {}),
        ("I5", "a", [], "", {}),
        ("I6", "a", [mail("a")], "aaa", {"forgiven": 1}),
        ("I7", "a", [mail("a")], "ax", {}),
        ("I8", "ax", [mail("a")], "a", {}),
        ("I9", "a", [mail("a")], "a", {"integrity": "row 3 missing from index"}),
        ("I10", "a", [mail("a", state="queued")], "a", {}),
        ("I10", "a", [mail("a", state="failed")], "a", {}),
        ("I10", "a", [mail("a", state="failed", last_error="550")], "a", {}),
    ],
)
def test_lead_127_each_invariant_is_seen_to_be_broken(journal, rule, rows, letters, got, more):
    assert rule in check(journal, rows, letters, got, **more)


def test_an_intent_without_outcome_may_have_landed(tmp_path):
    """The driver may have been killed itself."""
    journal = Journal(tmp_path / "journal.jsonl")
    journal.intend("a", form="newsletter")
    assert journal["a"].rows == (0, 1)
    assert b'"intent": "a"' in (tmp_path / "journal.jsonl").read_bytes()


def test_answers_are_told_apart():
    assert [outcome_of(status) for status in (200, 303, 422, 503)] == [
        Outcome.ACCEPTED, Outcome.ACCEPTED, Outcome.REFUSED, Outcome.BROKEN,
    ]  # fmt: skip


def test_a_form_is_read_as_a_browser_holds_it():
    page = b"""<form><input name="q"></form><form><input name="a" value="1&amp;2"><input type="checkbox" name="b">
    <input type="checkbox" name="c" checked><select name="d"><option value="x"><option value="y" selected></select>
    <textarea name="e">\nTwo\nlines</textarea><input type="submit" name="f" value="g"></form>"""
    assert form_of(page, having="e") == {"a": "1&2", "c": "on", "d": "y", "e": "Two\nlines"}
