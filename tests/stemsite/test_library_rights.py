"""PUB-42, SEC-11: each role finds exactly its part of the library, at every address of these admins."""

from __future__ import annotations

import pytest
from django.urls import reverse
from django.utils import timezone

from articles.models import FooterLink, HomeSection, MenuItem, Suggestion, Topic
from stemsite.access import Role
from stemsite.clinic.models import Wording
from stemsite.images.models import Picture
from stemsite.mail.models import Pause, Suppression
from stemsite.mail.outbox import queue_message
from stemsite.mail.suppressing import suppress
from stemsite.publishing.models import Redirect
from stemsite.tasks.models import Heartbeat, Job, PeriodicRun
from studies.integrity import record_event
from tests.factories import make_article, make_condition, make_intervention, make_person, make_reference, make_term
from tests.staff import signed_in

pytestmark = pytest.mark.django_db

A, M, P, C, OWN = Role.AUTHOR, Role.REVIEWER, Role.PUBLISHER, Role.COORDINATOR, Role.OWNER

# model: (who looks at list and record, who adds, who changes, who deletes)
MATRIX = {
    "studies_reference": ({A, M, P, OWN}, {A, P, OWN}, {P, OWN}, {P, OWN}),
    "studies_condition": ({A, M, P, OWN}, {P, OWN}, {P, OWN}, {P, OWN}),
    "studies_intervention": ({A, M, P, OWN}, {P, OWN}, {P, OWN}, {P, OWN}),
    "studies_integrityevent": ({A, M, P, OWN}, {M, P, OWN}, {M, P, OWN}, set()),
    "clinic_person": ({A, M, P, OWN}, {OWN}, {OWN}, {OWN}),
    "clinic_wording": ({A, M, P, OWN}, {P, OWN}, set(), set()),
    "images_picture": ({A, M, P, OWN}, {A, P, OWN}, {P, OWN}, {P, OWN}),
    "publishing_redirect": ({P, OWN}, {P, OWN}, {P, OWN}, {P, OWN}),
    "articles_menuitem": ({P, OWN}, {P, OWN}, {P, OWN}, {P, OWN}),
    "articles_homesection": ({P, OWN}, {P, OWN}, {P, OWN}, {P, OWN}),
    "articles_footerlink": ({P, OWN}, {P, OWN}, {P, OWN}, {P, OWN}),
    "articles_term": ({A, M, P, OWN}, {A, P, OWN}, {A, P, OWN}, {P, OWN}),
    "articles_suggestion": ({P, OWN}, {P, OWN}, {P, OWN}, {P, OWN}),
    "articles_topic": ({A, M, P, OWN}, {P, OWN}, {P, OWN}, {P, OWN}),
    "tasks_job": ({P, OWN}, set(), set(), set()),
    "tasks_periodicrun": ({P, OWN}, set(), set(), set()),
    "tasks_heartbeat": ({P, OWN}, set(), set(), set()),
    "mail_delivery": ({P, C, OWN}, set(), set(), set()),
    "mail_pause": ({P, C, OWN}, set(), set(), set()),
    "mail_suppression": ({C, OWN}, {C, OWN}, {OWN}, set()),
}


def _records() -> dict[str, object]:
    reference = make_reference()
    now = timezone.now()
    return {
        "studies_reference": reference,
        "studies_condition": make_condition(),
        "studies_intervention": make_intervention(),
        "studies_integrityevent": record_event(reference, kind="concern", source="journal", by=None),
        "clinic_person": make_person(),
        "clinic_wording": Wording.objects.create(kind="support", text="It supports your care."),
        "images_picture": Picture.objects.create(name="A neuron"),
        "publishing_redirect": Redirect.objects.create(from_path="/mnd/", to_path="/conditions/"),
        "articles_menuitem": MenuItem.objects.create(label="Conditions", path="/conditions/"),
        "articles_homesection": HomeSection.objects.create(heading="Where we are", html="<p>By the river.</p>"),
        "articles_footerlink": FooterLink.objects.create(label="Contact", path="/contact/"),
        "articles_term": make_term(signed=False),
        "articles_suggestion": Suggestion.objects.create(words="walking", page=make_article()),
        "articles_topic": Topic.objects.create(name="Research", slug="research"),
        "tasks_job": Job.objects.create(task="x.y", lane="long"),
        "tasks_periodicrun": PeriodicRun.objects.create(name="nightly", due_at=now),
        "tasks_heartbeat": Heartbeat.objects.create(worker="one", started_at=now, seen_at=now),
        "mail_pause": Pause.objects.create(scope="mailer", name="newsletter", reason="The login was refused."),
        "mail_suppression": suppress("s@example.org", Suppression.Reason.COMPLAINT),
        "mail_delivery": queue_message("note", to="r@example.org", reference="1", subject="Hello", text="Words"),
    }


