"""SEC-11: every role at every address of the URLconf, unlinked ones too; reading changes and breaks nothing."""

from __future__ import annotations

import re

import pytest
from django.apps import apps
from django.test import Client

from stemsite.access import Role
from tests.factories import (
    make_clinic,
    make_contact,
    make_enquiry,
    make_guide,
    make_study,
    make_term,
    make_user,
    sign_and_publish,
)
from tests.staff import signed_in

from .addresses import HEALTH, every_address, with_rows

pytestmark = [pytest.mark.django_db, pytest.mark.slow]

A, M, P, C, OWN = Role.AUTHOR, Role.REVIEWER, Role.PUBLISHER, Role.COORDINATOR, Role.OWNER
EDITORIAL, KEEPERS = {A, M, P, OWN}, {P, OWN}
ANYBODY = {*Role, None}

# Whoever sees anything below an address stands here; the longest beginning that fits counts. A new area has to be
# entered before these tests pass. Which of them may act there is asked in the tests of each area.
SEEN_BY = {
    "/admin/accounts/": {OWN},
    "/admin/articles/": EDITORIAL,
    "/admin/articles/footerlink/": KEEPERS,
    "/admin/articles/article/template/": {A, P, OWN},
    "/admin/articles/article/word/": {A, P, OWN},
    "/admin/articles/menuitem/": KEEPERS,
    "/admin/articles/term/1/sign/": {M},
    "/admin/articles/term/1/take-out/": KEEPERS,
    "/admin/articles/term/add/": {A, P, OWN},
    "/admin/articles/suggestion/": KEEPERS,
    "/admin/articles/homesection/": KEEPERS,
    "/admin/audit/": set(Role),
    "/admin/changed/": EDITORIAL,
    "/admin/citations/": EDITORIAL,
    "/admin/clinic/": EDITORIAL,
    "/admin/images/": EDITORIAL,
    "/admin/leads/": {C, OWN},
    "/admin/leads/contact/1/erase/": {OWN},
    "/admin/leads/contact/figures/": set(Role),
    "/admin/leads/feedback/": EDITORIAL,
    "/admin/leads/newsletterissue/": EDITORIAL,
    "/admin/leads/packet/": EDITORIAL,
    "/admin/mail/": {P, C, OWN},
    "/admin/mail/delivery/letters/": {C, OWN},
    "/admin/mail/suppression/": {C, OWN},
    "/admin/find/": set(Role),
    "/admin/keys/": set(Role),
    "/admin/links/": EDITORIAL,
    "/admin/notices/": set(Role),
    "/admin/pages/": EDITORIAL,
    "/admin/pause/": {OWN},
    "/admin/publishing/": EDITORIAL,
    "/admin/publishing/redirect/": KEEPERS,
    "/admin/reports/": EDITORIAL,
    "/admin/sign/": {M},
    "/admin/start/": {OWN},
    "/admin/studies/": EDITORIAL,
    "/admin/studies/intervention/1/pages/": {OWN},
    "/admin/tasks/": KEEPERS,
    "/admin/versions/": EDITORIAL,
}
OF_ONE_PAGE = {"/admin/pages/", "/admin/versions/"}
# Frame and doors, for every member of staff.
FRAME = {"/admin/", "/admin/jsi18n/"}

# The store of rendered pages may fill while one reads, and what is read may be counted or audited.
WRITTEN_WHILE_READING = {"serving.storedpage", "serving.dependency", "sessions.session", "audit.auditevent"}


@pytest.fixture
def site_addresses():
    """Every address, those with an id leading to a row where there is one: a live guide and a live study."""
    make_clinic()
    guide = make_guide(by=make_user(A))
    sign_and_publish(guide)
    sign_and_publish(make_study(by=make_user(A)))
    make_enquiry(make_contact(pk=guide.pk), pk=guide.pk)
    make_term(pk=guide.pk)
    real = with_rows(page=guide.pk, version=guide.versions.get().pk)
    return sorted((set(every_address()) | real) - set(HEALTH))


def rows() -> dict[str, int]:
    models = [model for model in apps.get_models() if not model._meta.proxy and model._meta.managed]
    return {
        model._meta.label_lower: model._base_manager.count()
        for model in models
        if model._meta.label_lower not in WRITTEN_WHILE_READING
    }


def read(client: Client, addresses: list[str]) -> dict[str, int]:
    return {address: client.get(address).status_code for address in addresses}


def seers(address: str) -> set[Role | None]:
    if address in FRAME:
        return ANYBODY
    area = area_of(address)
    return set(SEEN_BY[area]) if area else set()


def area_of(address: str) -> str:
    """The longest beginning that fits, whatever the row's number; empty where none does."""
    address = re.sub(r"/\d+/", "/1/", address)
    return max((area for area in SEEN_BY if address.startswith(area)), key=len, default="")


def test_strangers_read_the_public_site_and_are_sent_to_the_login_for_the_rest(site_addresses, client):
    before = rows()
    assert len(site_addresses) > 200
    for address in site_addresses:
        answer = client.get(address)
        if address.startswith("/admin/"):
            assert answer.status_code == 302, f"{address}: {answer.status_code}"
            assert address == "/admin/logout/" or "/login/" in answer["Location"], address
        else:
            assert answer.status_code in {200, 301, 302, 404, 405, 410}, f"{address}: {answer.status_code}"
    assert rows() == before


@pytest.mark.parametrize("role", [*Role, None])
def test_each_role_sees_its_part_and_reading_changes_and_breaks_nothing(site_addresses, role):
    client = signed_in(*([role] if role else []))
    before = rows()
    answers = read(client, site_addresses)
    assert {address: status for address, status in answers.items() if status >= 500} == {}
    staff = {address: status for address, status in answers.items() if address.startswith("/admin/")}
    seen = {address for address, status in staff.items() if status == 200}
    assert {address for address in seen if role not in seers(address)} == set()
    assert rows() == before
    assert client.get("/admin/").status_code == 200, "nobody was signed out by reading"
    # The table allows no more than there is, or a leak would pass unseen.
    for area, allowed in SEEN_BY.items():
        if area in OF_ONE_PAGE and role == A:
            continue  # An author opens pages of their own; this one is a colleague's.
        here = any(area_of(address) == area for address in seen)
        assert here == (role in allowed), area
