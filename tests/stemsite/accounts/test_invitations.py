from __future__ import annotations

import datetime
import re

import pytest
from allauth.account.models import EmailAddress
from django.core.exceptions import ValidationError
from django.test import Client
from django.utils import timezone

from stemsite.access import PRESETS, Role, roles_of
from stemsite.accounts import staffing
from stemsite.accounts.models import Invitation, User
from stemsite.audit.models import AuditEvent
from stemsite.clinic.models import Person
from stemsite.mail.models import Delivery
from stemsite.tokens import TokenRefused, make_token
from tests.factories import make_person, make_user

pytestmark = [pytest.mark.django_db, pytest.mark.database]

NEW = "a password of her own"


@pytest.fixture
def owner(db):
    return make_user(*PRESETS["Editor"], email="owner@example.org", first_name="Olga", last_name="Owner")


@pytest.fixture
def desk(owner):
    client = Client()
    client.force_login(owner)
    return client


def answers(**changed: object) -> dict[str, object]:
    """The invitation form, filled in for a clinician."""
    return {
        "email": "Maria.Lopez@example.org",
        "first_name": "Maria",
        "last_name": "Lopez",
        "preset": "Clinician",
        "credentials": "MD",
        "specialty": "Neurology",
        **changed,
    }


def mailed_path(invitation: Invitation) -> str:
    letter = Delivery.objects.get(kind="invitation", reference=str(invitation.pk))
    return re.search(r"(/accounts/invitation/\S+/)", letter.text)[1]


def make_invitation(owner, **changed: object) -> Invitation:
    values = {
        "email": "maria@example.org",
        "first_name": "Maria",
        "last_name": "Lopez",
        "roles": [Role.REVIEWER.value],
        "credentials": "MD",
    }
    return staffing.invite(Invitation(**{**values, **changed}), by=owner)


def accept(path: str, password: str = NEW) -> Client:
    client = Client()
    client.post(path, {"password1": password, "password2": password})
    return client


def test_somebody_invited_is_at_work_after_one_letter_and_a_second_factor(desk, owner, settings, code_of):
    """PUB-147: the whole way, through addresses."""
    settings.STAFF_MFA = "required"
    from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
    from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret

    TOTP.activate(owner, generate_totp_secret())
    RecoveryCodes.activate(owner)
    assert desk.get("/admin/accounts/user/add/")["Location"] == "/admin/accounts/invitation/add/"
    assert desk.get("/admin/accounts/invitation/add/").status_code == 200
    sent = desk.post("/admin/accounts/invitation/add/", answers())
    assert sent["Location"] == "/admin/accounts/invitation/"
    invitation = Invitation.objects.get()
    letter = Delivery.objects.get(kind="invitation")
    assert letter.to == "maria.lopez@example.org"
    assert not User.objects.filter(email="maria.lopez@example.org").exists()

    maria = Client()
    page = maria.get(mailed_path(invitation))
    assert page.status_code == 200 and "Welcome, Maria" in page.content.decode()
    assert maria.post(mailed_path(invitation), {"password1": "short", "password2": "short"}).status_code == 422
    begun = maria.post(mailed_path(invitation), {"password1": NEW, "password2": NEW})
    assert (begun.status_code, begun["Location"]) == (303, "/accounts/2fa/totp/activate/")
    assert maria.get("/admin/").status_code == 302
    secret = maria.get(begun["Location"]).context["form"].secret
    maria.post(begun["Location"], {"code": code_of(secret)})
    assert maria.get("/admin/").status_code == 200

    user = User.objects.get(email="maria.lopez@example.org")
    assert roles_of(user) == set(PRESETS["Clinician"])
    assert EmailAddress.objects.get(user=user).verified
    person = Person.objects.get(user=user)
    assert (person.name, person.credentials, person.is_reviewer) == ("Maria Lopez", "MD", True)
    assert person.credential_is_valid()
    assert {"invited", "invitation accepted"} <= set(AuditEvent.objects.values_list("verb", flat=True))


def test_where_no_second_factor_is_required_it_is_offered(owner):
    client = accept(mailed_path(make_invitation(owner)))
    page = client.get("/accounts/2fa/offer/")
    assert page.status_code == 200 and "Later" in page.content.decode()
    assert client.get("/admin/").status_code == 200


def test_a_preset_gives_all_its_roles_and_boxes_add_to_it(desk):
    desk.post("/admin/accounts/invitation/add/", answers(preset="Editor", chosen_roles=[Role.REVIEWER.value]))
    assert set(Invitation.objects.get().roles) == {role.value for role in (*PRESETS["Editor"], Role.REVIEWER)}


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"credentials": ""}, "needs credentials"),
        ({"preset": ""}, "at least one role"),
        ({"email": "owner@example.org"}, "An account with this e-mail address exists"),
        ({"email": "no address"}, "valid email"),
        ({"first_name": ""}, "required"),
    ],
)
def test_an_invitation_that_could_not_lead_to_work_is_refused(desk, changed, words):
    page = desk.post("/admin/accounts/invitation/add/", answers(**changed))
    assert words in page.content.decode()
    assert not Invitation.objects.exists() and not Delivery.objects.exists()


def test_a_profile_that_exists_already_is_linked(desk):
    person = make_person(name="Maria Lopez", credentials="MD", is_reviewer=True)
    desk.post("/admin/accounts/invitation/add/", answers(person=person.pk, credentials=""))
    accept(mailed_path(Invitation.objects.get()))
    person.refresh_from_db()
    assert person.user.email == "maria.lopez@example.org"
    assert Person.objects.count() == 1


