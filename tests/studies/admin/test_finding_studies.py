"""Staff find a study by words of its title and by its registrations, each once."""

import pytest

from stemsite.access import Role
from studies.models import Study
from tests.factories import make_study, make_user
from tests.staff_forms import signed_in

pytestmark = [pytest.mark.django_db, pytest.mark.database]


@pytest.fixture
def client(clinic):
    return signed_in(make_user(Role.AUTHOR, Role.PUBLISHER))


@pytest.fixture
def studies():
    sought, other = make_study(title="Lithium in early disease"), make_study(title="Lithium in late disease")
    for number in ("NCT01234567", "EUCTR2012-000123-10"):
        sought.registrations.create(number=number)
    other.registrations.create(number="NCT07654321")
    return sought, other


@pytest.mark.parametrize(
    "words", ["NCT01234567", "nct0123", "2012-000123", "early lithium", "lithium NCT0123", "NCT01234567 2012-000123"]
)
def test_by_its_numbers_and_by_words_of_its_title(client, studies, words):
    sought, _ = studies
    shown = client.get("/admin/studies/study/", {"q": words}).context["cl"]
    assert [row.pk for row in shown.result_list] == [sought.pk]
    assert shown.result_count == 1


def test_words_that_stand_in_no_single_study_find_none(client, studies):
    assert not client.get("/admin/studies/study/", {"q": "late NCT01234567"}).context["cl"].result_count


def test_both_are_listed_once_where_words_fit_both(client, studies):
    shown = client.get("/admin/studies/study/", {"q": "lithium"}).context["cl"].result_list
    assert {row.pk for row in shown} == {study.pk for study in studies}
    assert len(shown) == Study.objects.count() == 2


def test_a_study_is_offered_where_one_is_chosen(client, studies):
    sought, _ = studies
    asked = {"term": "NCT01234567", "app_label": "leads", "model_name": "packet", "field_name": "studies"}
    answer = client.get("/admin/autocomplete/", asked)
    assert [each["id"] for each in answer.json()["results"]] == [str(sought.pk)]
