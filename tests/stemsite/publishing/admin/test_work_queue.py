"""The index as a work queue, and lists that stay fast (PUB-66, PUB-112 in part, PUB-113)."""

import datetime

import lxml.html
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from stemsite.access import Role
from stemsite.publishing import scheduling, workflow
from stemsite.publishing.models import Page, Schedule
from stemsite.publishing.queues import QUEUES, queue, waiting_for
from stemsite.tasks.models import Heartbeat
from tests.factories import make_article, make_reviewer, make_study, make_user, save_draft, sign_and_publish
from tests.staff_forms import signed_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def editor(clinic):
    return make_user(Role.AUTHOR, Role.PUBLISHER)


@pytest.fixture
def house(editor):
    """Pages in every queue, some of them the editor's own."""
    other = make_user(Role.AUTHOR)
    reviewer = make_reviewer().user
    for by in (editor, other):
        save_draft(make_article(by=by))
        workflow.submit(make_study(by=by), by=by)
        returned = make_article(by=by)
        workflow.submit(returned, by=by)
        workflow.request_changes(returned, by=reviewer, reason="More words.")
    scheduled = _approved(editor, reviewer)
    scheduling.schedule_publish(
        scheduled, by=editor, due_at=timezone.now() + datetime.timedelta(days=1), change="major"
    )
    failed = _approved(other, reviewer)
    Schedule.objects.create(
        page=failed,
        what="publish",
        version=failed.approved_version,
        due_at=timezone.now(),
        state="failed",
        scheduled_by=editor,
        outcome="A source was retracted.",
    )
    overdue = make_article(by=other)
    sign_and_publish(overdue)
    Page.objects.filter(pk=overdue.pk).update(review_due_on=timezone.localdate() - datetime.timedelta(days=1))
    return reviewer


def _approved(by, reviewer):
    article = make_article(by=by)
    version = workflow.submit(article, by=by)
    workflow.sign(article, by=reviewer, version_id=version.pk)
    article.refresh_from_db()
    return article


def lines(client):
    mine, all_, *_ = client.get("/admin/").context["columns"]
    return mine.lines, all_.lines


def to_review(client):
    return next(line.number for line in lines(client)[0] if line.label == "To review")


def test_every_number_leads_to_exactly_its_rows(house, editor):
    for user in (editor, house, make_user(Role.OWNER)):
        client = signed_in(user)
        for column in lines(client):
            for line in column:
                listed = client.get(line.url)
                assert listed.status_code == 200
                assert listed.context["cl"].result_count == line.number, f"{user} {line.label}"


def test_the_queues_tell_mine_from_the_houses(house, editor):
    mine, all_ = lines(signed_in(editor))
    numbers = {queue.slug: (own.number, every.number) for queue, own, every in zip(QUEUES, mine, all_, strict=True)}
    assert numbers == {
        "failed": (0, 1),
        "second-look": (0, 0),
        "corrected": (0, 0),
        "review": (0, 2),
        "changes": (1, 2),
        "approved": (0, 1),
        "scheduled": (1, 1),
        "drafts": (1, 2),
        "overdue": (0, 1),
    }
    assert to_review(signed_in(house)) == 2, "what was asked of nobody by name waits for every reviewer"


def test_pub_112_what_is_empty_is_folded_and_what_waits_is_seen_at_once(house, editor):
    root = lxml.html.fromstring(signed_in(editor).get("/admin/").content)
    seen = root.xpath("//*[contains(@class, 'queues')]//li[not(ancestor::details)]/a")
    folded = root.xpath("//*[contains(@class, 'queues')]//details//li/a")
    assert {0} == {int(link.find("span").text) for link in folded}
    assert 0 not in {int(link.find("span").text) for link in seen}
    assert {"Changes wanted", "Drafts in work"} & {link.text_content().split(maxsplit=1)[1].strip() for link in seen}
    for details in root.xpath("//*[contains(@class, 'queues')]//details"):
        assert details.find("summary").text.split()[0] == str(len(details.findall(".//li")))
        assert "open" not in details.attrib


def test_a_page_asked_of_one_reviewer_waits_for_that_one(house, editor):
    asked = make_reviewer().user
    Page.objects.filter(draft_state="in review").update(reviewer=asked)
    assert to_review(signed_in(house)) == 0
    assert to_review(signed_in(asked)) == 2


def test_an_author_sees_no_work_of_others(house):
    stranger = make_user(Role.AUTHOR)
    for column in lines(signed_in(stranger)):
        assert not any(line.number for line in column)


def test_a_coordinator_sees_no_queue_of_pages(house):
    response = signed_in(make_user(Role.COORDINATOR)).get("/admin/")
    assert response.status_code == 200
    assert [column.title for column in response.context["columns"]] == ["People who asked"]


def test_the_index_says_when_the_worker_was_last_seen_and_turns_red_after_two_minutes(editor):
    """PUB-66"""
    client = signed_in(editor)
    assert "No worker was ever seen" in client.get("/admin/").content.decode()
    now = timezone.now()
    beat = Heartbeat.objects.create(worker="w", started_at=now, seen_at=now - datetime.timedelta(seconds=90))
    page = client.get("/admin/").content.decode()
    assert "last seen" in page
    assert "The worker is not at work" not in page
    beat.seen_at = now - datetime.timedelta(seconds=125)
    beat.save()
    assert "The worker is not at work" in client.get("/admin/").content.decode()


