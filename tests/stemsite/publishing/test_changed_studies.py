"""PUB-11: a study published after a page was signed is listed with its difference until somebody closes it."""

import pytest

from articles.models import StudySection
from stemsite.access import Role
from stemsite.audit.models import AuditEvent
from stemsite.publishing import changed_studies
from stemsite.publishing.gate import Refused, Stale
from stemsite.publishing.models import Page
from tests.factories import make_guide, make_study, make_user, sign_and_publish
from tests.staff_forms import signed_in

pytestmark = [pytest.mark.django_db, pytest.mark.database]


@pytest.fixture
def pair(clinic):
    """A guide and the study that it shows, both live."""
    study = make_study()
    sign_and_publish(study)
    guide = make_guide()
    StudySection.objects.create(parent=guide, region="main", ordering=55, study=study)
    sign_and_publish(guide)
    return guide, study


def republish(study):
    study.summary = f"{study.summary[:100]} Now counted again."
    study.save()
    sign_and_publish(study, note="We counted again.")


def listed(user):
    return [(one.page.pk, one.study.pk) for one in changed_studies.changed(user)]


def test_a_study_published_after_the_signature_is_listed_with_its_difference(pair, publisher):
    guide, study = pair
    assert listed(publisher) == []
    republish(study)
    assert listed(publisher) == [(guide.pk, study.pk)]
    screen = signed_in(publisher).get("/admin/changed/").content.decode()
    assert guide.title in screen
    assert "Now counted again." in screen
    lines = {line.label: line.number for line in signed_in(publisher).get("/admin/").context["watched"].lines}
    assert lines["Study changed since sign-off"] == 1


def test_seen_still_right_closes_it_is_audited_and_the_next_change_opens_it_again(pair, publisher):
    guide, study = pair
    republish(study)
    now = Page.objects.get(pk=study.pk).live_version_id
    client = signed_in(publisher)
    address = f"/admin/changed/{guide.pk}/{now}/"
    assert client.get(address).status_code == 405
    assert client.post(address).status_code == 303
    assert listed(publisher) == []
    assert AuditEvent.objects.get(verb="study seen, page still right").detail == {"study_version": now}
    assert client.post(address).status_code == 303
    with pytest.raises(Stale):
        changed_studies.still_right(guide, by=publisher, study_version_id=now)
    republish(study)
    assert listed(publisher) == [(guide.pk, study.pk)]


def test_a_new_signature_under_the_page_closes_it_too(pair, publisher):
    guide, study = pair
    republish(study)
    guide.summary = "Another sentence."
    guide.save()
    sign_and_publish(guide, note="We looked.")
    assert listed(publisher) == []


def test_each_sees_the_pages_they_may_see(pair, reviewer):
    guide, study = pair
    republish(study)
    assert listed(reviewer) == [(guide.pk, study.pk)]
    assert listed(make_user(Role.AUTHOR)) == []
    assert listed(guide.created_by) == [(guide.pk, study.pk)]
    coordinator = make_user(Role.COORDINATOR)
    now = Page.objects.get(pk=study.pk).live_version_id
    assert signed_in(coordinator).post(f"/admin/changed/{guide.pk}/{now}/").status_code == 403
    with pytest.raises(Refused):
        changed_studies.still_right(guide, by=coordinator, study_version_id=now)
