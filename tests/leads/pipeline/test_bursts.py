"""LEAD-33: ten times the usual hour is told once, by counts; LEAD-96: enquiries are given out in turn."""

from __future__ import annotations

import pytest

from leads.models import Enquiry, Request, SignUp
from leads.pipeline import bursts
from stemsite.access import Role
from stemsite.mail.kinds import NotAnyMore
from stemsite.mail.models import Delivery
from tests.factories import make_contact, make_sign_up, make_user

pytestmark = [pytest.mark.django_db, pytest.mark.database]


def sign_ups(number, *, hours_ago=0.5, **fields):
    contact = make_contact()
    for _ in range(number):
        make_sign_up(contact, hours_ago=hours_ago, **fields)


def test_lead_33_a_burst_is_told_once_with_form_page_and_share(clinic):
    user = make_user(Role.COORDINATOR)
    sign_ups(15, source={"page": "/blog/"})
    sign_ups(10, source={"page": "/x/"}, standing=Request.Standing.QUARANTINED)
    for _ in range(3):
        bursts.watch()
    letter = bursts.build(Delivery.objects.get(kind="burst"))
    assert letter.to[1] == user.email
    for words in ("“newsletter” brought 25 requests", "usually it is 0.0", "/blog/", "Quarantined: 10 (40 %)"):
        assert words in letter.text
    assert "@example.org" not in letter.text


def test_lead_33_a_busy_site_and_a_quiet_one_with_a_few_requests_have_no_burst(clinic):
    make_user(Role.COORDINATOR)
    sign_ups(bursts.LEAST - 1)
    assert bursts.watch() == 0
    sign_ups(1)
    assert bursts.burst_of(SignUp) is not None
    for day in range(28):
        sign_ups(50, hours_ago=3 + 24 * day)
    assert bursts.burst_of(SignUp) is None, "20 are less than ten times two an hour"


def test_lead_106_who_lost_the_role_hears_of_no_burst(clinic):
    user = make_user(Role.COORDINATOR)
    sign_ups(25)
    bursts.watch()
    user.groups.clear()
    assert isinstance(bursts.build(Delivery.objects.get()), NotAnyMore)


def test_lead_96_new_enquiries_go_round(ask, settings):
    one, two = make_user(Role.COORDINATOR), make_user(Role.COORDINATOR)
    make_user(Role.OWNER)

    def asks(number):
        values = {"email": f"ann{number}@example.org", "message": f"Question {number}"}
        assert ask("/consultation/", values).status_code == 303

    asks(0)
    assert Enquiry.objects.get().assignee is None, "unless the clinic wants it, whoever looks first takes it"
    settings.LEADS_ROUND_ROBIN = True
    for number in range(1, 4):
        asks(number)
    given = list(Enquiry.objects.order_by("pk").values_list("assignee", flat=True))
    assert given == [None, one.pk, two.pk, one.pk]
    entry = Enquiry.objects.latest("pk").contact.timeline.get(kind="assignment")
    assert entry.text == str(one)


def test_lead_96_without_a_coordinator_a_new_enquiry_waits_for_all(ask, settings):
    settings.LEADS_ROUND_ROBIN = True
    assert ask("/consultation/", {"email": "ann@example.org", "message": "x"}).status_code == 303
    assert Enquiry.objects.get().assignee is None
