"""Making pages that were forgotten before somebody asks for them: the most read first, one at a time, in the worker."""

from __future__ import annotations

import datetime
import io
from functools import cache
from urllib.parse import urlsplit

from django.conf import settings
from django.core.wsgi import get_wsgi_application
from django.db.models import Sum
from django.utils import timezone

from stemsite.bodies import Application, Environ
from stemsite.counts.kinds import Kind
from stemsite.counts.models import Count

from . import store
from .models import StoredPage

MOST_READ = 300
AT_ONCE = 50
DAYS = 28


def make_ahead() -> int:
    """Make those of the most read pages that are not stored; how many. The next run goes on where this one ends."""
    if not store.is_on():
        return 0
    missing = [path for path in _most_read() if store.find(path) is None][:AT_ONCE]
    for path in missing:
        _ask(path)
    return StoredPage.objects.filter(address__in=missing).count()


def _most_read() -> list[str]:
    since = timezone.localdate() - datetime.timedelta(days=DAYS)
    read = Count.objects.filter(kind=Kind.PAGE, day__gte=since).values_list("name")
    return list(read.annotate(sum=Sum("number")).order_by("-sum", "name").values_list("name", flat=True)[:MOST_READ])


@cache
def _site() -> Application:
    return get_wsgi_application()


def _ask(path: str) -> None:
    """One request as a reader's, without a socket."""
    answer = _site()(_environ(path), lambda status, headers, error=None: None)
    getattr(answer, "close", lambda: None)()


def _environ(path: str) -> Environ:
    site = urlsplit(settings.SITE_URL)
    proxy = settings.SECURE_PROXY_SSL_HEADER
    return {
        "REQUEST_METHOD": "GET",
        "PATH_INFO": path.encode().decode("latin-1"),
        "QUERY_STRING": "",
        "SERVER_NAME": site.hostname or "localhost",
        "SERVER_PORT": str(site.port or {"https": 443}.get(site.scheme, 80)),
        "SERVER_PROTOCOL": "HTTP/1.1",
        "HTTP_HOST": site.netloc,
        "REMOTE_ADDR": "127.0.0.1",
        "wsgi.url_scheme": site.scheme,
        "wsgi.input": io.BytesIO(),
        "wsgi.errors": io.StringIO(),
        **({proxy[0]: proxy[1]} if proxy and site.scheme == "https" else {}),
    }
