"""The one client that asks registries: polite, bounded, and never led elsewhere (EVD-20 to EVD-28)."""

from __future__ import annotations

import email.utils
import json
import logging
import random
import re
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import UTC, datetime
from ipaddress import ip_address
from typing import IO, Any
from urllib.parse import quote, urlsplit

import httpx2

from .base import RecordNotFound, SourceError, SourceErrorKind
from .pace import LocalPace, Pace

logging.getLogger("httpx2").setLevel(logging.WARNING)  # it logs whole addresses, with the key and the contact in them

CONNECT_SECONDS, READ_SECONDS, CALL_SECONDS = 5.0, 20.0, 60.0
DOWNLOAD_SECONDS = 1800.0
MAX_BYTES = 20 * 1024 * 1024
TRIES = 3
LONGEST_WAIT = 60.0
REDIRECTS = 3
_AGAIN = {429, 500, 502, 503, 504}
_SECRET = re.compile(r"(?i)([?&](?:mailto|email|api_key|tool)=)[^&]*")


def base_problem(base: str) -> str:
    """Why an address may not be the base of a source, or nothing: https, or this machine (EVD-27)."""
    parts = urlsplit(base)
    if not parts.hostname or parts.username or parts.query or parts.fragment:
        return "it is no plain address"
    if parts.scheme == "https":
        return ""
    return "" if parts.scheme == "http" and is_loopback(parts.hostname) else "it is neither https nor on this machine"


