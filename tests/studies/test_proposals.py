"""EVD-18: a study begun from a record stays a draft until a person has confirmed each value."""

from __future__ import annotations

import json

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone

from stemsite.access import Role
from stemsite.publishing import workflow
from stemsite.publishing.gate import Refused, findings
from studies.freezing import freeze_study
from studies.importing.values import values_of
from studies.keeping import keep
from studies.models import ProposedValue, Reference, Study
from studies.proposals import confirm, propose_study, unconfirmed, why_not
from studies.sources.base import Author, StudyRecord
from studies.sources.ctgov_json import record as trial_record
from tests.factories import make_reference, make_study, make_user, make_wordings
from tests.staff import signed_in

pytestmark = [pytest.mark.django_db, pytest.mark.database]


@pytest.fixture
def registration(samples) -> Reference:
    found = trial_record(json.loads((samples / "trial.json").read_text())["studies"][0])
    keep(found, source="ClinicalTrials.gov")
    reference = Reference(**{**values_of(found), "updated_on": "2021-06-01"})
    reference.full_clean()
    reference.save()
    return reference


@pytest.fixture
def study(registration, author) -> Study:
    make_wordings()
    return propose_study(registration, by=author)


def blocking(study: Study) -> list[str]:
    found = findings(study, freeze_study(study))
    return [one.message for one in found if one.severity == "block" and one.rule == "EVD-18"]


def test_a_record_begins_a_draft_and_nothing_more(study, registration, author):
    assert (study.public_state, study.draft_state) == ("nothing", "draft")
    assert (study.design, study.phase, study.primary) == ("randomised", "1/2", registration)
    assert study.facts.get(kind="deaths").of == 33
    assert study.registrations.get().number == "NCT09999905"
    rows = ProposedValue.objects.filter(study=study)
    assert rows.count() >= 12 and not rows.exclude(record__source="ClinicalTrials.gov").exists()


def test_nothing_is_submitted_before_each_value_is_confirmed(study, author):
    [message] = blocking(study)
    assert "Design" in message and "Deaths" in message
    with pytest.raises(Refused, match="not confirmed by anybody"):
        workflow.submit(study, by=author)
    waiting = [row.place for row in unconfirmed(study.pk, freeze_study(study))]
    assert confirm(study, waiting[1:], by=author) == len(waiting) - 1
    assert len(blocking(study)) == 1
    confirm(study, waiting[:1], by=author)
    assert blocking(study) == []


def test_what_a_person_changed_needs_no_confirming(study):
    Study.objects.filter(pk=study.pk).update(design="controlled")
    study.facts.filter(kind="enrolled").update(people=60)
    study.registrations.update(status="Completed")
    study = Study.objects.get(pk=study.pk)
    left = {row.place for row in unconfirmed(study.pk, freeze_study(study))}
    assert not left & {"design", "fact:enrolled", "registration:NCT09999905"} and "phase" in left


def test_a_trial_has_one_study(registration, study, author):
    """EVD-14: the registration again, or a paper of the same trial, leads to the study there is."""
    with pytest.raises(Refused, match="is the study of this source or of its trial"):
        propose_study(registration, by=author)
    paper = StudyRecord(
        id="pmid:90000061", pmid="90000061", source="PubMed", title="Quiet cells: results", nct=("NCT09999905",),
        authors=(Author(family="Stone", given="A"),), journal="J Quiet", years=(2023,),
        pub_types=("Randomized Controlled Trial",),
    )  # fmt: skip
    keep(paper, source="PubMed")
    assert "its trial" in why_not(make_reference(pmid="90000061", doi=None))


def test_a_paper_takes_design_from_itself_and_people_from_its_registration(registration, author):
    make_wordings()
    paper = StudyRecord(
        id="pmid:90000061", pmid="90000061", source="PubMed", title="Quiet cells: <script>results",
        nct=("NCT09999905",),
        authors=(Author(family="Stone", given="A"),), journal="J Quiet", years=(2023,),
        pub_types=("Randomized Controlled Trial",),
    )  # fmt: skip
    keep(paper, source="PubMed")
    study = propose_study(make_reference(pmid="90000061", doi=None), by=author)
    assert (study.venue, study.has_results) == ("J Quiet", True)
    rows = {row.place: row.record.source for row in study.proposed.select_related("record")}
    assert (rows["design"], rows["fact:enrolled"]) == ("PubMed", "ClinicalTrials.gov")
    assert rows["registration:NCT09999905"] == "ClinicalTrials.gov"


def test_no_record_or_no_study_begins_nothing(author):
    unknown = make_reference()
    with pytest.raises(Refused, match="No registry's record"):
        propose_study(unknown, by=author)
    keep(StudyRecord(doi=unknown.doi, source="PubMed", title="Words", pub_types=("Editorial",)), source="PubMed")
    with pytest.raises(Refused, match="This is an editorial"):
        propose_study(unknown, by=author)
    assert not Study.objects.exists()


def test_the_screen_shows_each_value_with_its_source_and_one_press_confirms_what_is_ticked(registration):
    make_wordings()
    client = signed_in(Role.AUTHOR)
    check = client.get(reverse("admin:studies_reference_check", args=[registration.pk])).content.decode()
    assert "Begin a study from the record" in check
    begun = client.post(reverse("admin:studies_propose", args=[registration.pk]))
    study = Study.objects.get()
    address = reverse("admin:studies_study_proposed", args=[study.pk])
    assert (begun.status_code, begun["Location"]) == (303, address)
    page = client.get(address).content.decode()
    assert "Enrollment: 66 (planned)" in page and "○ not confirmed" in page and "Stone A. 2023" in page
    assert client.post(address, {"place": ["design", "no such place"]}).status_code == 303
    assert "Randomized controlled trial" in client.get(address).content.decode()
    assert study.proposed.get(place="design").confirmed_by == client.user
    form = client.get(reverse("admin:studies_study_change", args=[study.pk])).content.decode()
    assert "Not confirmed: Official title" in form and address in form


def test_who_may_not_begin_or_edit_is_refused(registration, study):
    address = reverse("admin:studies_study_proposed", args=[study.pk])
    assert signed_in(Role.COORDINATOR).get(address).status_code == 403
    assert signed_in(Role.AUTHOR).post(address, {"place": "design"}).status_code == 403
    assert signed_in(Role.REVIEWER).post(reverse("admin:studies_propose", args=[registration.pk])).status_code == 403
    assert not study.proposed.exclude(confirmed_at=None).exists()


def test_a_confirmation_names_who_made_it(study):
    with pytest.raises(IntegrityError), transaction.atomic():
        study.proposed.update(confirmed_at=timezone.now())


def test_a_study_that_was_typed_waits_for_no_confirmation():
    assert blocking(make_study(by=make_user(Role.AUTHOR))) == []
