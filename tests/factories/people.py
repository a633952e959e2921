from __future__ import annotations

from django.contrib.auth.models import Group

from stemsite.access import Role
from stemsite.accounts.models import User
from stemsite.clinic.models import Clinic, Person, Wording

from .numbers import Numbers

_numbers = Numbers()

WORDINGS = {
    Wording.Kind.STATUS: (
        "Not approved by the FDA.",
        "Stem cell products have not been approved to treat {condition}. Talk with your {specialist}.",
    ),
    Wording.Kind.STATUS_OFFER: (
        "Not approved by the FDA.",
        "Stem cell products have not been approved to treat {condition}. Ask what it costs.",
    ),
    Wording.Kind.STATUTE_AFTER: ("", "State law allows this. It does not mean the FDA approved it."),
    Wording.Kind.STATUS_FULL: ("Not approved by the FDA.", "Long-term effects are unknown."),
    Wording.Kind.DISCLAIMER: ("For learning only.", "This page does not replace medical advice."),
    Wording.Kind.SUPPORT: ("", "This page supports the care you get from your own doctors. It does not replace it."),
    Wording.Kind.CONFLICT_NO: ("", "This clinic does not offer the treatment described here."),
    Wording.Kind.CONFLICT_YES: ("", "This clinic sells the treatment this page is about."),
}


def make_user(*roles: Role, email: str = "", **fields: object) -> User:
    """An active member of staff who holds ``roles``."""
    user = User(email=email or f"staff{next(_numbers)}@example.org", is_staff=True, **fields)
    user.set_password("a long enough password")
    user.full_clean(exclude=["password"])
    user.save()
    for role in roles:
        user.groups.add(Group.objects.get_or_create(name=role.value)[0])
    return user


def make_person(**fields: object) -> Person:
    number = next(_numbers)
    values = {"name": f"Sample Author {number}", "slug": f"author-{number}", "is_author": True}
    person = Person(**{**values, **fields})
    person.full_clean()
    person.save()
    return person


def make_reviewer(user: User | None = None, **fields: object) -> Person:
    """A medical reviewer with a valid credential, at work as ``user``."""
    number = next(_numbers)
    values = {
        "user": user or make_user(Role.REVIEWER),
        "name": f"Sample Reviewer {number}",
        "slug": f"reviewer-{number}",
        "credentials": "MD",
        "specialty": "Neurology",
        "is_reviewer": True,
        "licence_state": "Ohio",
        "licence_number": "SAMPLE-0001",
    }
    person = Person(**{**values, **fields})
    person.full_clean()
    person.save()
    return person


def make_clinic(**fields: object) -> Clinic:
    clinic = Clinic.current()
    values = {
        "name": "Example Clinic",
        "legal_name": "Example Clinic LLC",
        "statement": "A clinic that shows its sources.",
        "address": "1 Example Street\nColumbus, OH 43004",
        "phone": "+1 614 555 0100",
        "email": "hello@example.org",
        "hours": "Monday to Friday, 9 to 5",
    }
    for name, value in {**values, **fields}.items():
        setattr(clinic, name, value)
    clinic.full_clean()
    clinic.save()
    return clinic


def make_wordings() -> None:
    for kind, (lead, text) in WORDINGS.items():
        Wording.objects.get_or_create(kind=kind, jurisdiction="US", version=1, defaults={"lead": lead, "text": text})
