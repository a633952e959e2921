import pytest

from tests.factories import make_guide, make_plain_page, make_study, publish, sign_and_publish

pytestmark = pytest.mark.django_db


def test_a_guide_goes_live_by_the_workflow(clinic):
    guide = make_guide()
    sign_and_publish(guide)
    assert guide.live_path == "/conditions/als/"


def test_a_study_goes_live_by_the_workflow(clinic):
    study = make_study()
    sign_and_publish(study)
    assert study.is_live


def test_a_plain_page_needs_no_reviewer(clinic):
    page = make_plain_page()
    publish(page)
    assert page.is_live
