"""An identifier has one stored form, is nobody else's, and a trial number is that of a registration (EVD-02)."""

from __future__ import annotations

from importlib import import_module

import pytest
from django.apps import apps
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.urls import reverse

from stemsite.access import Role
from studies.models import Reference
from tests.factories import make_reference
from tests.staff import save, signed_in

pytestmark = [pytest.mark.django_db, pytest.mark.database]


@pytest.mark.parametrize(
    ("field", "typed", "stored"),
    [
        ("doi", " https://doi.org/10.1000/ABC.7 ", "10.1000/abc.7"),
        ("doi", "doi:10.1016/S0140-6736(97)11096-0", "10.1016/s0140-6736(97)11096-0"),
        ("pmid", "0012345", "12345"),
        ("pmcid", "pmc7456414.1", "PMC7456414"),
        ("doi", "  ", None),
    ],
)
def test_evd_02_whatever_is_pasted_has_one_stored_form(field, typed, stored):
    reference = make_reference(**{"doi": None, field: typed})
    reference.refresh_from_db()
    assert getattr(reference, field) == stored


@pytest.mark.parametrize(
    ("field", "typed"), [("doi", "11.1000/x"), ("doi", "10.1000"), ("pmid", "0"), ("pmid", "p 12"), ("pmcid", "PMX12")]
)
def test_evd_02_what_is_no_identifier_is_refused_with_an_example(field, typed):
    with pytest.raises(ValidationError, match=r"written like|a number of one to eight"):
        make_reference(**{"doi": None, field: typed})


@pytest.mark.parametrize(
    "values",
    [
        {"doi": ""}, {"doi": "10.1000/ABC"}, {"doi": "10.1000/a b"}, {"doi": "doi:10.1000/a"}, {"pmid": "012"},
        {"pmid": "12a"}, {"pmid": ""}, {"pmcid": "123"}, {"pmcid": "PMC1.2"}, {"registry_id": "NCT01234567"},
        {"registry_id": "", "kind": "registration"}, {"registry_id": "NCT 1", "kind": "registration"},
    ],
)  # fmt: skip
def test_evd_02_the_database_itself_refuses_another_form(values):
    reference = make_reference()
    with pytest.raises(IntegrityError), transaction.atomic():
        Reference.objects.filter(pk=reference.pk).update(**values)


@pytest.mark.parametrize(
    ("field", "value", "name"),
    [
        ("doi", "10.1000/one", "DOI"),
        ("pmid", "123", "PMID"),
        ("pmcid", "PMC123", "PMCID"),
        ("registry_id", "NCT01234567", "registry number"),
    ],
)
def test_evd_02_the_message_names_the_reference_that_has_it_already(field, value, name):
    fields = {"doi": None, "kind": "registration" if field == "registry_id" else "journal", field: value}
    first = make_reference(**fields)
    with pytest.raises(ValidationError) as refused:
        make_reference(**fields)
    assert refused.value.message_dict == {field: [f"“{first}” has this {name} already."]}
    with pytest.raises(IntegrityError), transaction.atomic():
        second = make_reference(**{**fields, field: None})
        Reference.objects.filter(pk=second.pk).update(**{field: value})
    Reference.objects.filter(pk=first.pk).update(is_retired=True)
    assert make_reference(**fields).pk, "a retired reference holds on to nothing"


def test_evd_02_staff_are_told_in_the_form_beside_the_field():
    first = make_reference(doi="10.1000/one")
    client = signed_in(Role.PUBLISHER)
    answer = save(client, reverse("admin:studies_reference_add"), title="Another", doi="https://doi.org/10.1000/ONE")
    assert answer.status_code == 200
    assert answer.context["adminform"].form.errors == {"doi": [f"“{first}” has this DOI already."]}


def test_evd_02_a_paper_never_takes_the_number_of_its_trial():
    with pytest.raises(ValidationError, match="identifies a registration"):
        make_reference(registry_id="NCT01234567")


def test_evd_02_the_migration_keeps_what_it_takes_away():
    kept = make_reference(doi="10.1000/one")
    settle = import_module("studies.migrations.0021_identifiers_have_a_form")._settled
    odd = Reference(kind="journal", doi="https://doi.org/10.1000/TWO", pmid="007", registry_id="NCT01234567")
    assert dict(settle(odd)) == {"doi": "10.1000/two", "pmid": "7", "registry_id": None}
    assert dict(settle(kept)) == {}
    import_module("studies.migrations.0021_identifiers_have_a_form").settle(apps, None)
    kept.refresh_from_db()
    assert (kept.doi, kept.note) == ("10.1000/one", "")
