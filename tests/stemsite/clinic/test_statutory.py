"""LEAD-94, LEAD-126: statutory texts as dated records with a source, a fingerprint and whoever verified them."""

from __future__ import annotations

import datetime

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone

from stemsite.access import Role
from stemsite.appendonly import AppendOnlyError
from stemsite.audit.models import AuditEvent
from stemsite.clinic import statutory
from stemsite.clinic.models import Clinic, StatutoryCheck, StatutoryText
from stemsite.publishing.reports import unverified_laws
from tests.factories import make_user

pytestmark = [pytest.mark.django_db, pytest.mark.database]

VALUES = {
    "jurisdiction": "US-XX",
    "law": "Sample Code 1",
    "scope": "Invented: care with cells. Not for ALS.",
    "text": "THIS IS AN INVENTED NOTICE.",
    "source_url": "https://law.example.org/1",
    "size_rule": "largest",
    "media": "All advertisements.",
}


@pytest.fixture
def owner():
    return make_user(Role.OWNER)


@pytest.fixture
def text(clinic, owner):
    Clinic.objects.update(jurisdiction="US-XX")
    return statutory.add_text(StatutoryText(**VALUES), by=owner)


def verified(text, by, *, days_ago=0, **more):
    day = timezone.localdate() - datetime.timedelta(days=days_ago)
    return statutory.verify(text, by=by, verified_by="Sample Counsel", verified_on=day, **more)


def test_lead_126_without_a_record_the_site_teaches_and_offers_nothing(clinic):
    assert "No statutory text" in statutory.why_education_only()


def test_lead_126_an_unverified_text_counts_for_nothing(text):
    assert statutory.why_education_only()
    assert [line.why for line in unverified_laws()] == ["Never verified: not reviewed by counsel."]


@pytest.mark.parametrize(("days_ago", "holds"), [(0, True), (365, True), (366, False)])
def test_lead_126_a_verification_holds_for_twelve_months(text, owner, days_ago, holds):
    verified(text, owner, days_ago=days_ago)
    assert (statutory.why_education_only() == "") is holds
    assert (list(unverified_laws()) == []) is holds


def test_lead_126_the_text_of_another_jurisdiction_does_not_count(text, owner):
    verified(text, owner)
    Clinic.objects.update(jurisdiction="US-YY")
    assert "US-YY" in statutory.why_education_only()


def test_lead_126_a_changed_text_is_a_next_version_and_has_to_be_verified_anew(text, owner):
    verified(text, owner)
    newer = statutory.add_text(StatutoryText(**{**VALUES, "text": "ANOTHER NOTICE."}), by=owner)
    assert (newer.version, text.version) == (2, 1)
    assert statutory.why_education_only()
    assert StatutoryText.objects.current().get().pk == newer.pk


def test_lead_94_what_was_recorded_stays_as_it_was(text, owner):
    check = verified(text, owner)
    text.text = "Other words."
    for row in (text, check):
        with pytest.raises(AppendOnlyError):
            row.save()
        with pytest.raises(AppendOnlyError):
            row.delete()
    with pytest.raises(AppendOnlyError):
        StatutoryText.objects.update(text="Other words.")
    assert check.text_sha256 == StatutoryText.objects.get(pk=text.pk).text_sha256


def test_lead_94_the_record_names_text_source_person_and_day(text, owner):
    verified(text, owner, by_counsel=True)
    event = AuditEvent.objects.get(verb="statutory text verified")
    assert event.detail["text_sha256"] == text.text_sha256 and event.detail["verified_by"] == "Sample Counsel"
    added = AuditEvent.objects.get(verb="statutory text added")
    assert added.detail["source"] == VALUES["source_url"]


def test_lead_94_nobody_verifies_tomorrow_or_without_a_name(text, owner):
    with pytest.raises(ValidationError):
        verified(text, owner, days_ago=-1)
    with pytest.raises(ValidationError):
        statutory.verify(text, by=owner, verified_by=" ", verified_on=timezone.localdate())
    assert not StatutoryCheck.objects.exists()


@pytest.mark.parametrize("empty", ["text", "source_url", "scope"])
def test_lead_126_the_database_refuses_a_text_without_words_source_or_scope(owner, empty):
    with pytest.raises(IntegrityError), transaction.atomic():
        StatutoryText.objects.create(**{**VALUES, empty: ""}, created_by=owner)


# -- the screens ----------------------------------------------------------------------------


def test_lead_126_the_owner_adds_a_text_and_records_who_verified_it(client, clinic, owner):
    client.force_login(owner)
    assert client.post(reverse("admin:clinic_statutorytext_add"), VALUES).status_code in {302, 303}
    text = StatutoryText.objects.get()
    page = client.get(reverse("admin:clinic_statutorytext_change", args=[text.pk])).content.decode()
    assert "not reviewed by counsel" in page and text.text_sha256 in page
    url = reverse("admin:clinic_statutorytext_verify", args=[text.pk])
    assert VALUES["text"] in client.get(url).content.decode()
    assert client.post(url, {"verified_by": "", "verified_on": "nonsense"}).status_code == 422
    typed = {"verified_by": "Sample Counsel", "verified_on": f"{timezone.localdate():%Y-%m-%d}", "by_counsel": "on"}
    assert client.post(url, typed).status_code == 303
    listed = client.get(reverse("admin:clinic_statutorytext_changelist")).content.decode()
    assert "reviewed by counsel" in listed and "not reviewed by counsel" not in listed


@pytest.mark.parametrize("role", [Role.AUTHOR, Role.PUBLISHER, Role.REVIEWER, Role.COORDINATOR])
def test_lead_126_only_the_owner_records(client, text, role):
    client.force_login(make_user(role))
    assert client.get(reverse("admin:clinic_statutorytext_add")).status_code == 403
    assert client.post(reverse("admin:clinic_statutorytext_verify", args=[text.pk]), {}).status_code == 403
    assert client.get(reverse("admin:clinic_statutorytext_change", args=[text.pk])).status_code == (
        403 if role == Role.COORDINATOR else 200
    )
