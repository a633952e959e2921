"""LEAD-96, LEAD-106: what nobody took is told once a day, by link and count, to those who may know."""

from __future__ import annotations

import datetime

import pytest
from django.utils import timezone

from leads.pipeline import telling
from stemsite.access import Role
from stemsite.mail.kinds import Letter, NotAnyMore, build
from stemsite.mail.models import Delivery
from tests.factories import make_contact, make_enquiry, make_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def morning(clinic, monkeypatch):
    at = timezone.now().astimezone(clinic.zone).replace(hour=9)
    monkeypatch.setattr("leads.pipeline.telling.timezone.now", lambda: at)
    return at


def test_lead_96_what_stays_unassigned_for_too_long_is_told_by_count_and_link(morning):
    make_enquiry(make_contact(name="Zaneta Quillfeather", email="zq@example.org"), hours_ago=30)
    cora = make_user(Role.COORDINATOR)
    make_user(Role.AUTHOR)
    assert telling.tell_daily() == telling.tell_daily() == 1
    delivery = Delivery.objects.get(kind=telling.KIND)
    letter = build(delivery)
    assert isinstance(letter, Letter) and letter.to[1] == cora.email
    assert "1  Nobody" in letter.text and "/admin/leads/enquiry/?queue=unassigned" in letter.text
    for word in ("Quill", "zq@"):
        assert word not in letter.subject + letter.text + letter.html


def test_lead_27_quarantine_near_its_end_is_counted(morning):
    make_enquiry(hours_ago=24 * 25, standing="quarantined", score=6)
    make_enquiry(hours_ago=24 * 2, standing="quarantined", score=6)
    lines = {label: number for label, number, _ in telling.lines_for(make_user(Role.COORDINATOR))}
    assert lines == {"In quarantine": 2, "In quarantine, emptied within a week": 1}


def test_lead_106_whoever_lost_the_role_is_told_nothing(morning):
    make_enquiry(hours_ago=30)
    cora = make_user(Role.COORDINATOR)
    telling.tell_daily()
    cora.groups.clear()
    assert isinstance(build(Delivery.objects.get(kind=telling.KIND)), NotAnyMore)


def test_nothing_is_told_where_nothing_waits_or_before_the_morning(clinic, morning, monkeypatch):
    make_user(Role.COORDINATOR)
    assert telling.tell_daily() == 0
    make_enquiry(hours_ago=30)
    early = morning.replace(hour=6) + datetime.timedelta(minutes=1)
    monkeypatch.setattr("leads.pipeline.telling.timezone.now", lambda: early)
    assert telling.tell_daily() == 0
