"""What is sent is read whole before anybody works on it, so that slow, cut and endless requests stop nobody (SEC-10).

The server gives each request a thread, and reading a body has no time limit there. So there are far more
threads than places at work: whoever sends slowly holds a thread and no place, and of the threads some
never read at all. A body that ends early is refused: half a form is never taken for a whole one.
"""

from __future__ import annotations

import tempfile
import threading
from collections.abc import Callable, Iterable
from http import HTTPStatus
from typing import IO, Any

from stemsite.clinic.error_pages import error_page
from stemsite.headers import secure

WORKING = 16
READING = 128
THREADS = WORKING + READING + 16
"""Of each web process. Threads are made when they are needed, and one that waits costs next to nothing."""

LARGEST = 16 * 1024 * 1024
"""More than any form of ours sends: the largest is a picture of 10 MB, and only staff send those."""

LARGEST_OF_READERS = 2 * 1024 * 1024
STAFF = "/admin/"

RETRY_AFTER = 5
_PIECE = 64 * 1024
_IN_MEMORY = 256 * 1024

Environ = dict[str, Any]
StartResponse = Callable[..., Any]
Application = Callable[[Environ, StartResponse], Iterable[bytes]]


class Refusal(Exception):
    def __init__(self, status: HTTPStatus) -> None:
        self.status = status


class BodiesFirst:
    """Wraps the application of one web process."""

    def __init__(self, application: Application, *, working: int = WORKING, reading: int = READING) -> None:
        self.application = application
        self.working = threading.BoundedSemaphore(working)
        self.reading = threading.BoundedSemaphore(reading)

    def __call__(self, environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
        if not _has_body(environ):
            with self.working:
                return self.application(environ, start_response)
        with tempfile.SpooledTemporaryFile(max_size=_IN_MEMORY) as body:
            try:
                self._read(environ, body)
            except Refusal as refusal:
                return _refused(refusal.status, start_response)
            with self.working:
                return self.application(environ, start_response)

    def _read(self, environ: Environ, body: IO[bytes]) -> None:
        """Put the whole body into ``body``, and ``body`` in its place."""
        declared = _declared(environ)
        most = LARGEST if environ.get("PATH_INFO", "").startswith(STAFF) else LARGEST_OF_READERS
        if declared is not None and declared > most:
            raise Refusal(HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
        if not self.reading.acquire(blocking=False):
            raise Refusal(HTTPStatus.SERVICE_UNAVAILABLE)
        try:
            length = _copy(environ["wsgi.input"], body, most if declared is None else declared)
        finally:
            self.reading.release()
        if declared is not None and length < declared:
            raise Refusal(HTTPStatus.BAD_REQUEST)
        body.seek(0)
        environ["wsgi.input"], environ["CONTENT_LENGTH"] = body, str(length)


def _has_body(environ: Environ) -> bool:
    return environ.get("CONTENT_LENGTH") not in {None, "", "0"} or "HTTP_TRANSFER_ENCODING" in environ


def _declared(environ: Environ) -> int | None:
    """The length that was told; none where the body comes in pieces until it ends."""
    told = environ.get("CONTENT_LENGTH")
    if not told:
        return None
    if not (told.isascii() and told.isdigit()):
        raise Refusal(HTTPStatus.BAD_REQUEST)
    return int(told)


def _copy(source: Any, target: IO[bytes], most: int) -> int:
    length = 0
    while piece := source.read(min(_PIECE, most + 1 - length)):
        length += len(piece)
        if length > most:
            raise Refusal(HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
        target.write(piece)
    return length


def _refused(status: HTTPStatus, start_response: StartResponse) -> Iterable[bytes]:
    retry_after = RETRY_AFTER if status == HTTPStatus.SERVICE_UNAVAILABLE else None
    response = secure(error_page(status, retry_after=retry_after))
    start_response(f"{status.value} {status.phrase}", list(response.items()))
    return [response.content]
