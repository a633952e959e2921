from __future__ import annotations

import pytest
from allauth.account.models import EmailAddress
from django.contrib.auth.models import Group
from django.core.exceptions import ValidationError
from django.core.management import call_command
from django.test import Client

from stemsite.access import PRESETS, Role, can, roles_of
from stemsite.accounts import staffing
from stemsite.accounts.models import User
from stemsite.accounts.roles import make_groups
from stemsite.audit.models import AuditEvent
from stemsite.audit.recording import first_break
from tests.factories import make_user

pytestmark = [pytest.mark.django_db, pytest.mark.database]


@pytest.fixture
def owner(db):
    return make_user(*PRESETS["Editor"], email="owner@example.org")


@pytest.fixture
def bob(db):
    return make_user(Role.AUTHOR, email="bob@example.org", first_name="Bob", last_name="Berg")


@pytest.fixture
def desk(owner):
    client = Client()
    client.force_login(owner)
    return client


def form_of(user: User, **changed: object) -> dict[str, object]:
    held = list(user.groups.values_list("name", flat=True))
    values = {"email": user.email, "first_name": user.first_name, "last_name": user.last_name, "preset": ""}
    return {**values, "chosen_roles": held, **changed}


def test_the_first_real_account_is_an_owner_that_can_sign_in(client, monkeypatch):
    """DESIGN 8: createsuperuser is Django's own."""
    monkeypatch.setenv("DJANGO_SUPERUSER_PASSWORD", "a long enough password")
    call_command("createsuperuser", email="First@Example.org", interactive=False, verbosity=0)
    user = User.objects.get()
    assert roles_of(user) == set(PRESETS["Editor"])
    address = EmailAddress.objects.get(user=user)
    assert (address.email, address.verified, address.primary) == ("first@example.org", True, True)
    answer = client.post("/accounts/login/", {"login": "first@example.org", "password": "a long enough password"})
    assert answer["Location"] == "/admin/"
    assert client.get("/admin/accounts/user/").status_code == 200


def test_the_groups_of_all_roles_are_there_after_migrate():
    assert set(Group.objects.values_list("name", flat=True)) >= {role.value for role in Role}
    make_groups()
    assert Group.objects.filter(name=Role.AUTHOR.value).count() == 1


def test_roles_are_boxes_and_every_change_of_them_is_kept(desk, owner, bob):
    """PUB-127."""
    address = f"/admin/accounts/user/{bob.pk}/change/"
    assert 'value="Author" id="id_chosen_roles_0" checked' in desk.get(address).content.decode().replace("  ", " ") or (
        "checked" in desk.get(address).content.decode()
    )
    desk.post(address, form_of(bob, chosen_roles=[Role.PUBLISHER.value, Role.REVIEWER.value]))
    assert roles_of(User.objects.get(pk=bob.pk)) == {Role.PUBLISHER, Role.REVIEWER}
    event = AuditEvent.objects.get(verb="roles changed")
    assert (event.actor_id, event.object_id) == (owner.pk, str(bob.pk))
    assert event.detail == {"given": ["Medical reviewer", "Publisher"], "taken": ["Author"]}
    assert first_break() is None


def test_one_choice_gives_all_roles_of_a_preset(desk, bob):
    desk.post(f"/admin/accounts/user/{bob.pk}/change/", form_of(bob, preset="Editor"))
    assert roles_of(User.objects.get(pk=bob.pk)) == set(PRESETS["Editor"])


def test_saving_without_a_change_of_roles_keeps_nothing(desk, bob):
    desk.post(f"/admin/accounts/user/{bob.pk}/change/", form_of(bob, first_name="Robert"))
    assert User.objects.get(pk=bob.pk).first_name == "Robert"
    assert not AuditEvent.objects.filter(verb="roles changed").exists()


