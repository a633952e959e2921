"""The clinic, its people and its wordings in the admin."""

from __future__ import annotations

import datetime

import pytest
from django.core.exceptions import ValidationError
from django.db.models import ProtectedError
from django.urls import reverse
from django.utils import timezone

from stemsite.access import Role
from stemsite.audit.models import AuditEvent
from stemsite.clinic.models import Clinic, Person, Wording
from stemsite.publishing.models import Use
from tests.factories import (
    make_guide,
    make_person,
    make_plain_page,
    make_reviewer,
    make_study,
    publish,
    save_draft,
    sign_and_publish,
)
from tests.staff import form_data, save, signed_in
from tests.stored import keep, read, stored

pytestmark = pytest.mark.django_db

CLINIC = "/admin/clinic/clinic/1/change/"


def person_form(person: Person) -> str:
    return reverse("admin:clinic_person_change", args=[person.pk])


@pytest.fixture
def staff():
    return signed_in(Role.OWNER)


# -- the clinic ---------------------------------------------------------------------------


def test_a_new_telephone_number_stands_on_every_page_at_once(clinic, staff):
    """PUB-03: the frame is on all of them."""
    page = make_plain_page()
    publish(page)
    keep(page.live_path, "/contact/", "/", "/studies/")
    save(staff, CLINIC, phone="+1 614 555 0199")
    assert stored() == set()
    assert b"+1 614 555 0199" in read("/contact/")
    assert AuditEvent.objects.get(object_type="clinic.clinic").detail == {"fields": ["Phone"]}


def test_a_publisher_edits_the_clinics_sentence_and_nothing_else(clinic):
    """PUB-143"""
    publisher = signed_in(Role.PUBLISHER)
    assert set(form_data(publisher.get(CLINIC))) == {"statement"}
    publisher.post(CLINIC, {"statement": "We show our sources.", "review_policy": "team", "name": "Taken over"})
    found = Clinic.current()
    assert (found.statement, found.review_policy, found.name) == (
        "We show our sources.",
        "two_people",
        "Example Clinic",
    )


@pytest.mark.parametrize("role", [Role.AUTHOR, Role.REVIEWER, Role.COORDINATOR])
def test_nobody_else_changes_the_clinic(clinic, role):
    assert signed_in(role).post(CLINIC, {"statement": "Mine"}).status_code == 403


def test_there_is_one_clinic_and_its_list_is_its_form(staff):
    assert staff.get(reverse("admin:clinic_clinic_changelist"))["Location"] == CLINIC
    for address in (reverse("admin:clinic_clinic_add"), "/admin/clinic/clinic/1/delete/"):
        assert staff.post(address).status_code == 403


PREVIEW = "/admin/clinic/clinic/preview/"


def test_the_home_page_is_shown_with_what_is_typed_and_nothing_is_written(clinic, staff):
    """PUB-37"""
    before = keep("/")
    typed = {**form_data(staff.get(CLINIC)), "phone": "+1 614 555 0199", "name": "Harbor <North>"}
    answer = staff.post(PREVIEW, typed)
    text = answer.content.decode()
    assert "+1 614 555 0199" in text and "Harbor &lt;North&gt;" in text
    assert "is not saved" in text
    assert "no-store" in answer["Cache-Control"] and "private" in answer["Cache-Control"]
    assert stored() == {"/"}
    assert read("/") == before["/"], "readers keep the page they had"
    assert Clinic.current().name == clinic.name
    assert f'formaction="{PREVIEW}"' in staff.get(CLINIC).content.decode()


def test_a_publisher_sees_their_own_sentence_and_nothing_else_they_post(clinic):
    text = signed_in(Role.PUBLISHER).post(PREVIEW, {"statement": "We show our sources.", "name": "Taken over"})
    assert b"We show our sources." in text.content
    assert b"Taken over" not in text.content


def test_what_a_save_would_refuse_is_said_instead_of_shown(clinic, staff):
    typed = {**form_data(staff.get(CLINIC)), "email": "nobody at all"}
    answer = staff.post(PREVIEW, typed)
    assert answer.status_code == 422
    assert "Public e-mail address: Enter a valid email address." in answer.content.decode()


@pytest.mark.parametrize("role", [Role.AUTHOR, Role.REVIEWER, Role.COORDINATOR])
def test_nobody_else_looks_at_a_clinic_of_their_own(clinic, role):
    assert signed_in(role).post(PREVIEW, {"statement": "Mine"}).status_code == 403
    assert signed_in(Role.OWNER).get(PREVIEW).status_code == 405


def test_an_unknown_time_zone_is_refused(clinic):
    clinic.time_zone = "America/Atlantis"
    with pytest.raises(ValidationError, match="America/New_York"):
        clinic.full_clean()


# -- people -------------------------------------------------------------------------------


def test_a_changed_profile_shows_at_once_and_only_there(clinic, staff):
    """PUB-03: bylines are frozen, so no other page moves."""
    study, other = make_study(), make_study()
    for page in (study, other):
        sign_and_publish(page)
    author = study.authors.get()
    profile, others = author.get_absolute_url(), other.authors.get().get_absolute_url()
    before = keep(profile, study.live_path, others)
    save(staff, person_form(author), experience="Ten years at the bedside.", name="Sample Renamed")
    assert stored() == {study.live_path, others}
    assert b"Ten years at the bedside." in read(profile)
    assert read(study.live_path) == before[study.live_path]


