"""Publishing among many: one wins, nobody sees a mixture, nobody waits for ever (PUB-02, 03, 60, 62, 72)."""

import datetime
import threading
import time

import pytest
from django.db import connection, transaction
from django.db.models import F
from django.test import Client
from django.utils import timezone

from articles.models import TextSection
from stemsite.access import Role
from stemsite.audit.models import AuditEvent
from stemsite.audit.recording import first_break, record
from stemsite.clinic.changing import save_clinic
from stemsite.clinic.models import Clinic
from stemsite.publishing import scheduling, workflow
from stemsite.publishing.gate import Refused
from stemsite.publishing.models import Page, Schedule, Transition, Version
from stemsite.serving import store
from studies.integrity import record_event
from tests.factories import (
    make_article,
    make_guide,
    make_plain_page,
    make_reference,
    make_reviewer,
    make_user,
    save_draft,
    sign_and_publish,
)

pytestmark = [pytest.mark.race, pytest.mark.database, pytest.mark.slow]

READERS = 50
SAVERS = 20


def wait_for(condition, seconds=90):
    until = time.monotonic() + seconds
    while not condition() and time.monotonic() < until:
        time.sleep(0.05)


def approve(page, reviewer, html):
    TextSection.objects.filter(parent_id=page.pk).update(html=html)
    version = workflow.saved(page, by=page.created_by)
    workflow.submit(page, by=page.created_by)
    workflow.sign(page, by=reviewer, version_id=version.pk)
    return version


def test_pub_02_and_03_fifty_readers_during_a_publish_get_wholly_the_old_or_the_new_page(real):
    author, reviewer, publisher = make_user(Role.AUTHOR), make_reviewer().user, make_user(Role.PUBLISHER)
    guide = make_guide(by=author)
    sign_and_publish(guide, reviewer=reviewer)
    old = Client().get("/conditions/als/").content
    approve(guide, reviewer, "<p>The newer words of every section.</p>")
    published = threading.Event()
    seen, late, over = [], [], threading.Event()

    def read():
        try:
            while not over.is_set():
                after = published.is_set()
                answer = Client(raise_request_exception=False).get("/conditions/als/")
                (late if after else seen).append((answer.status_code, answer.content))
        finally:
            connection.close()

    readers = [threading.Thread(target=read) for _ in range(READERS)]
    for reader in readers:
        reader.start()
    wait_for(lambda: len(seen) >= READERS)
    workflow.publish(guide, by=publisher, change="major", note="Newer words.")
    published.set()
    wait_for(lambda: len(late) >= READERS)
    over.set()
    for reader in readers:
        reader.join(60)
    store.forget_all()
    new = Client().get("/conditions/als/").content
    assert new != old
    assert min(len(seen), len(late)) >= READERS
    assert {status for status, _ in seen + late} == {200}
    assert {body for _, body in seen} <= {old, new}
    assert {body for _, body in late} == {new}


def test_pub_03_every_list_moves_in_the_same_moment(real):
    article = make_article(title="First title")
    sign_and_publish(article)
    for address in ("/", "/blog/", "/feeds/articles.xml", "/sitemap.xml"):
        Client().get(address)
    article.title = "Second title"
    article.save()
    sign_and_publish(article, note="Renamed.")
    for address in ("/", "/blog/", "/feeds/articles.xml"):
        body = Client().get(address).content
        assert (b"Second title" in body, b"First title" in body) == (True, False)


def save_from(page, seen, html, by):
    """What the form's Save does: compare and swap, rows, version; in one transaction."""
    with transaction.atomic():
        if not Page.objects.filter(pk=page.pk, lock_version=seen).update(lock_version=F("lock_version") + 1):
            return "conflict"
        TextSection.objects.filter(parent_id=page.pk).update(html=html)
        return workflow.saved(page, by=by)


def test_pub_72_of_twenty_parallel_saves_from_one_base_exactly_one_succeeds(real, at_once):
    author = make_user(Role.AUTHOR)
    page = make_guide(by=author)
    save_draft(page)
    calls = [
        lambda number=number: save_from(page, 0, f"<p>Words of saver {number}.</p>", author) for number in range(SAVERS)
    ]
    outcomes = at_once(*calls)
    assert outcomes.count("conflict") == SAVERS - 1, outcomes
    [version] = [outcome for outcome in outcomes if isinstance(outcome, Version)]
    page.refresh_from_db()
    assert (page.lock_version, page.latest_version) == (1, version)


def test_parallel_versions_of_one_page_get_numbers_of_their_own(real, at_once):
    author = make_user(Role.AUTHOR)
    page = make_guide(by=author)
    save_draft(page)

    def save(number):
        with transaction.atomic():
            TextSection.objects.filter(parent_id=page.pk, role="harms").update(html=f"<p>Harms {number}.</p>")
            return workflow.saved(page, by=author).number

    outcomes = at_once(*(lambda number=number: save(number) for number in range(8)))
    assert sorted(outcomes) == list(range(2, 10)), outcomes


