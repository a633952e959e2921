"""Answers what is at hand before Django is asked at all: any doubt, and Django is."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache
from http import HTTPStatus
from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

from django.conf import settings
from django.http.request import split_domain_port, validate_host

from stemsite.counts.tally import tally

from .answers import Answer
from .memory import memory

_PHRASES = {status.value: f"{status.value} {status.phrase}" for status in HTTPStatus}


class StoredFirst:
    """Wraps the application of one web process; never touches the database, the disk or a session."""

    def __init__(self, application: WSGIApplication) -> None:
        self.application = application
        self.is_on = bool(settings.PAGE_STORE)
        # As SecurityMiddleware: a public site answers https alone, and the trusted proxy says what it was.
        self.https = settings.SECURE_PROXY_SSL_HEADER if settings.SECURE_SSL_REDIRECT else None
        self.https_only = settings.SECURE_SSL_REDIRECT

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        answer = self._at_hand(environ) if self.is_on else None
        if answer is None:
            return self.application(environ, start_response)
        status, headers, body = answer.give(
            environ["REQUEST_METHOD"],
            environ.get("HTTP_ACCEPT_ENCODING", ""),
            environ.get("HTTP_IF_NONE_MATCH", ""),
        )
        if answer.is_page:
            count_reader(environ, environ["PATH_INFO"])
        start_response(_PHRASES[status], headers)
        return [body]

    def _at_hand(self, environ: WSGIEnvironment) -> Answer | None:
        if environ["REQUEST_METHOD"] not in {"GET", "HEAD"} or environ.get("CONTENT_LENGTH", "0") not in {"", "0"}:
            return None
        if "HTTP_TRANSFER_ENCODING" in environ or not is_ours(environ.get("HTTP_HOST", "")):
            return None
        if self.https_only and not self._is_https(environ):
            return None
        path = environ["PATH_INFO"]
        answer = memory.get(path) if path.isascii() else None
        if answer is None or (environ["QUERY_STRING"] and not _is_ignored(environ["QUERY_STRING"], answer)):
            return None
        return answer

    def _is_https(self, environ: WSGIEnvironment) -> bool:
        if self.https is None:
            return bool(environ["wsgi.url_scheme"] == "https")
        name, value = self.https
        return str(environ.get(name, "")).partition(",")[0].strip() == value


def count_reader(environ: WSGIEnvironment, path: str) -> None:
    if environ["REQUEST_METHOD"] == "GET":
        tally.read(
            path,
            environ.get("HTTP_REFERER", ""),
            environ.get("HTTP_USER_AGENT", ""),
            environ.get("HTTP_SEC_PURPOSE", ""),
        )


def _is_ignored(query: str, answer: Answer) -> bool:
    """Whether nothing in ``query`` can be a parameter that the page takes notice of."""
    return not answer.parameters or not ("%" in query or any(f"{name}=" in query for name in answer.parameters))


@lru_cache(maxsize=64)
def is_ours(host: str) -> bool:
    domain, _ = split_domain_port(host)
    return bool(domain) and validate_host(domain, settings.ALLOWED_HOSTS)