def test_the_address_of_a_profile_stays_once_pages_link_to_it(clinic, staff):
    study = make_study()
    save_draft(study)
    author = study.authors.get()
    assert "slug" not in form_data(staff.get(person_form(author)))
    author.slug = "elsewhere"
    with pytest.raises(ValidationError, match="link to this address"):
        author.full_clean()
    unused = make_person()
    assert save(staff, person_form(unused), slug="a-new-address").status_code == 302


@pytest.mark.parametrize("use", ["author of a draft", "author live", "signature"])
def test_a_person_whom_anything_names_is_never_deleted(clinic, staff, use):
    """PUB-23"""
    study = make_study()
    person = study.authors.get()
    if use == "author live":
        sign_and_publish(study)
    if use == "signature":
        person = make_reviewer()
        sign_and_publish(study, reviewer=person.user)
    address = reverse("admin:clinic_person_delete", args=[person.pk])
    asked = staff.get(address).content.decode()
    assert "cannot be deleted" in asked
    assert study.title in asked
    assert "left the clinic" in asked
    staff.post(address, {"post": "yes"})
    for attempt in (person.delete, Person.objects.filter(pk=person.pk).delete):
        with pytest.raises((ValidationError, ProtectedError)):
            attempt()
    assert Person.objects.filter(pk=person.pk).exists()


def test_live_bylines_of_a_lapsed_credential_are_reported_and_not_changed(clinic, staff):
    """PUB-46"""
    yesterday = timezone.localdate() - datetime.timedelta(days=1)
    reviewer = make_reviewer()
    guide, fine = make_guide(), make_study()
    sign_and_publish(guide, reviewer=reviewer.user)
    sign_and_publish(fine)
    before = keep(guide.live_path)
    reports = reverse("admin:publishing_reports")
    assert "Signed by" not in staff.get(reports).content.decode()

    save(staff, person_form(reviewer), licence_valid_until=yesterday.isoformat())

    page = staff.get(reports).content.decode()
    assert f"Signed by {reviewer.name}: credential valid until" in page
    assert page.count("Signed by") == 1
    assert keep(*before) == before
    lapsed = staff.get(reverse("admin:clinic_person_changelist"), {"credential": "lapsed"})
    assert [row.pk for row in lapsed.context["cl"].result_list] == [reviewer.pk]


def test_a_reviewer_without_credentials_is_refused(staff):
    person = make_person()
    answer = save(staff, person_form(person), is_reviewer="on")
    assert "A medical reviewer needs credentials." in answer.content.decode()


# -- wordings -----------------------------------------------------------------------------


def current(kind: str) -> Wording:
    return Wording.objects.current().get(kind=kind)


def test_a_changed_wording_is_a_new_version_and_the_old_one_stays_as_it_was(clinic, staff):
    """PUB-52"""
    old = current("status")
    staff.get(reverse("admin:clinic_wording_change", args=[old.pk]))
    address = f"{reverse('admin:clinic_wording_add')}?after={old.pk}"
    data = form_data(staff.get(address))
    assert (data["kind"], data["lead"]) == (old.kind, old.lead)
    answer = staff.post(reverse("admin:clinic_wording_add"), {**data, "lead": "The FDA has not approved this."})
    assert answer.status_code == 302
    new = current("status")
    assert (new.version, new.lead, new.created_by) == (2, "The FDA has not approved this.", staff.user)
    old.refresh_from_db()
    assert (old.version, old.lead) == (1, "Not approved by the FDA.")
    assert AuditEvent.objects.get(object_type="clinic.wording").object_id == str(new.pk)


def test_pages_that_carry_an_older_wording_are_listed_until_they_are_published_anew(clinic, staff):
    """PUB-52, PUB-01: the live words do not move."""
    guide, plain = make_guide(), make_plain_page()
    sign_and_publish(guide)
    publish(plain)
    before = keep(guide.live_path, plain.live_path)
    data = form_data(staff.get(f"{reverse('admin:clinic_wording_add')}?after={current('disclaimer').pk}"))
    answer = staff.post(reverse("admin:clinic_wording_add"), {**data, "text": "Newer words."}, follow=True)
    assert "1 live pages still carry an older wording" in answer.content.decode()
    assert keep(*before) == before

    form = staff.get(reverse("admin:clinic_wording_change", args=[current("disclaimer").pk])).content.decode()
    assert guide.title in form
    assert plain.title not in form
    reports = reverse("admin:publishing_reports")
    assert "Carries Medical disclaimer, US, version 1." in staff.get(reports).content.decode()

    sign_and_publish(guide, note="A clearer disclaimer.")
    assert "Carries" not in staff.get(reports).content.decode()
    assert "Newer words." in read(guide.live_path).decode()


def test_wordings_are_records_with_uses(clinic):
    """PUB-15, PUB-23"""
    guide = make_guide()
    sign_and_publish(guide)
    status = current("status")
    assert {use.mark for use in status.uses()} == {"live", "draft"}
    assert Use.objects.filter(kind="wording", object_id=status.pk, version=guide.live_version).count() == 1
    with pytest.raises(ValidationError, match="used in"):
        Wording.objects.filter(pk=status.pk).delete()


@pytest.mark.parametrize("after", ["", "x", "-1", "0", "999999", "9" * 40, "1; drop"])
def test_any_earlier_version_in_the_address_is_harmless(staff, after):
    assert staff.get(reverse("admin:clinic_wording_add"), {"after": after}).status_code == 200


def test_a_stored_wording_cannot_be_changed_by_anybody(clinic, staff):
    old = current("status")
    address = reverse("admin:clinic_wording_change", args=[old.pk])
    assert staff.post(address, {"lead": "Approved!", "text": "x", "kind": "status"}).status_code == 403
    assert current("status").lead == "Not approved by the FDA."
