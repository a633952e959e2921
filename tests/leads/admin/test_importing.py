"""Lists from elsewhere (LEAD-41): evidence in every row, pending, never mailed, and nothing confirmed in bulk."""

from __future__ import annotations

import pytest

from leads import subscribing, verifying
from leads.admin.bulk_forms import STEPS
from leads.models import Consent, Contact, Subscription
from leads.pipeline.privacy import consent_proof
from stemsite.audit.models import AuditEvent
from stemsite.mail.models import Delivery, Suppression
from stemsite.mail.suppressing import suppress
from tests.factories import make_contact

pytestmark = [pytest.mark.django_db, pytest.mark.database]

PATH = "/admin/leads/contact/import/"
HEAD = "email,name,source,date,wording\n"
ANN = 'ann@example.org,Ann Sample,Open day 2026,2026-05-04,"Yes, send me your letter."\n'


def test_lead_41_a_row_with_evidence_is_pending_with_its_evidence_and_gets_no_letter(owners_desk):
    answer = owners_desk.post(PATH, {"rows": HEAD + ANN}, follow=True)
    assert "Entered as pending: 1" in answer.content.decode()
    contact = Contact.objects.get()
    assert (contact.email, contact.name) == ("ann@example.org", "Ann Sample")
    assert Subscription.objects.get().state == "pending"
    (proof,) = consent_proof(contact)
    assert (proof["action"], proof["method"], proof["evidence_on"]) == ("given", "import", "2026-05-04")
    assert "Open day 2026" in proof["evidence"] and "Yes, send me your letter." in proof["evidence"]
    assert Consent.objects.get().operator == owners_desk.user
    assert not Delivery.objects.exists() and not Subscription.objects.to_be_mailed().exists()
    assert list(verifying.differences()) == []
    event = AuditEvent.objects.get(verb="imported people")
    assert "ann@example.org" not in f"{event.note} {event.detail}"


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        ("", "required"),
        ("email,name\nann@example.org,Ann\n", "missing: source, date, wording"),
        (HEAD + "ann@example.org,Ann,,2026-05-04,Yes.\n", "Row 2: without source"),
        (HEAD + "ann@example.org,Ann,Open day,,Yes.\n", "Row 2: without date"),
        (HEAD + ANN + "ben@example.org,,Open day,2026-05-04,\n", "Row 3: without wording"),
        (HEAD + "ann@,Ann,Open day,2026-05-04,Yes.\n", "Write the address like this"),
        (HEAD + "ann@example.org,Ann,Open day,2999-01-01,Yes.\n", "cannot lie in the future"),
        (HEAD + "ann@example.org,Ann,Open day,4 May,Yes.\n", "write the day"),
        (HEAD + "ann@example.org,Ann\n", "another number of columns"),
        (HEAD + "ann@example.org,Ann,a,2026-05-04,b,c\n", "another number of columns"),
        (HEAD + '"ann@example.org', "no CSV file"),
        (HEAD, "between 1 and"),
    ],
)
def test_lead_41_without_evidence_in_every_row_nobody_is_entered(owners_desk, rows, said):
    answer = owners_desk.post(PATH, {"rows": rows})
    assert answer.status_code == 422
    assert said in answer.content.decode()
    assert not Contact.objects.exists()


def test_lead_41_who_left_confirmed_or_must_not_be_written_to_stays_so(owners_desk):
    left, known = make_contact(email="left@example.org"), make_contact(email="known@example.org")
    Subscription.objects.create(contact=left)
    subscribing.leave(left)
    Subscription.objects.create(contact=known)
    subscribing.confirm(known.subscriptions.get())
    suppress("never@example.org", Suppression.Reason.ASKED, source="preferences")
    names = ("left", "known", "never")
    rows = "".join(f"{name}@example.org,,Open day,2026-05-04,Yes.\n" for name in names)
    before = sorted(Subscription.objects.values_list("contact__pk", "state"))
    assert "left as they were: 3" in owners_desk.post(PATH, {"rows": HEAD + rows}, follow=True).content.decode()
    assert sorted(Subscription.objects.values_list("contact__pk", "state")) == before


def test_lead_41_twice_is_once(owners_desk):
    owners_desk.post(PATH, {"rows": HEAD + ANN + ANN})
    owners_desk.post(PATH, {"rows": HEAD + ANN})
    assert (Contact.objects.count(), Subscription.objects.count(), Consent.objects.count()) == (1, 1, 1)


def test_lead_41_only_the_owner_imports(desk):
    assert desk.get(PATH).status_code == 403
    assert desk.post(PATH, {"rows": HEAD + ANN}).status_code == 403
    assert not Contact.objects.exists()


def test_lead_41_no_step_for_many_rows_touches_consent_or_the_newsletter():
    assert set(STEPS) <= {"assign", "status", "tag", "csv", "xlsx"}
