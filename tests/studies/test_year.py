"""The year of a study comes from its paper, else from the start of its registration, never from the news (EVD-85)."""

from __future__ import annotations

import datetime
import json
from pathlib import Path

import pytest
from django.apps import apps
from django.db import IntegrityError, connection, transaction
from django.db.migrations.executor import MigrationExecutor

from stemsite.publishing.content import content_hash, dump
from stemsite.publishing.families import content_of
from stemsite.publishing.gate import findings
from studies.content import study_content
from studies.dating import year_of
from studies.freezing import freeze_study
from studies.models import Coverage, Reference, Registration
from tests.factories import make_reference, make_study, save_draft, sign_and_publish
from tests.staff_forms import signed_in

SAMPLE = Path(__file__).resolve().parents[1] / "samples" / "versions" / "study-1.json"


def paper(**fields) -> Reference:
    return Reference(**{"kind": "journal", "authors": [["Stone", "Ann"]], "year": 2022, **fields})


def registered(number: str, year: int | None) -> Registration:
    return Registration(number=number, started_in=year)


@pytest.mark.parametrize(
    ("primary", "registrations", "year"),
    [
        (paper(), [registered("NCT1", 2016)], 2022),
        (paper(kind="preprint", year=2021), [], 2021),
        (paper(year=None), [registered("NCT1", 2016)], 2016),
        (None, [registered("NCT1", None), registered("NCT2", 2018), registered("NCT3", 2017)], 2017),
        (paper(kind="registration", year=2014), [registered("NCT1", 2016)], 2016),
        (paper(kind="news", year=2024), [], None),
        (paper(kind="web", year=2024), [registered("NCT1", 2016)], 2016),
        (None, [], None),
    ],
)
def test_evd_85_the_year_is_that_of_the_paper_else_of_the_start(primary, registrations, year):
    assert year_of(primary, registrations).value == year


def test_evd_85_where_the_year_comes_from_is_said():
    assert str(year_of(paper(), [])) == "2022, when the primary paper was published (Stone 2022)"
    assert str(year_of(None, [registered("NCT1", 2016)])) == "2016, when the study started, as registered (NCT1)"
    assert str(year_of(None, [])).startswith("Not known")


@pytest.mark.django_db
@pytest.mark.database
class TestStored:
    def test_evd_85_readers_get_the_year_of_the_paper_and_not_of_the_news(self, clinic, client):
        study = make_study(study_year=2019)
        Coverage.objects.create(
            study=study, outlet="Example News", headline="A step", published_on=datetime.date(2024, 5, 1)
        )
        sign_and_publish(study)
        assert content_of(study, study.live_version).year == 2019
        assert '<p class="kicker">2019' in client.get(study.live_path).content.decode()

    def test_evd_85_a_corrected_paper_moves_the_draft_and_no_public_byte(self, clinic, client):
        study = make_study(study_year=2019)
        sign_and_publish(study)
        before = client.get(study.live_path).content
        study.primary.year = 2018
        study.primary.save()
        study.refresh_from_db()
        assert freeze_study(study).year == 2018
        assert content_of(study, study.live_version).year == 2019
        assert client.get(study.live_path).content == before

    def test_evd_85_a_study_without_a_year_is_warned_of_and_not_blocked(self, clinic):
        study = make_study(primary=make_reference(kind="registration", registry_id="NCT01234567", year=2011))
        found = findings(study, freeze_study(study))
        assert [(one.severity, one.rule) for one in found if one.rule == "EVD-85"] == [("warn", "EVD-85")]
        study.registrations.update(started_in=2012)
        assert freeze_study(study).year == 2012
        assert not [one for one in findings(study, freeze_study(study)) if one.rule == "EVD-85"]

    def test_evd_85_the_database_refuses_an_impossible_start(self, clinic):
        study = make_study()
        with pytest.raises(IntegrityError), transaction.atomic():
            study.registrations.update(started_in=12)

    def test_evd_85_staff_read_the_year_and_its_source_and_cannot_type_it(self, clinic, author):
        study = make_study(by=author, study_year=2017)
        save_draft(study)
        page = signed_in(author).get(f"/admin/studies/study/{study.pk}/change/").content.decode()
        assert f"2017, when the primary paper was published ({study.primary.short})" in page
        assert 'name="study_year"' not in page
        assert 'name="registrations-0-started_in"' in page
        listed = signed_in(author).get("/admin/studies/study/").content.decode()
        assert '<td class="field-year">2017</td>' in listed

    def test_evd_85_pub_28_a_version_with_a_typed_year_keeps_it_and_its_hash(self):
        """The shape did not change: what is not known is left out, so stored versions read and hash as they did."""
        stored = json.loads(SAMPLE.read_text())
        found = study_content(stored)
        assert (found.schema, found.year) == (1, 2020)
        assert content_hash(dump(found)) == content_hash(stored)


@pytest.mark.django_db(transaction=True)
@pytest.mark.database
def test_evd_85_a_typed_year_moves_to_the_registration_where_the_paper_says_none(clinic):
    """The migration's own step, on rows of today's tables under the old names."""
    from importlib import import_module

    paperless = make_study(primary=make_reference(kind="registration", registry_id="NCT07654321", year=2011))
    published = make_study(study_year=2019)
    move = import_module("studies.migrations.0017_year_is_derived").move
    executor = MigrationExecutor(connection)
    old = executor.loader.project_state([("studies", "0016_title_as_printed")]).apps
    assert "study_year" in {field.name for field in old.get_model("studies", "Study")._meta.get_fields()}
    assert "started_in" not in {field.name for field in old.get_model("studies", "Registration")._meta.get_fields()}
    with connection.schema_editor() as editor:
        column = old.get_model("studies", "Study")._meta.get_field("study_year")
        editor.add_field(apps.get_model("studies", "Study"), column)
    try:
        halfway = executor.loader.project_state([("studies", "0016_title_as_printed")])
        operations = import_module("studies.migrations.0017_year_is_derived").Migration.operations
        operations[0].state_forwards("studies", halfway)
        halfway.apps.get_model("studies", "Study").objects.update(study_year=2013)
        move(halfway.apps, None)
    finally:
        with connection.schema_editor() as editor:
            editor.remove_field(apps.get_model("studies", "Study"), column)
    assert list(paperless.registrations.values_list("started_in", flat=True)) == [2013]
    assert list(published.registrations.values_list("started_in", flat=True)) == [None]
    assert paperless.year.value == 2013 and published.year.value == 2019
