"""Nobody without the role learns that a person exists (LEAD-112, SEC-11)."""

from __future__ import annotations

import pytest

from leads.models import Contact, Enquiry
from stemsite.access import Role
from stemsite.audit.models import AuditEvent
from tests.factories import make_contact, make_enquiry
from tests.staff import signed_in

pytestmark = pytest.mark.django_db

EDITORIAL = (Role.AUTHOR, Role.REVIEWER, Role.PUBLISHER)


def addresses(contact: int, enquiry: int) -> list[tuple[str, str]]:
    person = f"/admin/leads/contact/{contact}"
    return [
        ("get", f"{person}/change/"),
        ("get", f"{person}/export/"),
        ("get", f"{person}/erase/"),
        ("post", f"{person}/proof/"),
        ("post", f"{person}/proof-pages/"),
        ("post", f"{person}/hold/"),
        ("post", f"{person}/note/"),
        ("post", f"{person}/consent-call/"),
        ("post", f"{person}/withdraw/"),
        ("post", f"/admin/leads/enquiry/{enquiry}/status/"),
        ("post", f"/admin/leads/enquiry/{enquiry}/log/"),
        ("post", f"/admin/leads/contact/quarantine/e{enquiry}/release/"),
    ]


@pytest.mark.parametrize("roles", [*((role,) for role in EDITORIAL), EDITORIAL, ()])
def test_lead_112_the_answer_for_a_person_who_is_there_and_for_one_who_is_not_is_the_same(clinic, roles):
    enquiry = make_enquiry()
    client = signed_in(*roles)
    there, nowhere = addresses(enquiry.contact_id, enquiry.pk), addresses(999_999, 999_999)
    for (method, here), (_, elsewhere) in zip(there, nowhere, strict=True):
        one, other = getattr(client, method)(here), getattr(client, method)(elsewhere)
        assert one.status_code == other.status_code == 403, here
        assert one.content == other.content, here
    assert not AuditEvent.objects.exists()


@pytest.mark.parametrize("role", EDITORIAL)
def test_lead_112_no_list_search_or_export_opens_to_an_editorial_role(clinic, role):
    make_enquiry()
    client = signed_in(role)
    for slug in ("enquiry", "contact", "packetrequest", "signup", "subscription"):
        assert client.get(f"/admin/leads/{slug}/").status_code == 403
        assert client.post(f"/admin/leads/{slug}/search/", {"text": "ann"}).status_code == 403
        assert client.post(f"/admin/leads/{slug}/bulk/", {"action": "csv", "scope": "all"}).status_code == 403
    for name in ("quarantine", "quality", "rights", "still-here", "import"):
        assert client.get(f"/admin/leads/contact/{name}/").status_code == 403
    index = client.get("/admin/").content.decode()
    assert "People who asked" not in index
    for slug in ("enquiry", "contact", "packetrequest", "signup", "subscription", "spampattern"):
        assert f"/admin/leads/{slug}/" not in index, slug


def test_lead_112_a_coordinator_sees_and_works_but_does_not_erase_or_hold(desk):
    contact = make_contact()
    assert desk.get(f"/admin/leads/contact/{contact.pk}/change/").status_code == 200
    assert desk.get(f"/admin/leads/contact/{contact.pk}/erase/").status_code == 403
    assert desk.post(f"/admin/leads/contact/{contact.pk}/erase/", {"seen": contact.reference}).status_code == 403
    assert desk.post(f"/admin/leads/contact/{contact.pk}/hold/", {"reason": "court"}).status_code == 403
    contact.refresh_from_db()
    assert not contact.is_erased and not contact.hold_reason


def test_strangers_are_sent_to_the_login(client, clinic):
    contact = make_contact()
    answer = client.get(f"/admin/leads/contact/{contact.pk}/change/")
    assert answer.status_code == 302 and "/login/" in answer["Location"]


def test_djangos_own_forms_for_people_are_not_there(owners_desk):
    """No add, change, delete or history form of the stock admin reaches past the verbs."""
    enquiry = make_enquiry()
    for path in ("contact/add/", f"contact/{enquiry.contact_id}/delete/", f"contact/{enquiry.contact_id}/history/"):
        assert owners_desk.get(f"/admin/leads/{path}").status_code in {404, 405}, path
    for path in ("enquiry/add/", f"enquiry/{enquiry.pk}/change/", f"enquiry/{enquiry.pk}/delete/"):
        assert owners_desk.post(f"/admin/leads/{path}", {"_save": "1"}).status_code == 404, path
    assert Contact.objects.count() == Enquiry.objects.count() == 1


def test_reading_changes_nothing_but_the_audit(desk):
    enquiry = make_enquiry()
    before = (Enquiry.objects.values().get(), enquiry.contact.timeline.count())
    for path in (
        f"contact/{enquiry.contact_id}/change/",
        "enquiry/",
        "contact/",
        "contact/figures/",
        "contact/quality/",
        "contact/notices/",
    ):
        assert desk.get(f"/admin/leads/{path}").status_code == 200, path
    assert (Enquiry.objects.values().get(), enquiry.contact.timeline.count()) == before
    for path in (f"contact/{enquiry.contact_id}/note/", f"enquiry/{enquiry.pk}/status/", "enquiry/bulk/"):
        assert desk.get(f"/admin/leads/{path}").status_code == 405, path
