"""The sample staff: one account for each role and preset, and the profiles under which they write and sign."""

from __future__ import annotations

import os
import secrets
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from allauth.account.models import EmailAddress
from django.conf import settings
from django.contrib.auth.models import Group
from django.utils import timezone

from stemsite.access import PRESETS, Role
from stemsite.accounts.models import User
from stemsite.clinic.models import Person

DOMAIN = "example.org"
LICENCE = "SAMPLE-0001"
NO_CONFLICT = "A sample person, invented for the example site. There is nothing to declare."


@dataclass(frozen=True, slots=True, kw_only=True)
class Member:
    """One member of the sample staff; ``profile`` is none for those whom readers never meet."""

    name: str
    roles: tuple[Role, ...]
    profile: dict[str, Any] | None = None


_WRITER = {"is_author": True, "experience": "Writes about health for people who are not doctors."}
_CLINICIAN = {
    "is_reviewer": True,
    "specialty": "Neurology",
    "board": "Neurology (sample certification)",
    "certifying_body": "Sample Board of Neurology",
    "licence_state": "Sample State",
    "licence_number": LICENCE,
    "experience": "Sees people with diseases of nerve and muscle.",
}

STAFF: dict[str, Member] = {
    "owner": Member(name="Sample Olivia Hart", roles=(Role.OWNER,)),
    "publisher": Member(name="Sample Peter Nolan", roles=(Role.PUBLISHER,)),
    "author": Member(
        name="Sample Anna Becker", roles=(Role.AUTHOR,), profile={**_WRITER, "credentials": "MA", "degrees": "MA"}
    ),
    "reviewer": Member(
        name="Sample Maria Reyes", roles=(Role.REVIEWER,), profile={**_CLINICIAN, "credentials": "MD", "degrees": "MD"}
    ),
    "coordinator": Member(name="Sample Carla Jensen", roles=(Role.COORDINATOR,)),
    "editor": Member(
        name="Sample James Okafor", roles=PRESETS["Editor"], profile={**_WRITER, "credentials": "MS", "degrees": "MS"}
    ),
    "clinician": Member(
        name="Sample David Lind",
        roles=PRESETS["Clinician"],
        profile={**_CLINICIAN, "credentials": "MD, PhD", "degrees": "MD\nPhD"},
    ),
}


def login_file() -> Path:
    return Path(settings.DATA_DIR) / "sample-login.txt"


def sample_password(given: str = "") -> str:
    """The one password of all samples: ``given``, else the one kept, else a new one; kept for its owner alone."""
    path = login_file()
    if not given and path.exists():
        return path.read_text(encoding="utf-8").strip()
    password = given or secrets.token_urlsafe(12)
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_suffix(f".{os.getpid()}")
    with os.fdopen(os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="utf-8") as file:
        file.write(f"{password}\n")
    temporary.replace(path)
    return password


def load_staff(password: str = "") -> dict[str, User]:
    """Every member of the sample staff by the name before the @; those who exist keep what they have.

    A ``password`` that is given is set for all of them, however short: these are nobody's accounts.
    """
    kept = sample_password(password)
    return {key: _account(key, member, kept, reset=bool(password)) for key, member in STAFF.items()}


def _account(key: str, member: Member, password: str, *, reset: bool) -> User:
    first, _, last = member.name.partition(" ")
    email = f"{key}@{DOMAIN}"
    user = User.objects.filter(email__iexact=email).first()
    if user is None:
        user = User(email=email, first_name=first, last_name=last, is_staff=True, is_sample=True)
        user.set_password(password)
        user.save()
        user.groups.set([Group.objects.get_or_create(name=role.value)[0] for role in member.roles])
    elif reset and user.is_sample and not user.check_password(password):
        user.set_password(password)
        user.save(update_fields=["password"])
    # Without a verified address the login would refuse the account.
    EmailAddress.objects.get_or_create(user=user, email=email, defaults={"verified": True, "primary": True})
    if member.profile is not None:
        _profile(user, member.name, member.profile)
    return user


def _profile(user: User, name: str, fields: dict[str, Any]) -> None:
    Person.objects.get_or_create(
        slug=name.lower().replace(" ", "-"),
        defaults={
            "user": user,
            "name": name,
            "conflict": NO_CONFLICT,
            "conflict_on": timezone.localdate(),
            "is_sample": True,
            **fields,
        },
    )


def person_of(user: User) -> Person:
    return Person.objects.get(user=user)