def is_loopback(host: str) -> bool:
    try:
        return ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return host == "localhost"


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What a source answered; ``address`` holds neither key nor contact."""

    status: int
    data: bytes
    address: str
    content_type: str = ""
    etag: str = ""
    last_modified: str = ""

    @property
    def not_modified(self) -> bool:
        return self.status == 304

    def json(self) -> Any:
        """The answer as JSON; a web page or broken JSON in a 200 is a bad answer."""
        try:
            return json.loads(self.data)
        except (ValueError, RecursionError):
            raise SourceError("bad answer", "The source answered with something that is not JSON.") from None


@dataclass(frozen=True, slots=True, kw_only=True)
class Etiquette:
    """Who we are, as sources ask to be told; without a contact the public limits apply."""

    contact: str = ""
    site: str = ""
    version: str = "0"
    ncbi_key: str = ""

    @property
    def user_agent(self) -> str:
        parts = [f"+{self.site}" if self.site else "", f"mailto:{self.contact}" if self.contact else ""]
        told = "; ".join(filter(None, parts))
        return f"Stemsite/{self.version} ({told})" if told else f"Stemsite/{self.version}"


_heard: ContextVar[list[Answer] | None] = ContextVar("answers", default=None)


@contextmanager
def listening() -> Iterator[list[Answer]]:
    """The answers that this thread gets inside the block, as they came: they are kept with what is read from them."""
    answers: list[Answer] = []
    token = _heard.set(answers)
    try:
        yield answers
    finally:
        _heard.reset(token)


class Client:
    """Asks one source below one base address; transport, clock and sleep are arguments."""

    def __init__(
        self,
        base: str,
        *,
        etiquette: Etiquette | None = None,
        interval: float = 1.0,
        enabled: bool = True,
        pace: Pace | None = None,
        transport: httpx2.BaseTransport | None = None,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
        jitter: Callable[[], float] = random.random,
        max_bytes: int = MAX_BYTES,
    ) -> None:
        if problem := base_problem(base):
            raise ValueError(f"{base!r} cannot be the base of a source: {problem}.")
        self.base = base.rstrip("/")
        self.etiquette = etiquette or Etiquette()
        self.interval = interval
        self._enabled = enabled
        self._clock, self._sleep, self._jitter = clock, sleep, jitter
        self._pace = pace or LocalPace(clock)
        self._max_bytes = max_bytes
        self._http = httpx2.Client(
            transport=transport,
            timeout=httpx2.Timeout(READ_SECONDS, connect=CONNECT_SECONDS),
            headers={"User-Agent": self.etiquette.user_agent, "Accept-Encoding": "gzip, deflate"},
            follow_redirects=False,
            trust_env=False,
        )

    def get(
        self,
        path: str,
        params: Mapping[str, str | int] | None = None,
        *,
        interval: float | None = None,
        etag: str = "",
        last_modified: str = "",
    ) -> Answer:
        """The answer to a GET below the base; 404 is ``RecordNotFound``, anything else unexpected a ``SourceError``."""
        conditional = {"If-None-Match": etag, "If-Modified-Since": last_modified}
        headers = {name: value for name, value in conditional.items() if value}
        return self._call("GET", path, dict(params or {}), interval, headers)

    def post(self, path: str, params: Mapping[str, str | int], *, interval: float | None = None) -> Answer:
        """For long lists of identifiers, which addresses cannot hold."""
        return self._call("POST", path, dict(params), interval, {})

    def download(self, into: IO[bytes], *, etag: str = "", last_modified: str = "") -> Answer:
        """The file at the base itself, written piece by piece; asked once, the next try is tomorrow's."""
        if not self._enabled:
            raise SourceError("offline", "The network is switched off here (EVIDENCE_NETWORK).")
        if resting := self._pace.resting():
            raise SourceError("resting", "The source failed repeatedly and is left alone.", retry_after=resting)
        conditional = {"If-None-Match": etag, "If-Modified-Since": last_modified}
        headers = {name: value for name, value in conditional.items() if value}
        ends_at = self._clock() + DOWNLOAD_SECONDS
        self._wait(self._pace.reserve(self.interval), ends_at)
        try:
            answer = self._ask("GET", "", {}, headers, ends_at, into)
        except SourceError:
            self._pace.failed()
            raise
        self._pace.succeeded()
        return answer

    def close(self) -> None:
        self._http.close()

    def _call(
        self, method: str, path: str, params: dict[str, str | int], interval: float | None, headers: dict[str, str]
    ) -> Answer:
        if not self._enabled:
            raise SourceError("offline", "The network is switched off here (EVIDENCE_NETWORK).")
        if resting := self._pace.resting():
            raise SourceError("resting", "The source failed repeatedly and is left alone.", retry_after=resting)
        ends_at = self._clock() + CALL_SECONDS
        last: SourceError | None = None
        for attempt in range(TRIES):
            self._wait(self._pace.reserve(interval or self.interval), ends_at)
            try:
                answer = self._ask(method, path, params, headers, ends_at)
            except SourceError as error:
                last = error
                if error.kind not in ("timeout", "refused", "rate limited", "server"):
                    break
                if attempt + 1 < TRIES:
                    self._back_off(error, attempt, ends_at)
                continue
            self._pace.succeeded()
            if (heard := _heard.get()) is not None:
                heard.append(answer)
            return answer
        self._pace.failed()
        raise last or SourceError("timeout", "The source did not answer in time.")

    def _back_off(self, error: SourceError, attempt: int, ends_at: float) -> None:
        """As long as the source says, else 1, 2, 4 seconds and a little; a long wait ends the call (EVD-23)."""
        asked = error.retry_after
        wait = asked if asked is not None else 2.0**attempt * (1 + self._jitter() / 4)
        if wait > LONGEST_WAIT or self._clock() + wait > ends_at:
            self._pace.failed()
            raise SourceError(error.kind, str(error), retry_after=wait) from None
        self._sleep(wait)

    def _wait(self, seconds: float, ends_at: float) -> None:
        if self._clock() + seconds > ends_at:
            raise SourceError("rate limited", "Too many calls are waiting for this source.", retry_after=seconds)
        if seconds > 0:
            self._sleep(seconds)

    def _ask(
        self,
        method: str,
        path: str,
        params: dict[str, str | int],
        headers: dict[str, str],
        ends_at: float,
        into: IO[bytes] | None = None,
    ) -> Answer:
        url = httpx2.URL(f"{self.base}{path}")
        query, form = (params, None) if method == "GET" else (None, params)
        for _ in range(REDIRECTS + 1):
            try:
                with self._http.stream(method, url, params=query, data=form, headers=headers) as response:
                    if response.is_redirect and response.status_code != 304:
                        url, query = self._redirected(url, response), None
                        continue
                    return self._read(response, ends_at, into)
            except httpx2.TimeoutException:
                raise SourceError("timeout", "The source did not answer in time.") from None
            except httpx2.DecodingError:
                raise SourceError("bad answer", "The source sent an answer that cannot be unpacked.") from None
            except httpx2.RemoteProtocolError:
                raise SourceError("server", "The source broke off its answer.") from None
            except httpx2.TransportError:
                raise SourceError("refused", "The source cannot be reached.") from None
        raise SourceError("bad answer", "The source redirects in circles.")

    def _redirected(self, url: httpx2.URL, response: httpx2.Response) -> httpx2.URL:
        """Only to the same host over https; on this machine, only to the same port."""
        try:
            target = url.join(response.headers["location"])
        except (httpx2.InvalidURL, KeyError, ValueError):
            raise SourceError("bad answer", "The source redirects to no address.") from None
        same = (target.host, target.port) == (url.host, url.port) and target.scheme in ("https", url.scheme)
        if not same or target.userinfo:
            raise SourceError("bad answer", "The source redirects to another host; it was not followed.")
        return target

    def _read(self, response: httpx2.Response, ends_at: float, into: IO[bytes] | None) -> Answer:
        self._heed(response)
        status = response.status_code
        if status == 404:
            raise RecordNotFound("The source has no such record.")
        if status in _AGAIN:
            kind: SourceErrorKind = "rate limited" if status == 429 else "server"
            raise SourceError(kind, f"The source answered {status}.", retry_after=_retry_after(response))
        if status not in (200, 304):
            raise SourceError("bad answer", f"The source answered {status}.")
        content_type = response.headers.get("content-type", "")
        if status == 200 and "text/html" in content_type.lower():
            raise SourceError("bad answer", "The source answered with a web page.")
        data, size = bytearray(), 0
        for piece in response.iter_bytes():
            size += len(piece)
            if size > self._max_bytes:
                raise SourceError("too large", f"The answer is larger than {self._max_bytes // 1024 // 1024} MB.")
            if self._clock() > ends_at:
                raise SourceError("timeout", "The source took too long.")
            if into is None:
                data += piece
            else:
                into.write(piece)
        return Answer(
            status=status,
            data=bytes(data),
            address=without_secrets(str(response.url)),
            content_type=content_type,
            etag=response.headers.get("etag", ""),
            last_modified=response.headers.get("last-modified", ""),
        )

    def _heed(self, response: httpx2.Response) -> None:
        """Go slower when the source says less than we thought; never faster (EVD-24)."""
        limit = response.headers.get("x-rate-limit-limit", "")
        per = re.fullmatch(r"(\d+)\s*s?", response.headers.get("x-rate-limit-interval", "1s").strip())
        if limit.isdigit() and int(limit) > 0 and per:
            self.interval = max(self.interval, int(per[1]) / int(limit))


def _retry_after(response: httpx2.Response) -> float | None:
    """``Retry-After`` in seconds, whether it is a number or a date."""
    value = response.headers.get("retry-after", "").strip()
    if re.fullmatch(r"\d{1,6}", value):
        return float(value)
    try:
        moment = email.utils.parsedate_to_datetime(value)
    except (ValueError, TypeError):
        return None
    moment = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return max(0.0, (moment - datetime.now(UTC)).total_seconds())


def without_secrets(address: str) -> str:
    """An address as it may be stored and shown (EVD-28)."""
    return _SECRET.sub(r"\1…", address)


def segment(value: str) -> str:
    """One value as one part of a path: nothing in it can lead out of it."""
    encoded = quote(value, safe="")
    return {".": "%2E", "..": "%2E%2E"}.get(encoded, encoded)
