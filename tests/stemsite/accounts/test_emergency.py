"""Emergency access: named by the owner, with a reason, for one hour, owners told, everything on record (LEAD-112)."""

from __future__ import annotations

import datetime

import pytest
from django.core.exceptions import ValidationError
from django.db import DatabaseError, IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone

from stemsite.access import Action, Role, can
from stemsite.accounts import emergency
from stemsite.accounts.models import EmergencyAccess, User
from stemsite.audit.models import AuditEvent
from stemsite.mail.models import Delivery
from tests.factories import make_clinic, make_contact, make_user, make_wordings
from tests.staff import save, signed_in

pytestmark = [pytest.mark.django_db, pytest.mark.database]

OPEN = "/admin/accounts/emergencyaccess/open/"
LIST = "/admin/accounts/emergencyaccess/"
REASON = "A reader wrote that she wants to harm herself."


@pytest.fixture(autouse=True)
def _house(db):
    make_wordings()
    make_clinic()


@pytest.fixture
def named():
    return make_user(Role.PUBLISHER, opens_in_emergency=True)


def test_lead_112_for_one_hour_and_no_longer_somebody_who_was_named_sees_people(named):
    contact = make_contact(name="Wanda Heronson")
    client = signed_in(user=named)
    page = f"/admin/leads/contact/{contact.pk}/change/"
    assert client.get(page).status_code == 403
    assert client.post(OPEN, {"reason": REASON}).status_code == 303
    assert "Wanda Heronson" in client.get(page).content.decode()
    seen = AuditEvent.objects.get(verb="saw a person")
    assert (seen.actor_id, seen.object_id) == (named.pk, str(contact.pk))
    opened = EmergencyAccess.objects.get()
    assert opened.ends_at - opened.began_at == datetime.timedelta(hours=1)
    begins = timezone.now() - datetime.timedelta(hours=2)
    EmergencyAccess.objects.all().delete()
    EmergencyAccess.objects.create(
        user=named, reason=REASON, began_at=begins, ends_at=begins + datetime.timedelta(hours=1)
    )
    assert client.get(page).status_code == 403


def test_lead_112_it_opens_nothing_else(named):
    emergency.begin(named, reason=REASON)
    contact = make_contact()
    allowed = {action for action in Action if can(named, action)}
    before = {action for action in Action if can(make_user(Role.PUBLISHER), action)}
    assert allowed - before == {Action.SEE_LEADS}
    client = signed_in(user=named)
    for path in ("export", "erase"):
        assert client.get(f"/admin/leads/contact/{contact.pk}/{path}/").status_code == 403
    assert client.get(LIST).status_code == 403


def test_lead_112_every_owner_is_told_at_once_who_and_until_when_and_the_reason_is_only_on_the_screen(named):
    owners = [make_user(Role.OWNER), make_user(Role.OWNER)]
    make_user(Role.OWNER, is_active=False), make_user(Role.COORDINATOR)
    signed_in(user=named).post(OPEN, {"reason": REASON})
    letters = Delivery.objects.filter(kind="emergency_access")
    assert sorted(letter.to for letter in letters) == sorted(owner.email for owner in owners)
    assert all(str(named) in str(letter.letter) and "harm" not in str(letter.letter) for letter in letters)
    listed = signed_in(user=owners[0]).get(LIST).content.decode()
    assert REASON in listed and str(named) in listed


@pytest.mark.parametrize("reason", ["", "   ", "help"])
def test_lead_112_without_a_reason_nothing_opens(named, reason):
    client = signed_in(user=named)
    answer = client.post(OPEN, {"reason": reason})
    assert answer.status_code == 422 and "Nothing was opened" in answer.content.decode()
    assert not EmergencyAccess.objects.exists() and not Delivery.objects.exists()


@pytest.mark.parametrize("role", [*Role, None])
def test_lead_112_who_was_not_named_opens_nothing(role):
    client = signed_in(*([role] if role else []))
    assert client.get(OPEN).status_code == client.post(OPEN, {"reason": REASON}).status_code == 403
    with pytest.raises(ValidationError):
        emergency.begin(client.user, reason=REASON)
    assert not EmergencyAccess.objects.exists()


@pytest.mark.parametrize("change", [{"is_active": False}, {"opens_in_emergency": False}])
def test_lead_112_it_is_over_when_the_account_or_the_permission_is(named, change):
    emergency.begin(named, reason=REASON)
    User.objects.filter(pk=named.pk).update(**change)
    assert not can(User.objects.get(pk=named.pk), Action.SEE_LEADS)


def test_lead_112_somebody_without_any_role_is_no_member_for_emergencies():
    nobody = make_user(opens_in_emergency=True)
    with pytest.raises(ValidationError):
        emergency.begin(nobody, reason=REASON)


def test_lead_112_the_owner_ends_it_at_once_and_so_does_whoever_opened_it(named):
    for client, where in ((signed_in(Role.OWNER), LIST), (signed_in(user=named), "/admin/")):
        opened = emergency.begin(named, reason=REASON)
        assert can(named, Action.SEE_LEADS)
        answer = client.post(f"{LIST}{opened.pk}/end/")
        assert (answer.status_code, answer["Location"]) == (303, where)
        assert not can(named, Action.SEE_LEADS)
        opened.refresh_from_db()
        assert opened.ended_by == client.user
    verbs = list(AuditEvent.objects.order_by("number").values_list("verb", flat=True))
    assert verbs == ["opened emergency access", "ended emergency access"] * 2


def test_lead_112_a_colleague_ends_nothing_and_reading_opens_nothing(named):
    opened = emergency.begin(named, reason=REASON)
    assert signed_in(Role.PUBLISHER).post(f"{LIST}{opened.pk}/end/").status_code == 403
    assert signed_in(Role.OWNER).get(f"{LIST}{opened.pk}/end/").status_code == 405
    other = make_user(Role.AUTHOR, opens_in_emergency=True)
    client = signed_in(user=other)
    assert client.get(OPEN).status_code == 200 and "Open for one hour" in client.get(OPEN).content.decode()
    assert EmergencyAccess.objects.count() == 1


def test_lead_112_who_and_when_cannot_be_changed_afterwards(named):
    opened = emergency.begin(named, reason=REASON)
    rows = EmergencyAccess.objects.filter(pk=opened.pk)
    for values in (
        {"user": make_user(Role.AUTHOR)},
        {"began_at": opened.began_at - datetime.timedelta(days=1)},
        {"ends_at": opened.ends_at + datetime.timedelta(days=1)},
    ):
        with pytest.raises(DatabaseError), transaction.atomic():
            rows.update(**values)
    with pytest.raises(IntegrityError), transaction.atomic():
        rows.update(ended_at=timezone.now())


def test_lead_112_the_owner_names_who_may_and_that_is_on_record():
    owner = signed_in(Role.OWNER)
    user = make_user(Role.REVIEWER)
    answer = save(owner, reverse("admin:accounts_user_change", args=[user.pk]), opens_in_emergency="on")
    assert answer.status_code == 302
    user.refresh_from_db()
    assert user.opens_in_emergency
    assert AuditEvent.objects.filter(verb="emergency access allowed", object_id=str(user.pk)).count() == 1
    assert OPEN in signed_in(user=user).get("/admin/").content.decode()
    assert OPEN not in signed_in(Role.REVIEWER).get("/admin/").content.decode()


def test_lead_112_asking_whether_it_is_open_costs_others_no_query(django_assert_num_queries):
    user = make_user(Role.AUTHOR)
    can(user, Action.SEE_LEADS)
    with django_assert_num_queries(0):
        assert not can(user, Action.SEE_LEADS)
