"""Conditions and treatments in the admin."""

from __future__ import annotations

import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse

from stemsite import kept
from stemsite.access import Role
from studies import drift as drifting
from studies.admin import moved
from studies.drift import drift
from tests.factories import make_condition, make_guide, make_intervention, make_study, sign_and_publish
from tests.staff import save, signed_in
from tests.stored import keep, stored

pytestmark = [pytest.mark.django_db, pytest.mark.database]


@pytest.fixture
def staff():
    return signed_in(Role.PUBLISHER)


def test_a_new_regulatory_status_lists_the_pages_that_carry_the_older_one(clinic, staff):
    """PUB-52: live words stay until people publish anew; nothing stored is dropped (PUB-01, PUB-03)."""
    treatment = make_intervention()
    guide, other = make_guide(), make_study()
    guide.interventions.set([treatment])
    sign_and_publish(guide)
    sign_and_publish(other)
    before = keep(guide.live_path, other.live_path)

    address = reverse("admin:studies_intervention_change", args=[treatment.pk])
    answer = staff.post(address, follow=True, data={**_form(staff, address), "status": "discontinued"})

    assert "One live page keeps printing this as it was when published" in answer.content.decode()
    assert stored() == set(before)
    assert keep(*before) == before
    [found] = drift("intervention", [treatment.pk])
    assert (found.page, found.printed) == (guide.pk, f"{treatment.name}: Not approved by the FDA")
    assert found.today.endswith("development stopped")
    assert guide.title in staff.get(address).content.decode()


def _form(staff, address):
    from tests.staff import form_data

    return form_data(staff.get(address))


def test_saving_a_treatment_unchanged_lists_nothing(clinic, staff):
    guide = make_guide()
    sign_and_publish(guide)
    treatment = guide.interventions.get()
    save(staff, reverse("admin:studies_intervention_change", args=[treatment.pk]))
    treatment.save()
    assert list(drift("intervention")) == []


def test_a_condition_described_anew_is_found_on_the_pages_that_describe_it_as_before(clinic, staff):
    guide = make_guide()
    sign_and_publish(guide)
    condition = guide.conditions.get()
    save(staff, reverse("admin:studies_condition_change", args=[condition.pk]), symptoms="Weakness")
    [found] = drift("condition")
    assert (found.page, found.printed.endswith("(with other details)")) == (guide.pk, True)


def test_of_many_pages_some_are_shown_and_no_more_are_read(clinic, staff, monkeypatch):
    """A condition may stand on ten thousand pages."""
    guide = make_guide()
    sign_and_publish(guide)
    condition = guide.conditions.get()
    for number in range(4):
        other = make_guide(slug=f"als-{number}", title=f"Guide {number}")
        other.conditions.set([condition])
        sign_and_publish(other)
    read = []
    parsed = drifting.parsed
    monkeypatch.setattr(drifting, "parsed", lambda *found: read.append(found) or parsed(*found))
    monkeypatch.setattr(drifting, "AT_ONCE", 2)
    monkeypatch.setattr(moved, "SHOWN", 2)
    monkeypatch.setattr(kept, "SHOWN", 2)
    address = reverse("admin:studies_condition_change", args=[condition.pk])
    answer = staff.post(address, follow=True, data={**_form(staff, address), "symptoms": "Weakness"})
    assert "More than 2 live pages keep printing this" in answer.content.decode()
    read.clear()
    shown = staff.get(address).content.decode()
    assert "and more pages" in shown and "and 3 more" in shown and len(read) == 3
    refused = staff.get(reverse("admin:studies_condition_delete", args=[condition.pk])).content.decode()
    assert "and 8 more" in refused, "five live pages and their five drafts"


@pytest.mark.parametrize("name", ["conditions", "interventions"])
def test_terms_that_a_draft_names_are_kept(clinic, name):
    """PUB-23: before any version was saved, too."""
    term = getattr(make_guide(), name).get()
    with pytest.raises(ValidationError, match="What is ALS"):
        term.delete()


def test_unused_terms_can_be_deleted(staff):
    for name, term in (("condition", make_condition()), ("intervention", make_intervention())):
        staff.post(reverse(f"admin:studies_{name}_delete", args=[term.pk]), {"post": "yes"})
        assert not type(term).objects.exists()
