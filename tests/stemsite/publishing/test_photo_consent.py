"""PUB-104: a patient is shown only while their recorded consent holds; else nothing is published."""

import datetime

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone

from articles.models import FigureSection
from stemsite.publishing import workflow
from stemsite.publishing.gate import Refused
from stemsite.publishing.photo_consent import pages_without_consent
from tests.factories import make_plain_page, publish, save_draft
from tests.staff import save
from tests.staff_forms import signed_in

pytestmark = [pytest.mark.django_db, pytest.mark.database]

DAY = datetime.timedelta(days=1)


@pytest.fixture
def today():
    return timezone.localdate()


@pytest.fixture
def shown(clinic, picture, today):
    """A page with the photograph of a patient who has agreed to it for a year."""
    photo = picture("A man at a window").picture
    photo.shows_patient, photo.consent_on, photo.consent_until = True, today - DAY, today + 365 * DAY
    photo.consent_kept = "folder 12"
    photo.full_clean()
    photo.save()
    page = make_plain_page(slug="our-rooms")
    FigureSection.objects.create(parent=page, region="main", ordering=20, picture=photo, alt="A man at a window.")
    save_draft(page)
    return page, photo


def change(photo, **values):
    for name, value in values.items():
        setattr(photo, name, value)
    photo.save()


def test_with_a_consent_that_holds_the_page_goes_live_and_nothing_is_listed(shown):
    page, _ = shown
    publish(page)
    assert list(pages_without_consent()) == []


@pytest.mark.parametrize("what", ["never given", "expired", "withdrawn"])
def test_without_one_publishing_stops_and_live_pages_are_listed(shown, publisher, today, what):
    page, photo = shown
    publish(page)
    lost, says = {
        "never given": ({"consent_on": None, "consent_until": None}, "no consent is recorded"),
        "expired": ({"consent_on": today - 9 * DAY, "consent_until": today - DAY}, "the consent ended on"),
        "withdrawn": ({"consent_withdrawn_on": today}, "the consent was withdrawn on"),
    }[what]
    change(photo, **lost)
    page.summary = "Another sentence."
    page.save()
    save_draft(page)
    with pytest.raises(Refused, match=says):
        workflow.publish(page, by=publisher, change="minor")
    [line] = pages_without_consent()
    assert (line.label, says in line.why) == (page.title, True)
    assert says in signed_in(publisher).get("/admin/reports/").content.decode()


def test_a_withdrawal_that_lies_ahead_stops_nothing_yet(shown, today):
    page, photo = shown
    change(photo, consent_withdrawn_on=today + DAY)
    publish(page)


@pytest.mark.parametrize(
    "wrong",
    [
        {"consent_until": None},
        {"consent_until": datetime.date(2000, 1, 1)},
        {"consent_kept": ""},
        {"consent_on": None, "consent_withdrawn_on": datetime.date(2027, 1, 1)},
        {"consent_withdrawn_on": datetime.date(2000, 1, 1)},
    ],
)
def test_the_database_keeps_consents_whole(shown, wrong):
    _, photo = shown
    for name, value in wrong.items():
        setattr(photo, name, value)
    with pytest.raises(ValidationError):
        photo.full_clean()
    with pytest.raises(IntegrityError), transaction.atomic():
        photo.save()


def test_it_is_recorded_in_the_picture_library(shown, publisher, today):
    _, photo = shown
    client = signed_in(publisher)
    answer = save(client, f"/admin/images/picture/{photo.pk}/change/", consent_withdrawn_on=f"{today:%Y-%m-%d}")
    assert answer.status_code == 302
    photo.refresh_from_db()
    assert photo.consent_withdrawn_on == today
