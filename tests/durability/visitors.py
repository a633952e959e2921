"""Visitors who send the three forms, press twice now and then, and press again until they are told that it arrived."""

from __future__ import annotations

import random
import threading
import time
import uuid
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from .client import Answer, Client, form_of
from .journal import Journal, Outcome

FORMS = ("newsletter", "information-packet", "consultation")
WANTED = {
    "newsletter": frozenset({"confirm"}),
    "information-packet": frozenset({"packet"}),
    "consultation": frozenset({"receipt", "confirm"}),
}
"""The letters that each of our requests must lead to; the consultation is sent with the newsletter box ticked."""

LONGEST_RETRY = 180.0


@dataclass(slots=True)
class Blanks:
    """The three forms as a reader holds them: stored pages, the same for everyone."""

    forms: dict[str, dict[str, object]]

    @classmethod
    def fetched(cls, port: int, names: Sequence[str] = FORMS) -> Blanks:
        client = Client(port)
        return cls({name: form_of(client.get(f"/{name}/").body, having="consent_version") for name in names})

    def filled(self, name: str, *, email: str, nonce: str, number: str) -> dict[str, object]:
        typed: dict[str, object] = {"email": email, "nonce": nonce, "elapsed_ms": "9000"}
        if name == "consultation":
            typed |= {"message": f"Please call me about {number}.", "consent_newsletter": "on"}
        return {**self.forms[name], **typed}


@dataclass(slots=True)
class Tally:
    """What the visitors met, together."""

    slowest: float = 0.0
    times: list[float] = field(default_factory=list)
    trouble: list[str] = field(default_factory=list)
    refused: list[int] = field(default_factory=list)
    """Statuses of 5xx that a visitor answered by pressing again."""
    longest_refusal: float = 0.0


class Visitor(threading.Thread):
    """Sends one form after the other until told to stop, or until ``most`` were sent."""

    def __init__(
        self,
        port: int,
        journal: Journal,
        blanks: Blanks,
        tally: Tally,
        *,
        name: str,
        forms: Sequence[str] = FORMS,
        most: int = 10**9,
        pause: float = 0.0,
        twice: float = 0.05,
        timeout: float = 30,
    ) -> None:
        super().__init__(daemon=True)
        self.client = Client(port, timeout=timeout)
        self.journal, self.blanks, self.tally = journal, blanks, tally
        self.who, self.forms, self.most, self.pause, self.twice = name, forms, most, pause, twice
        self.chance = random.Random(name)  # noqa: S311
        self.over = threading.Event()

    def run(self) -> None:
        for number in range(self.most):
            if self.over.wait(self.pause):
                return
            form = self.forms[number % len(self.forms)]
            email, nonce = f"{self.who}-{number}@example.org", str(uuid.UUID(int=self.chance.getrandbits(128)))
            data = self.blanks.filled(form, email=email, nonce=nonce, number=f"{self.who}-{number}")
            key = f"{form} {nonce} {email}"
            if self.chance.random() < self.twice:
                other = threading.Thread(target=self._send, args=(key, form, data))
                other.start()
                self._send(key, form, data)
                other.join()
            else:
                self._send(key, form, data)

    def _send(self, key: str, form: str, data: dict[str, object]) -> None:
        """Press until it was accepted; the same nonce makes every press after the first harmless."""
        end = time.monotonic() + LONGEST_RETRY
        while time.monotonic() < end:
            self.journal.intend(key, form=form)
            began = time.monotonic()
            answer: Answer = self.client.post(f"/{form}/", data)
            took = time.monotonic() - began
            self.journal.note(key, answer.outcome, answer.status)
            if answer.status == 303:
                self.tally.times.append(took)
                self.tally.slowest = max(self.tally.slowest, took)
                return
            if answer.outcome is Outcome.ACCEPTED or answer.outcome is Outcome.REFUSED:
                self.tally.trouble.append(f"{key}: {answer.status}")
                return
            if answer.status:
                self.tally.refused.append(answer.status)
                self.tally.longest_refusal = max(self.tally.longest_refusal, took)
            time.sleep(0.1)
        self.tally.trouble.append(f"{key}: never accepted")


def visit(
    visitors: Sequence[Visitor],
    *,
    until: Callable[[], bool] = lambda: False,
    seconds: float = 600,
    beat: float = 0.0,
) -> None:
    """Let all send until each has sent its number, or ``until`` holds, or time is over; they come ``beat`` apart."""
    for visitor in visitors:
        visitor.start()
        time.sleep(beat)
    end = time.monotonic() + seconds
    while any(visitor.is_alive() for visitor in visitors) and time.monotonic() < end and not until():
        time.sleep(0.1)
    for visitor in visitors:
        visitor.over.set()
    for visitor in visitors:
        visitor.join(2 * LONGEST_RETRY)