def test_of_many_presses_on_publish_one_publishes_and_the_others_are_told(real, at_once):
    author, reviewer = make_user(Role.AUTHOR), make_reviewer().user
    page = make_guide(by=author)
    approve(page, reviewer, "<p>Words.</p>")
    publishers = [make_user(Role.PUBLISHER) for _ in range(6)]
    outcomes = at_once(*(lambda by=by: workflow.publish(page, by=by, change="major") for by in publishers))
    assert sum(isinstance(outcome, Transition) for outcome in outcomes) == 1, outcomes
    assert sum(isinstance(outcome, Refused) for outcome in outcomes) == 5, outcomes
    assert page.transitions.filter(verb="publish").count() == 1


def test_of_two_pages_that_want_one_address_one_gets_it_and_the_other_is_told(real, at_once):
    publisher = make_user(Role.PUBLISHER)
    pages = [make_plain_page(by=publisher, title=f"Page {number}", slug="privacy") for number in range(4)]
    for page in pages:
        save_draft(page)
    outcomes = at_once(*(lambda page=page: workflow.publish(page, by=publisher, change="major") for page in pages))
    assert sum(isinstance(outcome, Transition) for outcome in outcomes) == 1, outcomes
    refused = [outcome for outcome in outcomes if isinstance(outcome, Refused)]
    assert len(refused) == 3, outcomes
    assert all("belongs to" in str(outcome) for outcome in refused)


@transaction.atomic
def rename_clinic():
    """As the admin does it: saved, stored pages forgotten, and only then written down."""
    clinic = Clinic.current()
    save_clinic(clinic)
    time.sleep(0.2)
    record("changed", by=None, obj=clinic)


def test_publishing_withdrawing_and_reviewing_different_pages_never_wait_for_each_other(real, at_once):
    """Locks are taken in one order: page, audit chain, generation; a retraction and a new clinic name join in."""
    reviewer, publisher = make_reviewer().user, make_user(Role.PUBLISHER)
    pages = [make_article(slug=f"page-{number}") for number in range(9)]
    for page in pages:
        sign_and_publish(page, reviewer=reviewer)
    reference = make_reference()
    moving, going, read = pages[:3], pages[3:6], pages[6:]
    for page in moving:
        page.slug = f"{page.slug}-moved"
        page.save()
        approve(page, reviewer, "<p>Newer.</p>")
    outcomes = at_once(
        *(lambda page=page: workflow.publish(page, by=publisher, change="minor") for page in moving),
        *(lambda page=page: workflow.withdraw(page, by=publisher, kind="error", reason="Wrong.") for page in going),
        *(lambda page=page: workflow.reviewed_no_change(page, by=reviewer) for page in read),
        lambda: record_event(reference, kind="corrected", source="pubmed", by=publisher),
        rename_clinic,
    )
    assert not [outcome for outcome in outcomes if isinstance(outcome, Exception)], outcomes
    assert first_break() is None


def test_pub_62_two_workers_at_a_due_time_publish_once(real, at_once):
    author, reviewer, publisher = make_user(Role.AUTHOR), make_reviewer().user, make_user(Role.PUBLISHER)
    pages = [make_article(by=author, slug=f"due-{number}") for number in range(5)]
    for page in pages:
        approve(page, reviewer, "<p>Due.</p>")
        scheduling.schedule_publish(
            page, by=publisher, due_at=timezone.now() + datetime.timedelta(hours=1), change="major"
        )
    Schedule.objects.update(due_at=timezone.now())
    outcomes = at_once(*(scheduling.run_due for _ in range(4)))
    assert sum(outcomes) == 5, outcomes
    assert Transition.objects.filter(verb="publish").count() == 5
    assert set(Schedule.objects.values_list("state", flat=True)) == {"done"}
    assert first_break() is None


def test_pub_65_cancelling_and_falling_due_at_once_end_in_one_of_the_two(real, at_once):
    author, reviewer, publisher = make_user(Role.AUTHOR), make_reviewer().user, make_user(Role.PUBLISHER)
    page = make_article(by=author)
    approve(page, reviewer, "<p>Due.</p>")
    row = scheduling.schedule_publish(
        page, by=publisher, due_at=timezone.now() + datetime.timedelta(hours=1), change="major"
    )
    Schedule.objects.update(due_at=timezone.now())
    cancelled, done = at_once(lambda: scheduling.cancel(row, by=publisher), scheduling.run_due)
    page.refresh_from_db()
    row.refresh_from_db()
    if row.state == "cancelled":
        assert (cancelled, page.draft_state, page.public_state) == (None, "approved", "nothing")
    else:
        assert (row.state, done, page.public_state) == ("done", 1, "live")
        assert isinstance(cancelled, Refused)


def test_many_events_at_once_leave_the_audit_chain_whole(real, at_once):
    outcomes = at_once(*(lambda number=number: record("seen", by=None, number=number) for number in range(16)))
    assert not [outcome for outcome in outcomes if isinstance(outcome, Exception)], outcomes
    assert AuditEvent.objects.count() == 16
    assert first_break() is None
