"""What a public page asks is answered by an index, also where SQLite knows nothing of its tables yet."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from articles.models import StudySection
from articles.people import recent_changes
from stemsite.publishing.models import Page, Transition
from studies.study_view import pages_showing
from tests.factories import make_guide, make_study, sign_and_publish

pytestmark = pytest.mark.django_db


def plan_of(call) -> str:
    """How SQLite answers the first question that ``call`` asks."""
    if connection.vendor != "sqlite":
        pytest.skip("PostgreSQL may read a small table whole")
    with CaptureQueriesContext(connection) as asked:
        call()
    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN QUERY PLAN {asked[0]['sql']}")
        return "\n".join(row[3] for row in cursor.fetchall())


def test_a_study_asks_for_the_pages_that_show_it_and_reads_no_others():
    plan = plan_of(lambda: pages_showing(Page(pk=1)))
    assert "SEARCH publishing_page USING INTEGER PRIMARY KEY" in plan
    assert "use_of_object (kind=? AND object_id=?)" in plan


def test_corrections_are_read_newest_first_from_an_index():
    plan = plan_of(recent_changes)
    assert "USING INDEX transition_corrections (change=? AND from_public=?)" in plan
    assert "TEMP B-TREE" not in plan


@pytest.mark.database
def test_a_study_names_live_pages_that_show_it_as_they_are_now(clinic):
    study, other = make_study(), make_study()
    sign_and_publish(study)
    guide = make_guide()
    section = StudySection.objects.create(parent=guide, region="main", ordering=45, study=study)
    assert pages_showing(study) == []
    sign_and_publish(guide)
    assert [page.pk for page in pages_showing(study)] == [guide.pk]
    assert pages_showing(other) == []
    section.delete()
    assert [page.pk for page in pages_showing(study)] == [guide.pk], "readers still see it"
    sign_and_publish(guide, note="A study less.")
    assert pages_showing(study) == []


@pytest.mark.database
def test_only_major_changes_of_what_was_live_are_told(clinic):
    guide = make_guide()
    sign_and_publish(guide, note="First.")
    assert recent_changes() == ()
    for note in ("Second.", "Third."):
        sign_and_publish(guide, note=note)
    assert [told.note for told in recent_changes()] == ["Third.", "Second."]
    assert Transition.objects.filter(page=guide, from_public="live", change="").exists()
