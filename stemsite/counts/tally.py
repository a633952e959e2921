"""Counting in each web process, added to the table now and then, so that a reader's answer waits for no disk."""

from __future__ import annotations

import atexit
import logging
import re
import threading
from collections import Counter
from functools import lru_cache
from urllib.parse import urlsplit

from django.conf import settings
from django.db import DatabaseError, connections

from .kinds import Kind

logger = logging.getLogger(__name__)

EVERY = 60.0
"""Seconds between two additions; a process that is killed loses what it counted since the last."""

MOST = 5_000
MOST_SAID = 3_000
MOST_ABSENT = 1_000
"""Anybody can make up addresses, words and referrers: theirs take no place that what was read needs."""
_MACHINES = re.compile(r"bot|crawl|spider|slurp|preview|monitor|curl|wget|python|http|scan|fetch|lighthouse", re.I)
_WORDS = re.compile(r"[^\W\d_][\w'-]*")
_TELLING = re.compile(r"@|\d{5}|https?:", re.I)
_LONGEST = 60
_PLAIN = re.compile(r"(?:/[A-Za-z0-9][A-Za-z0-9._-]{0,79}){1,6}/?")
_SECRET = re.compile(r"\d{5}|[A-Za-z0-9_]{24}|/[a-z]/|^/(?:admin|accounts|static|media)(?:/|$)")

_PAGE, _REFERRER = str(Kind.PAGE), str(Kind.REFERRER)  # A plain word is found in half the time of a member.


class Tally:
    """Counts nothing until it is started, as only a web process does."""

    def __init__(self) -> None:
        self.counted: Counter[tuple[str, str]] = Counter()
        self.is_on = False
        self._lock = threading.Lock()
        self._stop = threading.Event()

    def start(self) -> None:
        self.is_on = True
        threading.Thread(target=self._work, name="tally", daemon=True).start()
        atexit.register(self.flush)

    def read(self, path: str, referrer: str, agent: str, purpose: str) -> None:
        """A page was given to a reader; machines, and browsers that only fetch ahead, are none."""
        if not self.is_on or purpose or is_machine(agent):
            return
        self._count(_PAGE, path)
        if referrer and (host := host_of(referrer)):
            self._count(_REFERRER, host, most=MOST_SAID)

    def absent(self, path: str, agent: str, purpose: str) -> None:
        """A reader asked for an address where nothing stands; of it the path alone is counted (PUB-88)."""
        if self.is_on and not purpose and not is_machine(agent) and is_plain(path):
            self._count(Kind.ABSENT, path, most=MOST_ABSENT)

    def searched(self, query: str, *, found: bool) -> None:
        """Words were looked for; what might be somebody's own is not even counted."""
        if self.is_on and (words := general(query)):
            self._count(Kind.SEARCH if found else Kind.MISSED, words, most=MOST_SAID)

    def flush(self) -> None:
        """Add what was counted to the table; what cannot be added now is kept for the next time."""
        with self._lock:
            counted, self.counted = self.counted, Counter()
        if not counted:
            return
        from .keeping import add

        try:
            add(counted)
        except DatabaseError:
            logger.warning("counts could not be added and wait", exc_info=True)
            with self._lock:
                self.counted.update(counted)

    def _count(self, kind: str, name: str, *, most: int | None = None) -> None:
        named = kind, name
        with self._lock:
            if named in self.counted or len(self.counted) < (MOST if most is None else most):
                self.counted[named] += 1

    def _work(self) -> None:
        while not self._stop.wait(EVERY):
            self.flush()
            connections.close_all()


@lru_cache(maxsize=512)
def is_machine(agent: str) -> bool:
    return not agent or _MACHINES.search(agent) is not None


@lru_cache(maxsize=512)
def host_of(referrer: str) -> str:
    """The host that a reader came from; empty for our own and for what is no web address."""
    try:
        parts = urlsplit(referrer)
        host = parts.hostname or ""
    except ValueError:
        return ""
    ours = host in settings.ALLOWED_HOSTS
    known = parts.scheme in {"http", "https"} and re.fullmatch(r"[a-z0-9.-]{3,100}", host) is not None
    return host.removeprefix("www.") if known and "." in host and not ours else ""


@lru_cache(maxsize=512)
def is_plain(path: str) -> bool:
    """Whether ``path`` is one that a page might have had; what may hold a token, a number or a name is not counted."""
    return len(path) <= 200 and _PLAIN.fullmatch(path) is not None and _SECRET.search(path) is None


def general(query: str) -> str:
    """``query`` as it is counted: its words in lower case; empty where it may hold an address, a number or a story."""
    if _TELLING.search(query) or len(query) > _LONGEST:
        return ""
    words = _WORDS.findall(query.lower())
    return " ".join(words) if len(words) <= 6 else ""


tally = Tally()
