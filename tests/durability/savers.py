"""Staff who save as fast as they can, on pages of which some are shared, and press again when an answer is cut."""

from __future__ import annotations

import threading
import time
from collections.abc import Sequence

from .client import Client, form_of
from .journal import Journal, Outcome
from .site import PASSWORD, Killer, Site, until

LONGEST_RETRY = 60.0


class Saver(threading.Thread):
    """One member of staff at one page. Every save has words of its own, by which its Version is known."""

    def __init__(self, client: Client, journal: Journal, seat: str, who: str, page: int) -> None:
        super().__init__(daemon=True)
        self.journal, self.who, self.page = journal, f"{who} {seat}", page
        self.over = threading.Event()
        self.trouble: list[str] = []
        self.client = Client(client.port, cookies=dict(client.cookies))

    @property
    def address(self) -> str:
        return f"/admin/articles/article/{self.page}/change/"

    def run(self) -> None:
        number = 0
        while not self.over.is_set():
            opened = self.client.get(self.address)
            if opened.status != 200:
                if opened.status:
                    self.trouble.append(f"{self.who}: opening the page gave {opened.status}")
                time.sleep(0.1)
                continue
            number += 1
            key = f"save {number} of {self.who}."
            form = form_of(opened.body, having="lock_version")
            self._save(key, {**form, "summary": f"Words of {key}", "_continue": "Save version"})

    def _save(self, key: str, form: dict[str, object]) -> None:
        """Press until an answer comes; the counter in the form makes the second press harmless."""
        end = time.monotonic() + LONGEST_RETRY
        outcomes: list[Outcome] = []
        while time.monotonic() < end:
            self.journal.intend(key, page=self.page, by=self.who)
            answer = self.client.post(self.address, form)
            self.journal.note(key, answer.outcome, answer.status)
            outcomes.append(answer.outcome)
            if answer.status == 302:
                return
            if answer.status == 409:
                # Another's save, or our own first press that landed although its answer was cut.
                return
            if answer.status:
                self.trouble.append(f"{self.who}: saving gave {answer.status}")
                return
            time.sleep(0.05)
        self.trouble.append(f"{self.who}: no answer for {LONGEST_RETRY:.0f} s: {outcomes}")


def logged_in(site: Site, who: str) -> Client:
    client = Client(site.port)
    client.log_in(f"{who}@example.org", PASSWORD)
    return client


def storm(
    savers: Sequence[Saver], journal: Journal, *, accepted: int, killers: Sequence[Killer], seconds: float
) -> None:
    """Let all save until ``accepted`` saves were acknowledged and the killers have done their work, or time is over."""
    for thread in (*savers, *killers):
        thread.start()
    until(lambda: journal.count(Outcome.ACCEPTED) >= accepted and not any(k.is_alive() for k in killers), seconds)
    for thread in (*killers, *savers):
        thread.over.set()
    for thread in (*killers, *savers):
        thread.join(LONGEST_RETRY + 30)
