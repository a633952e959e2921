"""A word to a colleague that a note waits for them: a link, and nothing of the person it is about (LEAD-98)."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.contrib.auth import get_user_model
from django.urls import reverse

from leads.models import TimelineEntry
from stemsite.access import Action, can
from stemsite.mail.kinds import Built, Letter, NotAnyMore, register_builder
from stemsite.mail.models import Delivery
from stemsite.mail.outbox import queue_for, render
from stemsite.publishing.gate import Refused

KIND = "note_for_you"


def mention(entry: TimelineEntry, colleague: Any) -> None:
    """Queue the word in the caller's transaction: with the note, or not at all."""
    if not can(colleague, Action.SEE_LEADS):
        raise Refused("This colleague does not work with enquiries, so they could not read the note.")
    queue_for(KIND, f"{entry.pk}-{colleague.pk}", recipient=colleague.email, is_sample=entry.contact.is_sample)


def note_for_you(delivery: Delivery) -> Built:
    entry_id, _, user_id = delivery.reference.partition("-")
    user = get_user_model().objects.filter(pk=int(user_id)).first()
    if user is None or not can(user, Action.SEE_LEADS):
        return NotAnyMore(reason="This person does not work with enquiries.", outcome="suppressed")
    entry = TimelineEntry.objects.select_related("contact", "by").filter(pk=int(entry_id)).first()
    if entry is None or entry.contact.is_erased:
        return NotAnyMore(reason="What it was about is not here any more.")
    address = reverse("admin:leads_contact_change", args=[entry.contact_id])
    return _letter(to=(str(user), user.email), writer=str(entry.by or ""), url=f"{settings.SITE_URL}{address}")


def _letter(*, to: tuple[str, str], writer: str, url: str) -> Letter:
    subject, text, html = render(KIND, {"writer": writer, "url": url})
    return Letter(to=to, subject=subject, text=text, html=html)


def _sample() -> Letter:
    url = f"{settings.SITE_URL}/admin/leads/contact/1/change/"
    return _letter(to=("Sam Sample", "sample@example.org"), writer="Pat Sample", url=url)


def register() -> None:
    register_builder(KIND, note_for_you, label="Staff: a note for you", sample=_sample, for_staff=True)
