"""Logs: one JSON object per line, timed, with a request id, and no person in it (SEC-16).

Addresses carry tokens, and messages of exceptions carry what was typed. So a request is named by
the pattern of its address, and an exception by its type and the lines of code it passed.
"""

from __future__ import annotations

import datetime
import json
import logging
import re
import time
import traceback
import uuid
from contextvars import ContextVar
from http import HTTPStatus
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.http.response import HttpResponseBase

from stemsite.headers import GetResponse

request_id: ContextVar[str] = ContextVar("request_id", default="")

logger = logging.getLogger("stemsite.requests")

_GIVEN_ID = re.compile(r"[A-Za-z0-9._-]{8,64}\Z")


class JsonFormatter(logging.Formatter):
    def format(self, record: logging.LogRecord) -> str:
        line: dict[str, Any] = {
            "at": datetime.datetime.fromtimestamp(record.created, datetime.UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": _message(record),
        }
        if identifier := request_id.get():
            line["request"] = identifier
        line.update(getattr(record, "facts", {}))
        if record.exc_info and record.exc_info[1] is not None:
            line["exception"] = described(record.exc_info[1])
        return json.dumps(line, ensure_ascii=False)


def _message(record: logging.LogRecord) -> str:
    """The message; of Django's own lines on requests only what holds nothing of the request."""
    if record.name.startswith("django.security"):
        return record.name.rpartition(".")[2]
    if record.name.startswith(("django.request", "django.server")):
        status = getattr(record, "status_code", None)
        return HTTPStatus(status).phrase if status in set(HTTPStatus) else "request"
    return record.getMessage()


def described(error: BaseException) -> dict[str, Any]:
    """Type and place of ``error`` and of what caused it, without what it says."""
    frames = traceback.extract_tb(error.__traceback__)[-12:]
    found: dict[str, Any] = {
        "type": f"{type(error).__module__}.{type(error).__qualname__}",
        "frames": [f"{frame.filename}:{frame.lineno} {frame.name}" for frame in frames],
    }
    cause = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
    if cause is not None:
        found["cause"] = f"{type(cause).__module__}.{type(cause).__qualname__}"
    return found


class RequestLogMiddleware:
    """Gives the request its id, and writes one line when it is answered."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        identifier = _identifier(request)
        # Never reset: Django writes its line on a refused request after the last middleware has returned.
        request_id.set(identifier)
        began = time.perf_counter()
        response = self.get_response(request)
        response.headers["X-Request-ID"] = identifier
        logger.info("answered", extra={"facts": _facts(request, response, began)})
        return response


def _identifier(request: HttpRequest) -> str:
    given = request.headers.get("X-Request-ID", "") if settings.TRUSTED_PROXIES else ""
    return given if _GIVEN_ID.match(given) else uuid.uuid4().hex


def _facts(request: HttpRequest, response: HttpResponseBase, began: float) -> dict[str, Any]:
    match = request.resolver_match
    return {
        "method": request.method if request.method in {"GET", "HEAD", "POST"} else "other",
        "route": match.route if match is not None else "-",
        "status": response.status_code,
        "ms": round((time.perf_counter() - began) * 1000, 1),
    }


def logging_config(*, level: str, requests_level: str, alert_url: str = "") -> dict[str, Any]:
    """Everything to standard error, in our format; ``requests_level`` decides whether each answer has a line.

    Alerts are posted to ``alert_url`` as well.
    """
    alerts = {"alerts": {"class": "stemsite.alerts.AlertHandler", "url": alert_url}} if alert_url else {}
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {"json": {"()": "stemsite.logs.JsonFormatter"}},
        "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "json"}, **alerts},
        "root": {"handlers": ["stderr", *alerts], "level": level},
        "loggers": {
            "stemsite.requests": {"level": requests_level},
            # Django gives these two handlers of their own, which print addresses and mail tracebacks.
            "django": {"handlers": [], "level": level, "propagate": True},
            "django.server": {"handlers": [], "level": level, "propagate": True},
        },
    }