def test_a_new_address_takes_the_place_of_the_old_one_at_the_login(desk, bob, client):
    bob.verify_address()
    desk.post(f"/admin/accounts/user/{bob.pk}/change/", form_of(bob, email="Robert@example.org"))
    assert [address.email for address in EmailAddress.objects.filter(user=bob)] == ["robert@example.org"]
    password = "a long enough password"
    assert client.post("/accounts/login/", {"login": "bob@example.org", "password": password}).status_code == 200
    assert client.post("/accounts/login/", {"login": "robert@example.org", "password": password}).status_code == 302


def test_the_last_owner_keeps_the_role(desk, owner):
    address = f"/admin/accounts/user/{owner.pk}/change/"
    page = desk.post(address, form_of(owner, chosen_roles=[Role.AUTHOR.value]), follow=True)
    assert "only owner left" in page.content.decode()
    assert Role.OWNER in roles_of(User.objects.get(pk=owner.pk))
    make_user(Role.OWNER)
    desk.post(address, form_of(owner, chosen_roles=[Role.AUTHOR.value]))
    assert roles_of(User.objects.get(pk=owner.pk)) == {Role.AUTHOR}


def test_nobody_is_deleted_only_deactivated_and_out_at_once(desk, bob):
    theirs = Client()
    theirs.force_login(bob)
    assert desk.get(f"/admin/accounts/user/{bob.pk}/delete/").status_code == 403
    assert desk.get(f"/admin/accounts/user/{bob.pk}/active/").status_code == 405
    desk.post(f"/admin/accounts/user/{bob.pk}/active/")
    assert theirs.get("/admin/").status_code == 302
    assert AuditEvent.objects.filter(verb="deactivated", object_id=str(bob.pk)).exists()
    desk.post(f"/admin/accounts/user/{bob.pk}/active/")
    assert User.objects.get(pk=bob.pk).is_active
    assert AuditEvent.objects.filter(verb="reactivated").exists()


def test_nobody_shuts_themselves_out(desk, owner):
    page = desk.post(f"/admin/accounts/user/{owner.pk}/active/", follow=True)
    assert "cannot deactivate your own account" in page.content.decode()
    assert User.objects.get(pk=owner.pk).is_active


def test_the_last_active_owner_is_not_deactivated(owner):
    other = make_user(Role.OWNER)
    staffing.deactivate(owner, by=other)
    with pytest.raises(ValidationError, match="only owner left"):
        staffing.deactivate(other, by=owner)


def test_a_reviewer_without_a_profile_is_pointed_out(desk, bob):
    page = desk.post(
        f"/admin/accounts/user/{bob.pk}/change/", form_of(bob, chosen_roles=[Role.REVIEWER.value]), follow=True
    )
    assert "cannot sign yet" in page.content.decode()


def test_rights_follow_roles_and_nothing_else():
    """PUB-42: not even a superuser passes without the role."""
    from stemsite.access import Action

    bare = make_user(is_superuser=True)
    assert not any(can(bare, action) for action in Action)


@pytest.mark.parametrize("role", [role for role in Role if role != Role.OWNER])
@pytest.mark.parametrize("path", ["", "{bob}/change/", "{bob}/history/", "add/"])
def test_only_an_owner_sees_staff(role, path, bob):
    """PUB-42, SEC-11."""
    client = Client()
    client.force_login(make_user(role))
    assert client.get(f"/admin/accounts/user/{path.format(bob=bob.pk)}").status_code == 403


@pytest.mark.parametrize("role", [role for role in Role if role != Role.OWNER])
@pytest.mark.parametrize("door", ["active", "reset-factor"])
def test_only_an_owner_uses_the_side_doors(role, door, bob):
    """PUB-42, SEC-11."""
    client = Client()
    client.force_login(make_user(role))
    assert client.post(f"/admin/accounts/user/{bob.pk}/{door}/").status_code == 403
    assert User.objects.get(pk=bob.pk).is_active


@pytest.mark.parametrize("table", ["auth/group", "account/emailaddress", "mfa/authenticator"])
def test_what_changes_only_with_an_account_has_no_screen_of_its_own(desk, table, clinic):
    assert desk.get(f"/admin/{table}/").status_code == 404
