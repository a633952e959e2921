"""Bounces and complaints that a mail provider posts, signed: Anymail reads its format, our table judges (LEAD-72).

Letters leave by SMTP, so an event is matched by the Message-ID that we wrote. What names no letter of ours is ignored.
"""

from __future__ import annotations

import datetime
import hashlib
import json
import re
from collections.abc import Callable, Iterator
from importlib import import_module
from typing import Any

from django.conf import settings
from django.core.exceptions import SuspiciousOperation
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from .bounces import settle
from .mailers import PROVIDERS
from .models import Delivery, ProviderEvent
from .outcomes import enhanced_code
from .reports import Report

KEPT = datetime.timedelta(days=60)
"""Providers repeat an event for days; after so long none comes again."""

LARGEST = 1024 * 1024
NO_MAILBOX = "5.1.1"
NO_MORE = "unsubscribed"

View = Callable[[HttpRequest], HttpResponse]

_CODE = re.compile(r"\b([45]\d\d)\b")


def signed(view: View) -> View:
    """A signed webhook: the signature is the authority, so there is neither cookie nor token of ours (LEAD-21)."""
    exempt: Any = csrf_exempt(require_POST(view))
    exempt.is_signed_webhook = True
    found: View = exempt
    return found


@signed
def reports(request: HttpRequest) -> HttpResponse:
    """Where the provider of ``MAIL_WEBHOOK`` posts to; without one there is no such address."""
    provider = settings.MAIL_WEBHOOK
    if not provider:
        raise Http404
    if int(request.META.get("CONTENT_LENGTH") or 0) > LARGEST:
        return _answer(413)
    try:
        events = list(_events(provider, request))
    except (SuspiciousOperation, ValueError, KeyError, TypeError, AttributeError, IndexError):
        # Not signed by it, or nothing that it would send; what was sent is told to nobody.
        return _answer(400)
    for event in events:
        take(provider, event)
    return _answer(200)


def _answer(status: int) -> HttpResponse:
    return HttpResponse(status=status, headers={"Cache-Control": "no-store"})


def _events(provider: str, request: HttpRequest) -> Iterator[Any]:
    """What the provider says, after its signature was checked."""
    view = _view(provider)
    view.run_validators(request)
    yield from view.parse_events(request)


def _view(provider: str) -> Any:
    """Anymail's own view, loaded when the first report comes: only the web server of such a site needs it."""
    name = PROVIDERS[provider].view
    found: Callable[[], Any] = getattr(import_module(f"anymail.webhooks.{provider}"), name)
    return found()


@transaction.atomic
def take(provider: str, event: Any) -> bool:
    """Count one event; false when it was counted before or says nothing that we act on."""
    report = _report(event)
    delivery = _letter(event)
    if report is None or delivery is None:
        return False
    _, is_new = ProviderEvent.objects.get_or_create(provider=provider, name=_name(event))
    if is_new:
        settle(delivery.pk, report)
    return is_new


def _letter(event: Any) -> Delivery | None:
    message_id = str(event.message_id or "").strip()
    if not message_id:
        return None
    return Delivery.objects.filter(message_id=f"<{message_id.strip('<>')}>").first()


def _name(event: Any) -> str:
    """The provider's number of the event, or the digest of what makes it one where it has none."""
    number = str(event.event_id or "")
    whole = number or json.dumps([str(event.message_id), str(event.event_type), str(event.timestamp)])
    return number if 0 < len(number) <= 64 and number.isprintable() else hashlib.sha256(whole.encode()).hexdigest()


def _report(event: Any) -> Report | None:
    """The event in the words of a delivery report; none where nothing failed for good."""
    if event.event_type in {"complained", NO_MORE} or event.reject_reason == NO_MORE:
        return Report(addresses=(), is_complaint=True)
    if event.event_type not in {"bounced", "rejected", "failed"}:
        return None
    said = " ".join(f"{event.mta_response or ''} {event.description or ''}".split())
    found = _CODE.search(said)
    words = said[found.end() :].lstrip(" -") if found else said
    if not enhanced_code(words) and event.reject_reason == "invalid":
        words = f"{NO_MAILBOX} {words}"
    code = int(found[1]) if found else 450 if enhanced_code(words).startswith("4") else 550
    return Report(addresses=(), has_failed=True, code=code, text=words)


def forget_old() -> int:
    gone, _ = ProviderEvent.objects.filter(at__lt=timezone.now() - KEPT).delete()
    return gone