@pytest.mark.parametrize("role", list(Role))
def test_each_role_finds_its_part_of_the_library_and_no_more(role):
    client = signed_in(role)
    wrong = []
    for name, record in _records().items():
        look, add, change, delete = (role in allowed for allowed in MATRIX[name])
        one = [record.pk]
        expected = {
            ("GET", reverse(f"admin:{name}_changelist")): look or add,
            ("GET", reverse(f"admin:{name}_change", args=one)): look,
            ("GET", reverse(f"admin:{name}_history", args=one)): look,
            ("GET", reverse(f"admin:{name}_add")): add,
            ("POST", reverse(f"admin:{name}_add")): add,
            ("POST", reverse(f"admin:{name}_change", args=one)): change,
            ("GET", reverse(f"admin:{name}_delete", args=one)): delete,
        }
        for (method, address), allowed in expected.items():
            got = client.generic(method, address).status_code
            if (got == 200) is not allowed or got not in {200, 403}:
                wrong.append(f"{method} {address}: {got}, expected {'200' if allowed else '403'}")
    assert not wrong


@pytest.mark.parametrize("role", list(Role))
def test_nobody_can_change_stored_events_of_the_audit(role):
    record_event(make_reference(), kind="concern", source="journal", by=None)
    client = signed_in(role)
    assert client.get(reverse("admin:audit_auditevent_changelist")).status_code == 200
    assert client.get(reverse("admin:audit_auditevent_add")).status_code == 403
    assert client.post(reverse("admin:audit_auditevent_change", args=[1])).status_code in {302, 403}


def test_reports_are_for_editorial_roles():
    address = reverse("admin:publishing_reports")
    answers = {role: signed_in(role).get(address).status_code for role in Role}
    assert answers == {A: 200, M: 200, P: 200, OWN: 200, C: 403}
    assert signed_in(P).post(address).status_code == 405


def test_an_author_edits_and_deletes_only_sources_of_their_own():
    author = signed_in(A)
    own, other = make_reference(created_by=author.user), make_reference()
    for name in ("change", "delete"):
        assert author.post(reverse(f"admin:studies_reference_{name}", args=[other.pk])).status_code == 403
        assert author.get(reverse(f"admin:studies_reference_{name}", args=[own.pk])).status_code == 200
    assert author.post(reverse("admin:studies_reference_change", args=[own.pk]), {}).status_code == 200


@pytest.mark.parametrize(
    ("model", "field", "allowed"),
    [
        ("integrityevent", "reference", {A, M, P, OWN}),
        ("person", "photo", {A, M, P, OWN}),
        ("redirect", "page", {A, M, P, OWN}),
    ],
)
def test_autocomplete_asks_the_same_question(model, field, allowed):
    """Coordinators see no library, so a search in it finds them nothing (PUB-42)."""
    app = {"integrityevent": "studies", "person": "clinic", "redirect": "publishing"}[model]
    query = {"app_label": app, "model_name": model, "field_name": field, "term": ""}
    answers = {role for role in Role if signed_in(role).get(reverse("admin:autocomplete"), query).status_code == 200}
    assert answers == allowed


def test_bulk_deletion_is_offered_nowhere():
    """PUB-114: it would pass by what each record refuses."""
    client = signed_in(OWN)
    for name in MATRIX:
        page = client.get(reverse(f"admin:{name}_changelist"))
        actions = page.context["action_form"]
        names = [value for value, _ in actions.fields["action"].choices] if actions else []
        assert "delete_selected" not in names


def test_former_and_ordinary_accounts_have_no_part_in_it():
    from tests.factories import make_user

    for fields in ({"is_active": False}, {"is_staff": False}):
        user = make_user(OWN, **{**fields}) if "is_active" in fields else make_user(OWN)
        if "is_staff" in fields:
            user.is_staff = False
            user.save()
        client = signed_in(user=user)
        assert client.get(reverse("admin:studies_reference_changelist")).status_code == 302
