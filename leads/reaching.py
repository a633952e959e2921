"""E-mail addresses and phone numbers as people type them, in the form that can be used (LEAD-10)."""

from __future__ import annotations

import phonenumbers
from django.conf import settings
from django.core.exceptions import ValidationError
from email_validator import EmailNotValidError, validate_email
from rapidfuzz.distance import DamerauLevenshtein

COMMON = ("gmail.com", "yahoo.com", "hotmail.com", "outlook.com", "icloud.com", "aol.com", "comcast.net", "live.com")


def usable_email(text: str) -> str:
    """``text`` as an address that mail can go to; its domain is not asked for on the network."""
    try:
        found = validate_email(text, strict=True, check_deliverability=False, test_environment=settings.IS_TRIAL)
    except EmailNotValidError as error:
        raise ValidationError("Write the address like this: name@example.org.", code="invalid") from error
    return str(found.normalized)


def likely_meant(email: str) -> str:
    """The address that was probably meant, such as ``ann@gmail.com`` for ``ann@gmail.con``; empty when none is."""
    local, _, domain = email.rpartition("@")
    if domain in COMMON:
        return ""
    near = next((known for known in COMMON if DamerauLevenshtein.distance(domain, known) == 1), "")
    return f"{local}@{near}" if near else ""


def usable_phone(text: str) -> str:
    """``text`` in E.164, such as ``+16145550100``."""
    try:
        number = phonenumbers.parse(text, settings.PHONE_REGION)
    except phonenumbers.NumberParseException as error:
        raise ValidationError(HOW_TO_WRITE_A_NUMBER, code="invalid") from error
    if not phonenumbers.is_possible_number(number):
        raise ValidationError(HOW_TO_WRITE_A_NUMBER, code="invalid")
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


HOW_TO_WRITE_A_NUMBER = "Write the number with its area code: 614 555 0100. From abroad, begin with +."
