"""What Django's own checks do not ask (SEC-19)."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, Warning, register
from django.db import connections

from stemsite.mail.mailers import in_clear

UNTOLD_SECONDS = 60
HEADERS = "stemsite.headers.HeadersMiddleware"


@register(Tags.security)
def check_headers(**kwargs: Any) -> list[CheckMessage]:
    """A policy is there, holds nothing unsafe, and reaches every answer."""
    problems: list[CheckMessage] = []
    policy = getattr(settings, "SECURE_CSP", None) or {}
    if not policy.get("default-src") or not settings.MIDDLEWARE or settings.MIDDLEWARE[0] != HEADERS:
        hint = f"Set SECURE_CSP with a default-src, and put {HEADERS} first in MIDDLEWARE."
        problems.append(Error("Answers go out without a Content-Security-Policy.", hint=hint, id="stemsite.E010"))
    unsafe = sorted({str(source) for sources in policy.values() for source in sources if "unsafe" in str(source)})
    if unsafe:
        message = f"The Content-Security-Policy allows {', '.join(unsafe)}."
        problems.append(Error(message, hint="Nothing here needs it; remove it.", id="stemsite.E011"))
    return problems


@register(Tags.security)
def check_sqlite(**kwargs: Any) -> list[CheckMessage]:
    """A commit is on the disk before its answer goes out, and readers never wait for a writer."""
    problems: list[CheckMessage] = []
    for alias in connections:
        values = connections[alias].settings_dict
        if not values["ENGINE"].endswith(("sqlite3", ".sqlite")):
            continue
        options = values.get("OPTIONS", {})
        command = str(options.get("init_command", "")).replace(" ", "").lower()
        missing = [
            name
            for name, holds in {
                "journal_mode=WAL": "journal_mode=wal" in command,
                "synchronous=FULL": "synchronous=full" in command,
                "transaction_mode IMMEDIATE": options.get("transaction_mode") == "IMMEDIATE",
            }.items()
            if not holds
        ]
        if missing:
            message = f"The SQLite database {alias!r} runs without {', '.join(missing)}."
            hint = "Without them saves are lost in a crash or fail under load; see DATABASES in stemsite/settings.py."
            problems.append(Error(message, hint=hint, id="stemsite.E012"))
    return problems


@register(Tags.security)
def check_keys(**kwargs: Any) -> list[CheckMessage]:
    if settings.FIELD_KEYS:
        return []
    hint = "Set FIELD_KEYS=id:base64 of 32 random bytes, and keep a copy apart from the database."
    return [Error("There is no field key: personal details could not be sealed.", hint=hint, id="stemsite.E013")]


@register(Tags.caches)
def check_pages_on_disk(**kwargs: Any) -> list[CheckMessage]:
    """Files of this machine say nothing of a change that another machine makes."""
    if not settings.PAGES_ON_DISK:
        return []
    against = {
        "CACHE_URL is set": settings.SEVERAL_MACHINES,
        "PAGE_STORE is off": not settings.PAGE_STORE,
        "CDN_SECONDS is set": bool(settings.CDN_SECONDS),
    }
    return [
        Error(f"PAGES_ON_DISK does nothing while {reason}.", hint="Unset one of the two.", id="stemsite.E018")
        for reason, holds in against.items()
        if holds
    ]


@register(Tags.caches)
def check_cdn(**kwargs: Any) -> list[CheckMessage]:
    """A CDN that nobody tells gives a withdrawn page until its time is over: for a minute, and no longer."""
    if settings.CDN_SECONDS <= UNTOLD_SECONDS or settings.CDN_PURGE_URL:
        return []
    hint = f"Set CDN_PURGE_URL, or CDN_SECONDS to {UNTOLD_SECONDS} at most."
    return [Error("A CDN would give withdrawn pages, and nobody tells it.", hint=hint, id="stemsite.E019")]


@register(Tags.security, deploy=True)
def check_public(**kwargs: Any) -> Iterable[CheckMessage]:
    """What is harmless on one's own machine, and is not on the internet."""
    if settings.IS_TRIAL:
        return
    if not settings.MAIL_URL:
        hint = "Set MAIL_URL=smtp://user:password@host:587?tls=1; until then letters lie in files and reach nobody."
        yield Warning("No mail leaves this site.", hint=hint, id="stemsite.W014")
    elif any(in_clear(url) for url in (settings.MAIL_URL, settings.NEWSLETTER_MAIL_URL)):
        hint = "Write smtps://, or add ?tls=1: then nothing is sent when the server offers no encryption."
        yield Warning("Letters leave this site unencrypted.", hint=hint, id="stemsite.W017")
    if settings.DEBUG:
        hint = "Unset DEBUG: error pages would show the site's insides."
        yield Error("DEBUG is on at a public address.", hint=hint, id="stemsite.E015")
    if settings.STAFF_MFA != "required":
        hint = "Set STAFF_MFA=required."
        yield Error("Staff may sign in with a password alone at a public address.", hint=hint, id="stemsite.E016")
