"""Many pages at once, item by item, and what the index says besides pages (PUB-112, PUB-114, PUB-119, PUB-123)."""

import datetime

import pytest
from django.utils import timezone

from stemsite.access import Role
from stemsite.publishing import workflow
from stemsite.publishing.models import Page
from stemsite.tasks.models import Job, PeriodicRun
from tests.factories import make_article, make_guide, make_user, save_draft, sign_and_publish
from tests.staff_forms import signed_in

pytestmark = pytest.mark.django_db

LIST = "/admin/publishing/page/"


@pytest.fixture
def pages(clinic, author):
    """A draft, one in review, and a live one."""
    draft, waiting, live = make_article(by=author), make_article(by=author), make_guide(by=author)
    for page in (draft, waiting):
        save_draft(page)
    workflow.submit(waiting, by=author)
    sign_and_publish(live)
    return [draft, waiting, live]


def press(client, action, pages, **more):
    data = {"action": action, "_selected_action": [page.pk for page in pages], **more}
    return client.post(LIST, data)


def test_pub_114_submitting_many_says_of_each_what_became_of_it(pages, publisher):
    empty = Page.objects.get(pk=pages[0].pk)
    Page.objects.filter(pk=empty.pk).update(summary="")
    more = make_article()
    save_draft(more)
    answer = press(signed_in(publisher), "submit_many", [*pages, more])
    said = answer.content.decode()
    assert answer.status_code == 200
    assert "2 of 4 done" in said
    assert "The summary is missing" in said
    assert "the step was already taken" in said
    states = dict(Page.objects.values_list("pk", "draft_state"))
    assert (states[more.pk], states[empty.pk]) == ("in review", "draft")


def test_pub_114_throwing_many_away_wants_the_number_typed_and_leaves_the_live_one(pages, publisher):
    client = signed_in(publisher)
    assert "Type the number" in press(client, "trash_many", pages).content.decode()
    wrong = press(client, "trash_many", pages, **{"bulk-go": "yes", "bulk-typed": "2"})
    assert (wrong.status_code, Page.objects.in_trash().count()) == (422, 0)
    said = press(client, "trash_many", pages, **{"bulk-go": "yes", "bulk-typed": "3"}).content.decode()
    assert "1 of 3 done" in said
    assert "Withdraw it first" in said
    assert "Recall it first" in said
    assert [page.pk for page in Page.objects.in_trash()] == [pages[0].pk]


def test_pub_119_keeper_and_reviewer_are_given_to_many_and_cause_no_conflict(pages, publisher, reviewer):
    client = signed_in(publisher)
    before = list(Page.objects.values_list("lock_version", flat=True))
    chosen = {"bulk-go": "yes", "bulk-keeper": publisher.pk, "bulk-reviewer": reviewer.pk}
    assert "3 of 3 done" in press(client, "assign_many", pages, **chosen).content.decode()
    assert "0 of 3 done" in press(client, "assign_many", pages, **chosen).content.decode()
    assert set(Page.objects.values_list("keeper", "reviewer")) == {(publisher.pk, reviewer.pk)}
    assert list(Page.objects.values_list("lock_version", flat=True)) == before
    wrong = press(client, "assign_many", pages, **{"bulk-go": "yes", "bulk-reviewer": publisher.pk})
    assert "is no medical reviewer" in wrong.content.decode()
    assert press(client, "assign_many", pages, **{"bulk-go": "yes"}).status_code == 422


def test_pub_42_each_role_finds_its_acts_and_an_author_reaches_only_their_own(pages, author):
    client = signed_in(author)
    page = client.get(LIST).content.decode()
    assert ("trash_many" in page, "assign_many" in page) == (True, False)
    stranger = make_article()
    save_draft(stranger)
    press(client, "trash_many", [stranger], **{"bulk-go": "yes", "bulk-typed": "1"})
    press(client, "assign_many", [pages[0]], **{"bulk-go": "yes", "bulk-keeper": author.pk})
    assert not Page.objects.in_trash().exists()
    assert Page.objects.get(pk=pages[0].pk).keeper_id is None
    assert "trash_many" not in signed_in(make_user(Role.COORDINATOR)).get(LIST).content.decode()


def test_pub_112_the_index_counts_what_failed_and_each_number_leads_to_its_rows(pages, publisher, author):
    now = timezone.now()
    Job.objects.create(task="x.y", lane="long", state="failed", finished_at=now)
    PeriodicRun.objects.create(name="nightly", due_at=now, last_error="Trouble")
    PeriodicRun.objects.create(name="hourly", due_at=now)
    client = signed_in(publisher)
    index = client.get("/admin/")
    numbers = {line.label: line for line in index.context["watched"].lines}
    assert numbers["Failed jobs"].number == 1
    assert numbers["Regular jobs that failed last time"].number == 1
    for line in (line for line in numbers.values() if "changelist" in line.url or "?" in line.url):
        assert client.get(line.url).context["cl"].queryset.count() == line.number, line.label
    shown = {line.label for line in signed_in(author).get("/admin/").context["watched"].lines}
    assert not {"Failed jobs", "Letters that could not be delivered"} & shown


@pytest.mark.parametrize(("days", "shown"), [("1", True), ("30", True), ("60", False), ("x", True)])
def test_pub_123_the_board_filters_by_how_late_a_review_is(pages, publisher, days, shown):
    due = timezone.localdate() - datetime.timedelta(days=45)
    Page.objects.filter(pk=pages[2].pk).update(review_due_on=due)
    listed = signed_in(publisher).get(f"{LIST}?overdue={days}").context["cl"].queryset
    assert (pages[2].pk in {page.pk for page in listed}) is shown
