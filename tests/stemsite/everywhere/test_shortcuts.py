"""PUB-120: the shortcuts stand in one list, and each person can switch them off."""

import pytest

from stemsite.access import Role
from stemsite.accounts.models import User
from stemsite.audit.models import AuditEvent
from stemsite.everywhere.shortcuts import OF_THE_EDITOR, SWITCHED
from tests.factories import make_user
from tests.staff import signed_in

pytestmark = [pytest.mark.django_db, pytest.mark.database]

ADDRESS = "/admin/keys/"


@pytest.mark.parametrize("role", Role)
def test_pub_120_every_member_of_staff_finds_the_list(clinic, role):
    page = signed_in(role).get(ADDRESS).content.decode()
    for key in (*SWITCHED, *OF_THE_EDITOR):
        assert key.does in page
        assert all(f"<kbd>{name}</kbd>" in page for name in key.keys)


def test_pub_120_a_person_switches_them_off_and_on_for_themselves_alone(clinic):
    one, other = make_user(Role.AUTHOR), make_user(Role.AUTHOR)
    staff = signed_in(user=one)
    assert "data-off" not in staff.get("/admin/").content.decode()
    for value, is_on in (("off", False), ("off", False), ("on", True), ("", False)):
        answer = staff.post(ADDRESS, {"shortcuts": value}, follow=True)
        assert answer.redirect_chain == [(ADDRESS, 303)]
        assert User.objects.get(pk=one.pk).uses_shortcuts is is_on
        page = staff.get("/admin/").content.decode()
        assert ("data-off" in page) is not is_on
        assert ("<kbd>Ctrl K</kbd>" in page) is is_on
    assert User.objects.get(pk=other.pk).uses_shortcuts
    verbs = AuditEvent.objects.filter(verb__startswith="keyboard shortcuts").order_by("number")
    assert [event.verb.split()[-1] for event in verbs] == ["off", "on", "off"]
    assert {event.actor_id for event in verbs} == {one.pk}


def test_pub_120_reading_the_list_changes_nothing(clinic):
    staff = signed_in(Role.OWNER)
    assert staff.get(f"{ADDRESS}?shortcuts=off").status_code == 200
    assert staff.put(ADDRESS).status_code == 405
    assert not User.objects.filter(uses_shortcuts=False).exists()
