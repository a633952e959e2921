"""The letters about accounts; each is queued with the change it tells of."""

from __future__ import annotations

from stemsite.mail.samples import Samples

SAMPLES: Samples = {
    "invitation": ("Invitation to staff", {"name": "Robin", "by": "Sam Sample", "days": 7}),
    "password_reset": ("A new password", {}),
    "emergency_access": ("Emergency access was opened", {"who": "Robin Sample", "until": "2:05 p.m."}),
    "account_changed": ("An account was changed", {"what": "Your password was changed."}),
}
