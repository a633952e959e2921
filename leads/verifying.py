"""Whether every subscription agrees with the consent ledger, which is the truth (LEAD-36)."""

from __future__ import annotations

from collections.abc import Iterator

from .models import Consent, Subscription

Action = Consent.Action
State = Subscription.State


def differences() -> Iterator[str]:
    """One line for each person whose subscription says something else than the ledger."""
    newest = Consent.objects.filter(purpose=Consent.Purpose.NEWSLETTER).standing()
    actions = dict(newest.values_list("contact", "action"))
    rows = Subscription.objects.select_related("contact").order_by("contact", "pk")
    states: dict[int, tuple[str, str]] = {}
    for row in rows.iterator():
        states[row.contact_id] = (row.contact.reference, row.state)
    for contact, (reference, state) in states.items():
        action = actions.get(contact, "nothing")
        if action not in _AGREE[state]:
            yield f"{reference}: the subscription is {state}, the ledger says {action}."


_AGREE: dict[str, tuple[str, ...]] = {
    State.PENDING: (Action.GIVEN,),
    State.CONFIRMED: (Action.CONFIRMED, Action.GIVEN),
    State.EXPIRED: (Action.EXPIRED, Action.GIVEN),
    State.WITHDRAWN: (Action.WITHDRAWN, Action.GIVEN),
}
"""A sign-up in quarantine is given in the ledger before it has a subscription; so ``given`` may follow an end."""
