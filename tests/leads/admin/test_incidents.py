"""The log of what went wrong with people's data, and its clock of sixty days (LEAD-118, LEAD-124)."""

from __future__ import annotations

import datetime

import pytest
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from leads.models import Incident
from stemsite.access import Role
from tests.staff import save, signed_in

pytestmark = [pytest.mark.django_db, pytest.mark.database]

ADD = "/admin/leads/incident/add/"
LIST = "/admin/leads/incident/"


def entered(owners_desk, **fields):
    today = timezone.localdate().isoformat()
    values = {"discovered_on": today, "what": "A list went to a wrong address.", "who": "Three people", "number": "3"}
    return owners_desk.post(ADD, {**values, **fields})


def test_lead_118_what_who_how_many_and_when_are_kept_sealed_and_the_clock_runs(owners_desk):
    assert entered(owners_desk).status_code == 302
    incident = Incident.objects.get()
    assert (incident.number, incident.entered_by) == (3, owners_desk.user)
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM leads_incident")
        stored = str(cursor.fetchall())
    assert "wrong address" not in stored and "Three people" not in stored
    assert f"60 days left, until {incident.due_on}" in owners_desk.get(LIST).content.decode()
    Incident.objects.update(discovered_on=timezone.localdate() - datetime.timedelta(days=61))
    assert "overdue since" in owners_desk.get(LIST).content.decode()


def test_lead_118_it_ends_when_people_were_told_or_nobody_has_to_be(owners_desk):
    entered(owners_desk)
    path = f"/admin/leads/incident/{Incident.objects.get().pk}/change/"
    assert save(owners_desk, path, told_on=timezone.localdate().isoformat()).status_code == 302
    assert Incident.objects.get().is_settled and "told on" in owners_desk.get(LIST).content.decode()
    assert save(owners_desk, path, told_on="", no_need="The file was sealed.").status_code == 302
    assert "nobody has to be told" in owners_desk.get(LIST).content.decode()


def test_dates_that_cannot_be_are_refused_by_form_and_database(owners_desk):
    tomorrow = (timezone.localdate() + datetime.timedelta(days=1)).isoformat()
    answer = entered(owners_desk, happened_on=tomorrow)
    assert answer.status_code == 200 and "before it happened" in answer.content.decode()
    assert not Incident.objects.exists()
    entered(owners_desk)
    with pytest.raises(IntegrityError), transaction.atomic():
        Incident.objects.update(told_on="2000-01-01")


@pytest.mark.parametrize("role", [Role.COORDINATOR, Role.PUBLISHER, Role.AUTHOR])
def test_lead_112_the_log_is_the_owners_and_nothing_is_deleted(owners_desk, role):
    entered(owners_desk)
    pk = Incident.objects.get().pk
    desk = signed_in(role)
    for path in (LIST, ADD, f"/admin/leads/incident/{pk}/change/"):
        assert desk.get(path).status_code == 403
    assert owners_desk.post(f"/admin/leads/incident/{pk}/delete/", {"post": "yes"}).status_code == 403
    assert Incident.objects.count() == 1
