"""Networks in the consent ledger: a keyed hash that proves for 30 days and means nothing afterwards (LEAD-14)."""

from __future__ import annotations

import datetime
import hashlib
import hmac
import secrets

from django.utils import timezone

from .models import ProofKey

KEPT = datetime.timedelta(days=30)


def proof_of(network: str, *, on: datetime.date | None = None) -> str:
    """The hash of ``network`` under the key of the day."""
    key, _ = ProofKey.objects.get_or_create(day=on or timezone.localdate(), defaults={"secret": secrets.token_hex(32)})
    return hmac.new(key.secret.encode(), network.encode(), hashlib.sha256).hexdigest()[:32]


def destroy_old_keys() -> int:
    return ProofKey.objects.filter(day__lt=timezone.localdate() - KEPT).delete()[0]
