"""From a mail address such as ``smtp://user:password@host:587?tls=1`` to an entry of ``MAILERS``."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit


def in_clear(url: str) -> bool:
    """Whether letters would cross a network unencrypted (LEAD-122); the machine itself is no network."""
    parts = urlsplit(url)
    encrypted = parts.scheme == "smtps" or parse_qs(parts.query).get("tls", ["0"])[0] == "1"
    return bool(url) and not encrypted and parts.hostname not in {"localhost", "127.0.0.1", "::1"}


def mailer(url: str, folder: Path) -> dict[str, Any]:
    """Settings of one mailer; without ``url`` letters are written to files in ``folder``.

    ``smtps`` speaks TLS from the start, ``smtp`` with ``?tls=1`` upgrades; any other scheme is an error.
    """
    if not url:
        return {"BACKEND": "stemsite.mail.files.FileBackend", "OPTIONS": {"file_path": str(folder)}}
    parts = urlsplit(url)
    if parts.scheme not in {"smtp", "smtps"}:
        raise ValueError(f"A mail address begins with smtp:// or smtps://, not {parts.scheme}://.")
    return {
        "BACKEND": "stemsite.mail.smtp.SMTPBackend",
        "OPTIONS": {
            "host": parts.hostname or "localhost",
            "port": parts.port or (465 if parts.scheme == "smtps" else 25),
            "username": unquote(parts.username or ""),
            "password": unquote(parts.password or ""),
            "use_ssl": parts.scheme == "smtps",
            "use_tls": parse_qs(parts.query).get("tls", ["0"])[0] == "1",
        },
    }


@dataclass(frozen=True, slots=True, kw_only=True)
class Provider:
    """How Anymail calls a provider's reports, and where it looks for the key that they are signed with."""

    view: str
    key: str


PROVIDERS = {
    "brevo": Provider(view="BrevoTrackingWebhookView", key="WEBHOOK_SECRET"),
    "mailgun": Provider(view="MailgunTrackingWebhookView", key="MAILGUN_WEBHOOK_SIGNING_KEY"),
    "sendgrid": Provider(view="SendGridTrackingWebhookView", key="SENDGRID_TRACKING_WEBHOOK_VERIFICATION_KEY"),
}
"""Those whose reports name the Message-ID that we wrote. Brevo signs nothing: its key is ``user:password``."""


def reports_by(provider: str, key: str) -> dict[str, Any]:
    """Anymail's settings; reports without a key would be anybody's word, so there is none without."""
    if not provider:
        return {}
    if provider not in PROVIDERS:
        raise ValueError(f"MAIL_WEBHOOK is one of {', '.join(PROVIDERS)}, not {provider}.")
    if len(key) < 16:
        raise ValueError("MAIL_WEBHOOK needs MAIL_WEBHOOK_KEY, of 16 characters or more.")
    return {PROVIDERS[provider].key: key}