def test_two_people_of_one_name_get_two_profiles(owner):
    make_person(name="Maria Lopez", slug="maria-lopez")
    accept(mailed_path(make_invitation(owner)))
    assert Person.objects.filter(slug="maria-lopez-2").exists()


def test_looking_at_an_invitation_changes_nothing(owner):
    """SEC-11: mail scanners open links."""
    invitation = make_invitation(owner)
    for _ in range(2):
        assert Client().get(mailed_path(invitation)).status_code == 200
    invitation.refresh_from_db()
    assert invitation.is_open and not User.objects.filter(email="maria@example.org").exists()


def broken(path: str) -> list[str]:
    """The path with each part of its token damaged in turn."""
    token = path.split("/")[-2]
    flipped = token[:-1] + ("A" if token[-1] != "A" else "B")
    payload, time, signature = token.split(":")
    other = make_token("invitation", 999_999).split(":")
    return [
        f"/accounts/invitation/{bad}/"
        for bad in (
            flipped,
            token[:-4],
            f"{other[0]}:{time}:{signature}",
            f"{payload}:{other[1]}x:{signature}",
            "x",
            "a:b:c",
            "%C3%28",
        )
    ]


def test_a_tampered_token_opens_nothing(owner):
    """SEC-11."""
    for path in broken(mailed_path(make_invitation(owner))):
        assert Client().get(path).status_code == 404, path
        assert Client().post(path, {"password1": NEW, "password2": NEW}).status_code == 404
    assert not User.objects.filter(email="maria@example.org").exists()


def test_a_token_made_for_something_else_opens_nothing(owner):
    """SEC-11: bound to one purpose."""
    invitation = make_invitation(owner)
    assert Client().get(f"/accounts/invitation/{make_token('known device', invitation.pk)}/").status_code == 404


def test_a_token_expires_after_a_week(owner, monkeypatch):
    """SEC-11."""
    import time

    path = mailed_path(make_invitation(owner))
    now = time.time()
    monkeypatch.setattr("time.time", lambda: now + 6.9 * 86400)
    assert Client().get(path).status_code == 200
    monkeypatch.setattr("time.time", lambda: now + 7.1 * 86400)
    answer = Client().get(path)
    assert answer.status_code == 404 and "no longer good" in answer.content.decode()


def test_a_token_is_good_once(owner):
    path = mailed_path(make_invitation(owner))
    accept(path)
    assert Client().post(path, {"password1": "another of hers.", "password2": "another of hers."}).status_code == 404
    assert User.objects.get(email="maria@example.org").check_password(NEW)


def test_an_old_secret_key_still_opens_a_letter_that_is_on_its_way(owner, settings):
    """LEAD-45 for the staff's letters too."""
    path = mailed_path(make_invitation(owner))
    settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = "n" * 60, [settings.SECRET_KEY]
    assert Client().get(path).status_code == 200
    settings.SECRET_KEY_FALLBACKS = []
    assert Client().get(path).status_code == 404


def test_sending_again_closes_the_earlier_link(desk, owner):
    first = make_invitation(owner)
    desk.post("/admin/accounts/invitation/", {"action": "send_again", "_selected_action": [first.pk]})
    second = Invitation.objects.exclude(pk=first.pk).get()
    assert Client().get(mailed_path(first)).status_code == 404
    assert Client().get(mailed_path(second)).status_code == 200


def test_a_withdrawn_invitation_opens_nothing(desk, owner):
    invitation = make_invitation(owner)
    desk.post("/admin/accounts/invitation/", {"action": "withdraw", "_selected_action": [invitation.pk]})
    assert Client().get(mailed_path(invitation)).status_code == 404
    with pytest.raises(ValidationError, match="not open"):
        staffing.withdraw(invitation, by=owner)
    assert AuditEvent.objects.filter(verb="invitation withdrawn").count() == 1


def test_one_address_has_one_open_invitation(owner):
    make_invitation(owner)
    with pytest.raises(ValidationError, match="open invitation"):
        make_invitation(owner, email="MARIA@example.org")


def test_an_accepted_invitation_ends_in_one_account_even_when_pressed_twice(owner):
    invitation = make_invitation(owner)
    token = mailed_path(invitation).split("/")[-2]
    staffing.accept(token, password=NEW)
    with pytest.raises(TokenRefused):
        staffing.accept(token, password=NEW)
    assert User.objects.filter(email="maria@example.org").count() == 1


def test_the_list_says_where_each_invitation_stands(desk, owner):
    make_invitation(owner)
    Invitation.objects.create(
        email="old@example.org",
        first_name="Old",
        last_name="One",
        roles=[Role.AUTHOR.value],
        invited_by=owner,
        invited_at=timezone.now() - datetime.timedelta(days=8),
    )
    page = desk.get("/admin/accounts/invitation/").content.decode()
    assert "waiting" in page and "too old; send again" in page


@pytest.mark.parametrize("role", [role for role in Role if role != Role.OWNER])
def test_only_an_owner_invites(role):
    client = Client()
    client.force_login(make_user(role))
    for path in ("/admin/accounts/invitation/", "/admin/accounts/invitation/add/", "/admin/accounts/user/"):
        assert client.get(path).status_code == 403, path
    assert client.post("/admin/accounts/invitation/add/", answers()).status_code == 403
    assert not Invitation.objects.exists()
