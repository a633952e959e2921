"""The one question ``can(user, action, obj)``: roles add up, nobody bypasses it, two people may do a little more."""

import pytest
from django.contrib.auth.models import AnonymousUser

from stemsite.access import PRESETS, Action, Role, can, roles_of
from stemsite.clinic.models import Clinic
from stemsite.publishing.models import Page
from tests.factories import make_user

pytestmark = pytest.mark.django_db


@pytest.fixture(params=["two_people", "team"])
def policy(request, clinic):
    Clinic.objects.update(review_policy=request.param)
    return request.param


def test_nobody_without_a_role_may_do_anything(policy):
    superuser = make_user(is_superuser=True)
    former = make_user(*Role, is_active=False)
    reader = make_user(*Role)
    reader.is_staff = False
    for person in (AnonymousUser(), superuser, former, reader):
        assert roles_of(person) == frozenset()
        assert not any(can(person, action) for action in Action)


def test_pub_42_an_author_reaches_their_own_pages_and_no_others(policy):
    author, other = make_user(Role.AUTHOR), make_user(Role.AUTHOR)
    own, theirs = Page(created_by=author), Page(created_by=other)
    for action in (Action.EDIT, Action.VIEW, Action.SUBMIT):
        assert (can(author, action, own), can(author, action, theirs), can(author, action)) == (True, False, True)
    assert can(author, Action.EDIT, Page(created_by=other, deputy=author))


def test_pub_146_what_two_people_add_and_a_team_does_not(policy):
    small = policy == "two_people"
    author, reviewer = make_user(Role.AUTHOR), make_user(Role.REVIEWER)
    own, theirs = Page(created_by=author), Page(created_by=reviewer)
    assert can(author, Action.PUBLISH, own) is small
    assert can(author, Action.PUBLISH, theirs) is False
    for action in (Action.EDIT, Action.SUBMIT, Action.PUBLISH):
        assert can(reviewer, action, own) is small
    for action in (Action.WITHDRAW, Action.CREATE, Action.MANAGE_STAFF, Action.SEE_LEADS):
        assert can(reviewer, action, own) is False


def test_signing_is_for_reviewers_alone_under_every_policy(policy):
    for role in set(Role) - {Role.REVIEWER}:
        assert not can(make_user(role), Action.SIGN)
    assert can(make_user(Role.REVIEWER), Action.SIGN)


def test_pub_146_the_two_presets_together_can_do_everything(policy):
    able = {action for preset in PRESETS.values() for action in Action if can(make_user(*preset), action)}
    assert able == set(Action)


def test_leads_are_invisible_to_editorial_roles(policy):
    editorial = make_user(Role.AUTHOR, Role.REVIEWER, Role.PUBLISHER)
    assert not can(editorial, Action.SEE_LEADS)
    assert not can(editorial, Action.SEE_MAIL)