@pytest.mark.parametrize(
    "address", ["/admin/", "/admin/articles/article/", "/admin/studies/study/", "/admin/publishing/page/"]
)
def test_lists_need_the_same_number_of_queries_at_any_size(editor, address, django_assert_num_queries):
    """PUB-113"""
    client = signed_in(editor)
    for _ in range(2):
        save_draft(make_article(by=editor))
        save_draft(make_study(by=editor))
    client.get(address)
    with CaptureQueriesContext(connection) as few:
        client.get(address)
    for _ in range(8):
        sign_and_publish(make_article(by=editor), by=editor)
        save_draft(make_study(by=editor, keeper=make_user(Role.AUTHOR)))
    with django_assert_num_queries(len(few)):
        client.get(address)
    assert len(few) < 25


@pytest.mark.parametrize(
    "query", ["queue=nonsense", "whose=nonsense", "queue=review&whose=mine&q=x", "whose=mine", "p=x"]
)
def test_odd_filters_never_break_a_list(house, editor, query):
    for name in ("articles/article", "studies/study", "publishing/page"):
        assert signed_in(editor).get(f"/admin/{name}/?{query}").status_code in {200, 302}


def test_lists_show_both_states_in_words(house, editor):
    """PUB-113"""
    listed = signed_in(editor).get("/admin/publishing/page/").content.decode()
    for words in ("draft", "in review", "changes requested", "approved", "scheduled", "live", "overdue"):
        assert words in listed


@pytest.mark.database
def test_pub_113_what_waits_for_me_is_what_waits_in_any_queue_each_page_once(house, editor):
    """The queues are asked in parts, so that a large site costs no more than a small one."""
    for user in (editor, house):
        mine = [
            set(Page.objects.filter(each.waits() & each.mine(user)).values_list("pk", flat=True)) for each in QUEUES
        ]
        assert any(mine)
        found = list(waiting_for(user, *QUEUES).values_list("pk", flat=True))
        assert sorted(found) == sorted(set().union(*mine))
        for each, pages in zip(QUEUES, mine, strict=True):
            assert sorted(waiting_for(user, each).values_list("pk", flat=True)) == sorted(pages), each.slug
        root = lxml.html.fromstring(signed_in(user).get("/admin/publishing/page/?whose=mine").content)
        shown = {int(box.get("value")) for box in root.xpath("//input[@name='_selected_action']")}
        assert shown == set(found)


@pytest.mark.database
def test_pub_113_a_review_is_overdue_from_the_day_after_it_was_due(clinic):
    page = make_article()
    sign_and_publish(page)
    today = timezone.localdate()
    for days, waits in ((1, False), (0, False), (-1, True), (-4000, True)):
        Page.objects.filter(pk=page.pk).update(review_due_on=today + datetime.timedelta(days=days))
        assert Page.objects.filter(queue("overdue").waits()).exists() == waits, days
    Page.objects.filter(pk=page.pk).update(review_due_on=None)
    assert not Page.objects.filter(queue("overdue").waits()).exists()


def test_pub_113_what_is_overdue_is_looked_for_in_an_index_with_and_without_statistics(house):
    """SQLite read every page in the order of the list, to find out that none is late."""
    if connection.vendor != "sqlite":
        pytest.skip("PostgreSQL knows how many rows a range has")
    late = Page.objects.filter(queue("overdue").waits()).at_hand().order_by("-saved_at", "-pk")
    assert "page_review_due" in late[:50].explain()
    many = {"page_last_saved": "10000 1 1", "page_review_due": "10000 10000 28", "page_newest_live": "10000 10000 1"}
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
        for index, rows in many.items():
            cursor.execute("UPDATE sqlite_stat1 SET stat = %s WHERE idx = %s", [rows, index])
        cursor.execute("ANALYZE sqlite_schema")
    assert "page_review_due" in late[:50].explain()


@pytest.mark.database
def test_pub_113_drafts_in_work_are_looked_for_among_what_was_edited_alone(house, editor):
    """Every live page has a draft; ten thousand were read to find the few that were edited since."""
    edited = Page.objects.filter(queue("drafts").waits())
    if connection.vendor == "sqlite":
        assert "USING INDEX page_edited" in edited.values("pk").explain().replace("COVERING ", "")
    else:
        with connection.cursor() as cursor:
            cursor.execute("SET LOCAL enable_seqscan = off")
            assert "page_edited" in edited.filter(public_state="live").explain()


def test_pub_113_the_list_is_narrowed_to_a_family(house, editor):
    client = signed_in(editor)
    for family in ("article", "study"):
        root = lxml.html.fromstring(client.get(f"/admin/publishing/page/?family={family}").content)
        shown = {int(box.get("value")) for box in root.xpath("//input[@name='_selected_action']")}
        assert shown == set(Page.objects.filter(family=family).values_list("pk", flat=True))
    assert client.get("/admin/publishing/page/?family=nonsense").status_code == 200
