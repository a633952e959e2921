"""First versions of consents and texts of forms, so that a new site can be asked something on its first day.

They are made once after ``migrate`` and are then changed in the admin like every wording. No lawyer has cleared them.
"""

from __future__ import annotations

from typing import Any

from django.db import DEFAULT_DB_ALIAS, connections

from .models import Wording

Kind = Wording.Kind

FIRST: dict[str, tuple[str, str]] = {
    Kind.CONSENT_PACKET: (
        "Send me the information packet.",
        "We are {clinic}. We use your address to send you the packet and for nothing else. You are not put on a list. "
        "We erase the request after 12 months.",
    ),
    Kind.CONSENT_NEWSLETTER: (
        "Send me the newsletter.",
        "We are {clinic}. We write about new articles and about corrections, and for nothing else do we use your "
        "address. First you get a letter to confirm it. We keep it until you leave the list. Every letter has a link "
        "to leave.",
    ),
    Kind.CONSENT_CALL: (
        "You may call me at this number.",
        "A person from {clinic} calls you about this request. No machine calls you, and nothing is recorded. "
        "You can take this back at any time.",
    ),
    Kind.CONSENT_HEALTH: (
        "You may use what I say about my health to answer me.",
        "Only the people at {clinic} who answer you see it. We erase it together with your request. "
        "You can take this back at any time.",
    ),
    Kind.CONSENT_ENQUIRY: (
        "Ask for a consultation.",
        "We are {clinic}. We use what you write here to answer you and for nothing else. "
        "We erase it 24 months after your request is closed, or earlier when you ask.",
    ),
    Kind.FORM_NOTICE: (
        "This form is not for emergencies.",
        "In an emergency call 911 or your local number. E-mail is not a secure channel: other people may read it on "
        "its way. Please leave out medical details.",
    ),
    Kind.NEWSLETTER_FORM: (
        "The newsletter",
        "New articles, new studies in plain words, and what we had to correct. By e-mail, now and then.",
    ),
    Kind.NEWSLETTER_DONE: (
        "Now look into your e-mail",
        "Now: We have your request. You are not on the list yet.\n"
        "Within a few minutes: You get one letter with a link. On the page it leads to, press the button.\n"
        "Within seven days: If you do nothing, the request ends by itself, and no other letter comes.",
    ),
    Kind.PACKET_FORM: (
        "The information packet",
        "A short booklet to read in peace and to take to your own doctor: what is known, what is not, what went wrong, "
        "and which questions to ask any clinic, ours as well.",
    ),
    Kind.PACKET_DONE: (
        "We have your request",
        "Now: We put your packet together.\n"
        "Within a few minutes: You get one letter with a link. You can read the packet there at once, as a page or as "
        "a PDF.\n"
        "For 30 days: The link stays open. No other letter comes unless you asked for one.",
    ),
    Kind.CONSULTATION_FORM: (
        "Ask for a consultation",
        "Tell us how to reach you. A person from the clinic answers, and the talk does not bind you to anything.",
    ),
    Kind.CONSULTATION_DONE: (
        "We have your request",
        "Now: Your request is stored, and the people who answer are told.\n"
        "Within a few minutes: If you gave an e-mail address, you get a short receipt. It repeats nothing of what you "
        "wrote.\n"
        "Next: A person from the clinic answers you.",
    ),
    Kind.NEWSLETTER_LABELS: (
        "",
        "email: E-mail address\nbutton: Send me the newsletter",
    ),
    Kind.PACKET_LABELS: (
        "",
        "email: E-mail address\n"
        "name: First name | If you like: it stands in the letter of your packet.\n"
        "condition: What would you like to read about? | If you like.\n"
        "button: Send me the packet",
    ),
    Kind.CONSULTATION_LABELS: (
        "",
        "name: Your name | If you like.\n"
        "email: E-mail address\n"
        "phone: Phone number | An e-mail address or a phone number is enough.\n"
        "contact_by: How shall we answer?\n"
        "best_time: When is a good time? | If you want to be called: mornings, or after 4 pm.\n"
        "message: What would you like to talk about? | If you like. Please do not send medical details: we will ask "
        "when we talk.\n"
        "button: Ask for a consultation",
    ),
}


def make_first_versions(using: str = DEFAULT_DB_ALIAS, **kwargs: Any) -> None:
    """Receiver of ``post_migrate``: kinds of which there is no version yet get their first."""
    if not _is_up_to_date(using):
        return
    known = set(Wording.objects.using(using).filter(kind__in=FIRST).values_list("kind", flat=True))
    Wording.objects.using(using).bulk_create(
        Wording(kind=kind, lead=lead, text=text) for kind, (lead, text) in FIRST.items() if kind not in known
    )


def _is_up_to_date(using: str) -> bool:
    """Whether the table is there, with today's columns: migrations also run backwards."""
    connection = connections[using]
    table = Wording._meta.db_table
    if table not in connection.introspection.table_names():
        return False
    with connection.cursor() as cursor:
        found = {column.name for column in connection.introspection.get_table_description(cursor, table)}
    return {field.column for field in Wording._meta.local_concrete_fields} <= found
