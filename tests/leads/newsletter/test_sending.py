"""An issue on its way: who gets it, how fast, what it looks like on the wire, and when it stops or ends."""

from __future__ import annotations

import datetime
import itertools
import re
from unittest import mock

import pytest
from django.utils import timezone

from leads import subscribing
from leads.models import Consent, IssueRun, NewsletterIssue, PacedMinute, Subscription
from leads.newsletter import counting, listing, pacing, sending, workflow
from leads.newsletter.delivering import reference
from leads.newsletter.progress import progress_of
from leads.newsletter.steps import State
from stemsite.mail import bounces
from stemsite.mail.models import Delivery, Pause, Suppression
from stemsite.mail.sending import send_due
from stemsite.mail.suppressing import suppress
from stemsite.publishing import workflow as publishing
from studies.integrity import record_event
from tests.factories import (
    make_issue,
    make_live_article,
    make_reader,
    make_study,
    make_user,
    save_draft,
    sign_and_publish,
)

pytestmark = [pytest.mark.django_db, pytest.mark.database]


def reloaded(issue) -> NewsletterIssue:
    return NewsletterIssue.objects.select_related("run").get(pk=issue.pk)


def readers(number: int) -> list[Subscription]:
    return [make_reader() for _ in range(number)]


def letters(issue):
    return Delivery.objects.filter(batch=issue.batch)


# -- the snapshot


def test_lead_77_who_is_confirmed_and_may_be_written_to_gets_one_letter(begin):
    """LEAD-43: pending, expired, withdrawn, paused, suppressed, erased and later ones get none."""
    now = timezone.now()
    wanted = readers(3)
    make_reader(state=Subscription.State.PENDING, confirmed_at=None)
    make_reader(state=Subscription.State.EXPIRED, confirmed_at=None, ended_at=now)
    make_reader(state=Subscription.State.WITHDRAWN, ended_at=now)
    make_reader(paused_until=now + datetime.timedelta(days=1))
    suppress("stopped@example.org", Suppression.Reason.ASKED)
    make_reader("stopped@example.org")
    make_reader(confirmed_at=now + datetime.timedelta(hours=1))
    issue = begin(make_issue())
    sending.advance()
    assert {letter.to for letter in letters(issue)} == {reader.contact.email for reader in wanted}
    assert {letter.reference for letter in letters(issue)} == {reference(issue, each.contact_id) for each in wanted}
    assert reloaded(issue).run.recipients == 3


def test_lead_77_topics_match(begin):
    everything, other, same = make_reader(), make_reader(topics=("money",)), make_reader(topics=("research", "money"))
    issue = begin(make_issue(topics=["research"]))
    sending.advance()
    assert {letter.to for letter in letters(issue)} == {everything.contact.email, same.contact.email}
    assert not listing.is_for(issue, other.topics)


def test_nobody_is_listed_before_the_ten_minutes_are_over():
    """LEAD-137"""
    readers(1)
    issue = make_issue()
    workflow.start(issue, by=issue.created_by)
    assert sending.advance() == 0
    assert not letters(issue).exists()


def test_lead_77_the_snapshot_goes_on_where_it_was_cut_off_and_lists_nobody_twice(begin, monkeypatch):
    readers(7)
    monkeypatch.setattr(listing, "CHUNK", 2)
    monkeypatch.setattr(listing, "TURN", 1)
    issue = begin(make_issue())
    monkeypatch.setattr(listing, "queue_many", _stumble)
    with pytest.raises(RuntimeError):
        sending.advance()
    monkeypatch.undo()
    monkeypatch.setattr(listing, "CHUNK", 2)
    assert (reloaded(issue).run.listed_up_to, letters(issue).count()) == (0, 0), "nothing without its place in the list"
    sending.advance()
    sending.advance()
    run = reloaded(issue).run
    assert (run.recipients, letters(issue).count(), run.listed_at is not None) == (7, 7, True)


def _stumble(*args, **kwargs):
    raise RuntimeError


def test_two_workers_that_list_at_once_list_everybody_once(begin):
    readers(3)
    issue = begin(make_issue())
    first, second = (IssueRun.objects.select_related("issue").get() for _ in range(2))
    listing.list_some(first)
    assert listing.list_some(second) == 0
    assert letters(issue).count() == 3


