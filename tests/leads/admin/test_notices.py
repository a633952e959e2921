"""Each colleague chooses when to hear of enquiries; what they hear names nobody (LEAD-106)."""

from __future__ import annotations

import pytest
from django.contrib.auth import get_user_model
from django.db import IntegrityError, transaction

from leads import letters
from leads.models import StaffNotices
from leads.pipeline import telling
from stemsite.access import Role
from stemsite.mail.models import Delivery
from tests.factories import make_clinic, make_contact, make_enquiry, make_user
from tests.staff import signed_in

pytestmark = [pytest.mark.django_db, pytest.mark.database]

PATH = "/admin/leads/contact/notices/"


def told(kind):
    return {letter.to for letter in Delivery.objects.filter(kind=kind)}


def test_lead_106_who_chose_the_mornings_hears_nothing_at_once_and_everything_in_the_digest(clinic, monkeypatch):
    make_clinic()
    quick, calm = make_user(Role.COORDINATOR), make_user(Role.COORDINATOR)
    desk = signed_in(user=calm)
    assert desk.post(PATH, {"enquiries": "daily"}).status_code == 303
    make_enquiry()
    letters.tell_staff()
    assert told("new_enquiry") == {quick.email}
    monkeypatch.setattr(telling, "FROM_HOUR", 0)
    telling.tell_daily()
    assert told("leads_today") == {quick.email, calm.email}
    desk.post(PATH, {"enquiries": "at once"})
    Delivery.objects.all().delete()
    letters.tell_staff()
    assert told("new_enquiry") == {quick.email, calm.email}


def test_lead_106_a_notice_holds_counts_and_links_alone(clinic):
    make_user(Role.COORDINATOR)
    contact = make_contact(name="Quetzalcoatlina", email="quetzal@example.org", phone="+16145550177")
    make_enquiry(contact, message="Zyzzogeton", condition="zyzzogeton")
    letters.tell_staff()
    built = letters.new_enquiry(Delivery.objects.get(kind="new_enquiry"))
    words = f"{built.subject} {built.text} {built.html}".lower()
    assert "/admin/leads/enquiry/" in words
    assert not any(trace in words for trace in ("quetzal", "5550177", "zyzzogeton"))


def test_the_choice_is_ones_own_and_a_strange_one_changes_nothing(desk):
    page = desk.get(PATH)
    assert page.status_code == 200 and not StaffNotices.objects.exists(), "reading changes nothing"
    for values in ({}, {"enquiries": "never"}, {"enquiries": "\x00"}):
        assert desk.post(PATH, values).status_code == 422
    other = make_user(Role.COORDINATOR)
    desk.post(PATH, {"enquiries": "daily", "user": other.pk})
    assert StaffNotices.objects.get().user != other


def test_the_database_knows_the_two_choices(desk):
    with pytest.raises(IntegrityError), transaction.atomic():
        StaffNotices.objects.create(user=get_user_model().objects.first(), enquiries="never")
