"""Who works here: inviting, accepting, roles, leaving. Each change of a right is one audited function (PUB-127)."""

from __future__ import annotations

import datetime
from collections.abc import Iterable
from typing import Any

from django.conf import settings
from django.contrib.auth.models import Group
from django.core.exceptions import ValidationError
from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.text import slugify

from stemsite.access import Role, roles_of
from stemsite.audit.recording import record
from stemsite.clinic.models import Person
from stemsite.mail.outbox import queue
from stemsite.tokens import TokenRefused, make_token, read_token

from .models import Invitation, User

GOOD_FOR = datetime.timedelta(days=7)
PURPOSE = "invitation"


@transaction.atomic
def invite(invitation: Invitation, *, by: User) -> Invitation:
    """Send the one letter that opens an account. An invitation is made ready by its form, and kept here."""
    invitation.invited_by, invitation.invited_at = by, timezone.now()
    if User.objects.filter(email__iexact=invitation.email).exists():
        raise ValidationError({"email": "An account with this e-mail address exists."})
    if Role.REVIEWER in invitation.roles and not (invitation.credentials or invitation.person):
        raise ValidationError({"credentials": "A medical reviewer needs credentials, or a profile that has them."})
    invitation.full_clean()
    invitation.save()
    record("invited", by=by, obj=invitation, roles=sorted(invitation.roles))
    path = reverse("account_invitation", args=[make_token(PURPOSE, invitation.pk)])
    context = {"name": invitation.first_name, "by": str(by), "url": settings.SITE_URL + path, "days": GOOD_FOR.days}
    queue("invitation", to=invitation.email, reference=str(invitation.pk), context=context, mailer="transactional")
    return invitation


@transaction.atomic
def invite_again(invitation: Invitation, *, by: User) -> Invitation:
    """A new letter with a new link; the link of the earlier one opens nothing any more."""
    withdraw(invitation, by=by)
    kept = ("email", "first_name", "last_name", "roles", "person", "credentials", "specialty")
    return invite(Invitation(**{name: getattr(invitation, name) for name in kept}), by=by)


@transaction.atomic
def withdraw(invitation: Invitation, *, by: User) -> None:
    if not Invitation.objects.open().filter(pk=invitation.pk).update(withdrawn_at=timezone.now()):
        raise ValidationError("This invitation is not open any more.")
    record("invitation withdrawn", by=by, obj=invitation)


def is_fresh(invitation: Invitation) -> bool:
    """Whether the link of an open invitation still opens something."""
    return invitation.is_open and timezone.now() < invitation.invited_at + GOOD_FOR


def invitation_of(token: str) -> Invitation:
    """The open invitation behind a mailed link, or ``TokenRefused``."""
    found = Invitation.objects.open().filter(pk=read_token(PURPOSE, token, within=GOOD_FOR)).first()
    if found is None:
        raise TokenRefused
    return found


@transaction.atomic
def accept(token: str, *, password: str) -> User:
    """Begin the account: address verified, roles given, a profile for a reviewer. A link is good once."""
    invitation = invitation_of(token)
    user = User(
        email=invitation.email.lower(),
        first_name=invitation.first_name,
        last_name=invitation.last_name,
        is_staff=True,
    )
    user.set_password(password)
    user.full_clean()
    user.save()
    accepted = Invitation.objects.open().filter(pk=invitation.pk)
    if not accepted.update(accepted_at=timezone.now(), accepted_by=user):
        raise TokenRefused
    user.verify_address()
    user.groups.set(_groups(Role(role) for role in invitation.roles))
    _give_profile(user, invitation)
    record("invitation accepted", by=user, obj=user, roles=sorted(invitation.roles))
    return user


def _give_profile(user: User, invitation: Invitation) -> None:
    """Link the profile that was named, or begin one for a medical reviewer."""
    is_reviewer = Role.REVIEWER in invitation.roles
    person = invitation.person or (Person(name=str(invitation)) if is_reviewer else None)
    if person is None:
        return
    person.user = user
    person.slug = person.slug or _free_slug(person.name)
    person.is_reviewer = person.is_reviewer or is_reviewer
    person.credentials = invitation.credentials or person.credentials
    person.specialty = invitation.specialty or person.specialty
    person.full_clean()
    person.save()


def _free_slug(name: str) -> str:
    base = slugify(name)[:100] or "person"
    taken = set(Person.objects.filter(slug__startswith=base).values_list("slug", flat=True))
    return next(slug for slug in (base, *(f"{base}-{number}" for number in range(2, 1000))) if slug not in taken)


@transaction.atomic
def give_roles(user: User, roles: Iterable[Role], *, by: User) -> None:
    """Let ``user`` hold exactly ``roles``."""
    before, after = _held(user), frozenset(roles)
    if before == after:
        return
    if Role.OWNER in before - after:
        _keep_an_owner(user)
    # Groups that are none of our roles are not ours to take away.
    user.groups.remove(*Group.objects.filter(name__in=[role.value for role in before - after]))
    user.groups.add(*_groups(after - before))
    user.__dict__.pop("_roles", None)
    record("roles changed", by=by, obj=user, given=sorted(after - before), taken=sorted(before - after))


@transaction.atomic
def deactivate(user: User, *, by: User) -> None:
    """End an account's access at once. Nobody is deleted: what they wrote and signed stays theirs."""
    if user.pk == by.pk:
        raise ValidationError("You cannot deactivate your own account; ask another owner.")
    if Role.OWNER in _held(user):
        _keep_an_owner(user)
    User.objects.filter(pk=user.pk).update(is_active=False)
    user.is_active = False
    record("deactivated", by=by, obj=user)


@transaction.atomic
def reactivate(user: User, *, by: User) -> None:
    User.objects.filter(pk=user.pk).update(is_active=True)
    user.is_active = True
    record("reactivated", by=by, obj=user)


def _held(user: User) -> frozenset[Role]:
    """The roles a person has been given, active or not."""
    known = {role.value for role in Role}
    return frozenset(Role(name) for name in user.groups.values_list("name", flat=True) if name in known)


def _keep_an_owner(leaving: User) -> None:
    others = User.objects.filter(is_active=True, is_staff=True, groups__name=Role.OWNER.value).exclude(pk=leaving.pk)
    # Locked, so that two owners cannot take the role from each other at one moment.
    if not others.select_for_update().exists():
        raise ValidationError("This is the only owner left. Give somebody else that role first.")


def _groups(roles: Iterable[Role]) -> list[Group]:
    return [Group.objects.get_or_create(name=role.value)[0] for role in roles]


def is_reviewer_without_profile(user: Any) -> bool:
    """Whether ``user`` may sign by role, but has no profile to sign with."""
    return Role.REVIEWER in roles_of(user) and not Person.objects.filter(user=user, is_reviewer=True).exists()