# -- on the wire


def test_lead_48_every_letter_has_the_three_fields_once_and_whole(begin, work, post_office):
    """LEAD-49, LEAD-65, LEAD-119, LEAD-120: read from the bytes that the mail server got."""
    reader = make_reader("ann@example.org")
    begin(make_issue())
    work()
    [taken] = post_office.orders.taken
    head = taken.raw.decode().partition("\r\n\r\n")[0]
    fields = re.findall(r"^(List-[A-Za-z-]+|Auto-Submitted): ?(.*)\r?$", head, re.MULTILINE)
    assert [name for name, _ in fields] == ["List-Unsubscribe", "List-Unsubscribe-Post", "List-Id"]
    values = {name: value.strip() for name, value in fields}
    link = re.fullmatch(r"<(http://127\.0\.0\.1:8000/u/[\w-]+)>", values["List-Unsubscribe"])
    assert link and len(link[1]) <= 74
    assert values["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert values["List-Id"] == '"Example Clinic" <news.127.0.0.1>'
    message = taken.message
    assert [part.get_content_type() for part in message.iter_parts()] == ["text/plain", "text/html"]
    for part in message.iter_parts():
        content = part.get_content()
        assert link[1] in content and "/p/" in content and "1 Example Street" in content
        assert "{{" not in content
    assert max(len(line) for line in taken.raw.splitlines()) <= 998
    assert "Message-ID" in message and "news@" in message["From"] and "hello@example.org" in message["Reply-To"]
    assert reader.contact.email in message["To"]


def test_lead_50_the_link_in_the_letter_leaves_by_one_click(begin, work, post_office, client):
    reader = make_reader()
    begin(make_issue())
    work()
    link = post_office.letters[0]["List-Unsubscribe"].strip("<>").removeprefix("http://127.0.0.1:8000")
    assert client.post(link, {"List-Unsubscribe": "One-Click"}).status_code == 200
    reader.refresh_from_db()
    assert reader.state == Subscription.State.WITHDRAWN


def test_a_whole_issue_from_start_to_finish(begin, work, post_office):
    """LEAD-79: finished is true exactly when every recipient is settled, and one count proves it."""
    readers(30)
    gone = make_reader()
    issue = begin(make_issue())
    sending.advance()
    subscribing.leave(gone.contact)
    post_office.orders.answers["RCPT"] = ["550 5.1.1 no such user"]
    work()
    found = reloaded(issue)
    assert found.state == State.FINISHED
    assert counting.letters_of(issue) == {"sent": 29, "failed": 1, "suppressed": 1}
    run = found.run
    assert (run.recipients, run.sent, run.failed, run.suppressed, run.bounces) == (31, 29, 1, 1, 1)
    assert run.waiting == 0 and run.finished_at is not None
    assert len({letter["To"] for letter in post_office.letters}) == 29


def test_lead_38_who_left_after_the_snapshot_gets_nothing(begin, work, post_office):
    leaving, staying = readers(2)
    begin(make_issue())
    sending.advance()
    subscribing.leave(leaving.contact)
    work()
    assert [letter["To"] for letter in post_office.letters] == [staying.contact.email]


def test_an_issue_for_nobody_is_finished_at_once(begin, work, post_office):
    issue = begin(make_issue())
    work()
    assert reloaded(issue).state == State.FINISHED


def test_lead_79_one_unsettled_letter_keeps_it_open(begin, work, post_office):
    readers(2)
    post_office.orders.answers["RCPT"] = ["450 4.2.0 busy"]
    issue = begin(make_issue())
    work()
    found = reloaded(issue)
    assert found.state == State.SENDING
    shown = dict(progress_of(found).lines)
    assert (shown["sent"], shown["deferred"], shown["waiting"]) == (1, 1, 0)
    letters(issue).filter(state="queued").update(due_at=timezone.now())
    work()
    assert reloaded(issue).state == State.FINISHED


def test_lead_79_the_counters_follow_an_erasure_that_goes_past_them(begin, work, post_office):
    from stemsite.mail.outbox import erase_letters

    first, _ = readers(2)
    issue = begin(make_issue())
    sending.advance()
    erase_letters(first.contact.email)
    work()
    run = reloaded(issue).run
    assert (run.sent, run.cancelled, reloaded(issue).state) == (1, 1, State.FINISHED)


# -- pause, resume, cancel, pace


def test_lead_78_a_pause_holds_what_was_let_go_already(begin, work, post_office):
    readers(5)
    issue = begin(make_issue())
    sending.advance()
    workflow.pause(issue, by=issue.created_by, reason="Wait.")
    work()
    assert post_office.letters == []
    workflow.resume(issue, by=issue.created_by)
    work()
    assert len(post_office.letters) == 5 and reloaded(issue).state == State.FINISHED


def test_lead_78_cancelling_leaves_sent_as_sent(begin, work, post_office):
    readers(30)
    issue = begin(make_issue())
    sending.advance()
    send_due()
    workflow.cancel(issue, by=issue.created_by, reason="Enough.")
    work()
    assert counting.letters_of(issue) == {"sent": 20, "cancelled": 10}
    found = reloaded(issue)
    assert (found.state, found.run.sent, found.run.cancelled) == (State.CANCELLED, 20, 10)
    assert found.run.finished_at is not None and len(post_office.letters) == 20


def test_lead_78_no_second_has_more_letters_than_its_share(begin):
    readers(20)
    issue = begin(make_issue(per_second=4))
    with mock.patch("django.utils.timezone.now", return_value=timezone.now()):
        sending.advance()
        sending.advance()
    due = sorted(letters(issue).exclude(due_at=listing.NOT_YET).values_list("due_at", flat=True))
    assert len(due) == 8, "two seconds in advance, and no more"
    assert all(later - earlier >= datetime.timedelta(seconds=0.249) for earlier, later in itertools.pairwise(due))


def test_lead_78_an_hour_and_a_day_have_their_limits_over_all_issues(begin):
    readers(12)
    PacedMinute.objects.create(minute=timezone.now() - datetime.timedelta(minutes=30), number=5)
    PacedMinute.objects.create(minute=timezone.now() - datetime.timedelta(hours=5), number=100)
    issue = begin(make_issue(per_hour=10))
    sending.advance()
    assert letters(issue).exclude(due_at=listing.NOT_YET).count() == 5
    other = begin(make_issue(per_day=112))
    sending.advance()
    assert letters(other).exclude(due_at=listing.NOT_YET).count() == 2
    assert pacing.let_go_since(timezone.now() - pacing.DAY) == 112


def test_lead_78_resuming_catches_nothing_up_in_a_burst(begin):
    readers(20)
    issue = begin(make_issue(per_second=2))
    sending.advance()
    workflow.pause(issue, by=issue.created_by, reason="")
    IssueRun.objects.update(paced_until=timezone.now() - datetime.timedelta(hours=1))
    workflow.resume(issue, by=issue.created_by)
    before = letters(issue).exclude(due_at=listing.NOT_YET).count()
    sending.advance()
    assert letters(issue).exclude(due_at=listing.NOT_YET).count() - before <= 5


def test_a_letter_that_was_parked_while_others_went_is_not_left_behind(begin, work, post_office):
    """LEAD-69, LEAD-77: nobody is missed."""
    readers(3)
    issue = begin(make_issue())
    listing.list_some(IssueRun.objects.select_related("issue").get())
    parked = letters(issue).order_by("pk").first()
    Delivery.objects.filter(pk=parked.pk).update(state="parked")
    work()
    Delivery.objects.filter(pk=parked.pk).update(state="queued")
    IssueRun.objects.update(counted_at=None)
    sending.advance()
    work()
    assert len(post_office.letters) == 3 and reloaded(issue).state == State.FINISHED


def test_lead_80_letting_the_outbox_go_on_sends_nothing_of_an_issue_that_stopped(begin, work, post_office):
    """The state of the issue decides, not the pause in the mail lane."""
    readers(2)
    issue = begin(make_issue())
    sending.advance()
    workflow.stop(issue, because="20 errors in a row.")
    Pause.objects.all().delete()
    work(5)
    assert post_office.letters == [] and letters(issue).filter(state="queued").count() == 2


@pytest.mark.parametrize("readers_on_list", [10, 40])
def test_lead_77_a_transaction_of_the_snapshot_has_as_many_statements_for_many_as_for_few(
    begin, readers_on_list, django_assert_max_num_queries
):
    """So that no write transaction exceeds 50 ms: a chunk is one insert, and it has an end."""
    readers(readers_on_list)
    begin(make_issue())
    run = IssueRun.objects.select_related("issue").get()
    with django_assert_max_num_queries(14):
        assert listing._list_chunk(run, listing.Size(listing.CHUNK)) == readers_on_list
    assert listing.CHUNK <= 100


def test_lead_77_a_chunk_is_as_large_as_the_machine_is_quick(monkeypatch):
    size = listing.Size()
    size.learn(0.0)
    assert size.number == 2 * listing.FIRST_CHUNK, "never more than twice as many"
    for _ in range(10):
        size.learn(0.0)
    assert size.number == listing.CHUNK
    size.learn(listing.AIM * 5)
    assert size.number == listing.CHUNK // 5, "less at once"
    size.learn(100)
    assert size.number == listing.LEAST_CHUNK


def test_lead_79_counting_again_waits_for_a_moment_in_which_no_letter_ends(begin, work, monkeypatch):
    """A letter that ends while the letters are counted is counted once, whoever is first."""
    readers(3)
    issue = begin(make_issue())
    work()
    run = IssueRun.objects.select_related("issue").get()
    IssueRun.objects.update(sent=1, failed=7)
    count, ended = counting.letters_of, []

    def meanwhile(of):
        found = count(of)
        if len(ended) < counting.TRIES:
            ended.append(IssueRun.objects.update(suppressed=len(ended) + 1))
        return found

    monkeypatch.setattr(counting, "letters_of", meanwhile)
    counting.recount_if_due(run, at_once=True)
    found = reloaded(issue).run
    assert (found.sent, found.failed, found.suppressed, len(ended)) == (3, 0, 0, counting.TRIES)


# -- stopping by itself


def test_lead_80_twenty_errors_in_a_row_stop_it(begin, work, post_office, caplog):
    readers(40)
    post_office.orders.answers["RCPT"] = "554 5.7.1 no"
    issue = begin(make_issue())
    work()
    found = reloaded(issue)
    assert (found.state, found.needs_approval) == (State.PAUSED, True)
    assert "errors in a row" in found.stopped_because
    assert "newsletter alert" in caplog.text
    assert found.run.failed == 20
    assert Delivery.objects.of_kind("issue_stopped").exists()


def test_lead_80_twenty_temporary_refusals_in_a_row_stop_it_too(begin, work, post_office):
    readers(30)
    post_office.orders.answers["RCPT"] = "450 4.2.0 busy"
    issue = begin(make_issue())
    work()
    assert "errors in a row" in reloaded(issue).stopped_because


def test_a_mail_server_that_is_away_stops_no_issue(begin, work, post_office):
    """LEAD-64: the lane waits for it by itself."""
    readers(25)
    post_office.orders.answers["GREETING"] = "421 later"
    issue = begin(make_issue())
    work(30)
    assert reloaded(issue).state == State.SENDING


@pytest.mark.parametrize(
    ("counted", "stops"),
    [
        ({"sent": 190, "failed": 10, "bounces": 10}, False),
        ({"sent": 189, "failed": 11, "bounces": 11}, True),
        ({"sent": 100, "failed": 20, "bounces": 20}, False),
        ({"sent": 2000, "complaints": 2}, False),
        ({"sent": 2000, "complaints": 3}, True),
        ({"sent": 150, "complaints": 5}, False),
    ],
)
def test_lead_80_shares_count_after_two_hundred(begin, counted, stops):
    make_reader()
    issue = begin(make_issue(per_hour=1))
    sending.advance()
    IssueRun.objects.update(counted_at=timezone.now(), **counted)
    sending.advance()
    assert (reloaded(issue).state == State.PAUSED) is stops


def test_lead_80_a_page_withdrawn_meanwhile_stops_it_before_the_next_letter(begin, work, post_office, owner):
    readers(3)
    article = make_live_article()
    issue = begin(make_issue(article, make_live_article()))
    sending.advance()
    publishing.withdraw(article, by=owner, kind="error", reason="It was wrong.")
    send_due()  # Letters were let go already, and the lane looks before each of them.
    assert post_office.letters == []
    found = reloaded(issue)
    assert found.state == State.PAUSED and "withdrawn" in found.stopped_because
    assert letters(issue).filter(state="queued").count() == 3


def test_lead_80_a_page_corrected_meanwhile_stops_it_and_another_approval_lets_it_go_on(begin, work, post_office):
    readers(3)
    article = make_live_article()
    issue = begin(make_issue(article))
    sending.advance()
    article.title = "A better title"
    article.save()
    save_draft(article)
    sign_and_publish(article, note="The title.")
    work()
    found = reloaded(issue)
    assert "corrected" in found.stopped_because and post_office.letters == []
    workflow.saved(found, by=issue.created_by)
    edition = workflow.edition_to_read(reloaded(issue))
    from stemsite.access import Role

    workflow.approve(issue, by=make_user(Role.PUBLISHER), edition_id=edition.pk)
    workflow.resume(issue, by=issue.created_by)
    letters(issue).update(due_at=timezone.now())
    work()
    assert reloaded(issue).state == State.FINISHED
    assert all("A better title" in letter.get_body(("plain",)).get_content() for letter in post_office.letters)
    assert len(post_office.letters) == 3


@pytest.mark.parametrize("kind", ["retracted", "concern", "corrected"])
def test_lead_80_what_happens_to_a_source_stops_it(begin, work, post_office, owner, kind):
    readers(1)
    study = make_study()
    sign_and_publish(study)
    issue = begin(make_issue(study))
    sending.advance()
    record_event(study.primary, kind=kind, source="test", by=owner)
    work()
    assert reloaded(issue).state == State.PAUSED and post_office.letters == []


def test_lead_72_a_complaint_is_counted_and_takes_the_person_off_the_list(begin, work, post_office):
    reader = make_reader()
    issue = begin(make_issue())
    work()
    bounces.complain(letters(issue).get())
    reader.refresh_from_db()
    assert reader.state == Subscription.State.WITHDRAWN
    assert reloaded(issue).run.complaints == 1
    last = Consent.objects.filter(contact=reader.contact).order_by("pk").last()
    assert (last.purpose, last.action) == ("newsletter", "withdrawn")


@pytest.mark.parametrize(
    ("complaints", "said"),
    [
        (0, "0.00% of what was sent: as it should be"),
        (2, "0.20% of what was sent: too many"),
        (3, "0.30%"),
        (9, "0.90%"),
    ],
)
def test_lead_120_the_share_of_complaints_is_shown_against_what_receivers_allow(begin, complaints, said):
    make_reader()
    issue = begin(make_issue())
    assert progress_of(reloaded(issue)).complaints == ""
    IssueRun.objects.update(sent=1000, complaints=complaints)
    shown = progress_of(reloaded(issue)).complaints
    assert said in shown and shown.endswith("large receivers want less than 0.10% and never 0.30%.")
    assert ("refused" in shown) == (complaints >= 3)


def test_lead_83_who_leaves_within_a_week_is_counted(begin, work, post_office):
    reader, _ = readers(2)
    issue = begin(make_issue())
    work()
    subscribing.leave(reader.contact)
    counting.count_leavers()
    assert reloaded(issue).run.unsubscribes == 1


def test_retrying_a_letter_of_an_issue_that_is_over_sends_nothing(begin, work, post_office):
    make_reader()
    post_office.orders.answers["RCPT"] = ["550 5.1.1 no such user"]
    issue = begin(make_issue())
    work()
    letters(issue).get().retry()
    work()
    assert post_office.letters == []
    assert letters(issue).get().state == "cancelled"


def test_an_idle_turn_only_looks(django_assert_num_queries):
    make_issue()
    with django_assert_num_queries(1):
        assert sending.advance() == 0
