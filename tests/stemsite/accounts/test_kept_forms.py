"""A session that ends while somebody works takes nothing with it, and shows it to nobody else (SEC-12, PUB-77)."""

from __future__ import annotations

import datetime
import re

import pytest
from django.db import connection
from django.utils import timezone

from leads.models import TimelineEntry
from stemsite.access import Role
from stemsite.accounts.keeping import forget_old
from stemsite.accounts.models import KeptForm
from tests.factories import make_contact, make_user
from tests.staff import signed_in

from .test_sessions import MINUTE, clock  # noqa: F401 - a fixture

pytestmark = [pytest.mark.django_db, pytest.mark.database]

FROM_US = {"sec-fetch-site": "same-origin", "sec-fetch-mode": "navigate"}


@pytest.fixture
def coordinator(clinic, clock):  # noqa: F811
    client = signed_in(Role.COORDINATOR)
    assert client.get("/admin/").status_code == 200
    return client


@pytest.fixture
def note_path(clinic):
    return f"/admin/leads/contact/{make_contact().pk}/note/"


def test_sec_12_screens_that_show_people_end_a_session_after_a_quarter_of_an_hour(coordinator, clock):  # noqa: F811
    clock.move(14 * MINUTE)
    assert coordinator.get("/admin/leads/enquiry/").status_code == 200
    clock.move(16 * MINUTE)
    assert "/login/" in coordinator.get("/admin/leads/enquiry/")["Location"]
    assert "/login/" in coordinator.get("/admin/")["Location"]


def test_sec_12_other_screens_keep_their_hour(coordinator, clock):  # noqa: F811
    clock.move(16 * MINUTE)
    assert coordinator.get("/admin/").status_code == 200


def test_sec_12_what_was_typed_is_sent_after_signing_in_again(coordinator, clock, note_path):  # noqa: F811
    clock.move(20 * MINUTE)
    answer = coordinator.post(note_path, {"note-text": "A long\nnote."}, headers=FROM_US)
    assert answer.status_code == 303 and not TimelineEntry.objects.exists()
    kept = KeptForm.objects.get()
    assert f"next=%2Faccounts%2Fkept%2F{kept.key}%2F" in answer["Location"]
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM accounts_keptform")
        assert "A long" not in str(cursor.fetchall())
    coordinator.force_login(coordinator.user)
    page = coordinator.get(f"/accounts/kept/{kept.key}/").content.decode()
    assert f'action="{note_path}"' in page
    fields = dict(re.findall(r'name="([^"]+)" value="([^"]*)"', page))
    assert coordinator.post(note_path, fields).status_code == 303
    assert TimelineEntry.objects.get().text == "A long\nnote."


def test_pub_77_a_different_person_can_neither_see_nor_send_it(coordinator, clock, note_path):  # noqa: F811
    clock.move(20 * MINUTE)
    coordinator.post(note_path, {"note-text": "Mine"}, headers=FROM_US)
    address = f"/accounts/kept/{KeptForm.objects.get().key}/"
    assert signed_in(Role.COORDINATOR, Role.OWNER).get(address).status_code == 404
    assert "/login/" in coordinator.get(address)["Location"]


@pytest.mark.parametrize(
    "headers", [{"sec-fetch-site": "cross-site"}, {}, {"sec-fetch-site": "same-origin", "sec-fetch-mode": "cors"}]
)
def test_what_another_site_or_a_script_sent_is_not_kept(coordinator, clock, note_path, headers):  # noqa: F811
    clock.move(20 * MINUTE)
    coordinator.post(note_path, {"note-text": "x"}, headers=headers)
    assert not KeptForm.objects.exists()


def test_kept_forms_are_gone_after_half_a_day(clinic):
    for hours in (1, 13):
        kept_at = timezone.now() - datetime.timedelta(hours=hours)
        KeptForm.objects.create(user=make_user(Role.COORDINATOR), address="/admin/", kept_at=kept_at)
    assert forget_old() == 1
