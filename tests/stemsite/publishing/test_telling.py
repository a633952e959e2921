"""Who is told what, how, and how often (PUB-48, PUB-55, PUB-56, PUB-123, PUB-144)."""

import datetime

import pytest
from django.utils import timezone

from articles.models import TextSection
from stemsite.access import Role
from stemsite.clinic.models import Clinic
from stemsite.mail import kinds
from stemsite.mail.models import Delivery
from stemsite.publishing import reminders, second_look, telling, workflow
from stemsite.publishing.models import Notice, Page, Transition
from tests.factories import make_article, make_guide, make_user, save_draft, sign_and_publish
from tests.staff_forms import signed_in

pytestmark = [pytest.mark.django_db, pytest.mark.database]


@pytest.fixture
def morning(monkeypatch, clinic):
    monkeypatch.setattr(telling, "FROM_HOUR", 0)


@pytest.fixture
def page(clinic, author):
    draft = make_article(by=author)
    save_draft(draft)
    return draft


def letters(kind):
    return [letter.to for letter in Delivery.objects.of_kind(kind).order_by("pk")]


def due(page, days):
    day = timezone.localdate(timezone=Clinic.current().zone) + datetime.timedelta(days=days)
    Page.objects.filter(pk=page.pk).update(review_due_on=day)


def test_pub_56_what_is_told_stands_in_the_list_and_comes_at_once(page, author, reviewer):
    workflow.submit(page, by=author)
    notice = Notice.objects.get()
    assert (notice.user, notice.kind, notice.path) == (reviewer, "review_wanted", f"/admin/pages/{page.pk}/")
    assert letters("review_wanted") == [reviewer.email]
    client = signed_in(reviewer)
    assert "1 unread notice" in client.get("/admin/").content.decode()
    assert notice.words in client.get("/admin/notices/").content.decode()
    assert notice.words not in signed_in(author).get("/admin/notices/").content.decode()
    notice.refresh_from_db()
    assert notice.read_at is None, "looking marks nothing"
    signed_in(author).post("/admin/notices/read/", {"notice": notice.pk})
    assert Notice.objects.unread().count() == 1, "nobody marks another's"
    assert client.post("/admin/notices/read/", {"notice": ["x", notice.pk]}).status_code == 303
    assert Notice.objects.unread().count() == 0


def test_pub_56_what_may_wait_comes_in_one_daily_letter(page, author, reviewer, morning):
    client = signed_in(reviewer)
    assert client.post("/admin/notices/choices/", {"daily": ["review_wanted"]}).status_code == 303
    assert client.post("/admin/notices/choices/", {"daily": ["no such kind"]}).status_code == 422
    other = make_article(by=author)
    save_draft(other)
    for asked in (page, other):
        workflow.submit(asked, by=author)
    assert letters("review_wanted") == []
    assert telling.send_digests() == 1
    assert telling.send_digests() == 1
    digest = Delivery.objects.get(kind=telling.DIGEST)
    letter = kinds.build(digest)
    assert (letter.to[1], page.title in letter.text, other.title in letter.text) == (reviewer.email, True, True)
    Delivery.objects.filter(pk=digest.pk).update(state="sent", finished_at=timezone.now(), started_at=timezone.now())
    kinds.tell(Delivery.objects.get(pk=digest.pk))
    assert not Notice.objects.for_digest().exists()
    assert telling.send_digests() == 0


def test_pub_56_what_was_read_meanwhile_is_not_sent(page, author, reviewer, morning):
    telling.choose(reviewer, daily=["review_wanted"])
    workflow.submit(page, by=author)
    telling.send_digests()
    telling.mark_read(reviewer)
    assert isinstance(kinds.build(Delivery.objects.get(kind=telling.DIGEST)), kinds.NotAnyMore)


@pytest.mark.parametrize("kind", telling.URGENT)
def test_pub_56_urgent_kinds_cannot_be_put_off(page, author, kind):
    telling.choose(author, daily=[kind, *telling.KINDS])
    assert kind not in set(author.notice_choices.values_list("kind", flat=True))
    context = {"reason": "r", "by": "b", "what": "w", "reasons": ["r"], "source": "s"}
    telling.tell([author], kind, page, "1", **context)
    assert letters(kind) == [author.email]


def test_pub_56_every_kind_can_be_chosen_or_is_urgent():
    from stemsite.publishing.letter_samples import SAMPLES

    assert set(SAMPLES) == set(telling.KINDS) | set(telling.URGENT)


def test_pub_55_duties_fall_to_the_deputy_and_then_to_all_publishers(page, publisher):
    keeper, deputy = make_user(Role.AUTHOR), make_user(Role.AUTHOR)
    page.keeper, page.deputy = keeper, deputy
    assert telling.keepers_of(page) == [keeper, deputy]
    keeper.is_active = False
    assert telling.keepers_of(page) == [deputy]
    deputy.is_active = False
    assert telling.keepers_of(page) == [publisher]
    assert telling.keepers_of(Page()) == [publisher]


def test_pub_55_a_page_without_anybody_waits_for_every_publisher(page, author, publisher):
    def drafts(user):
        column = signed_in(user).get("/admin/").context["columns"][0]
        return next(line.number for line in column.lines if line.label == "Drafts in work")

    assert drafts(publisher) == 0
    author.is_active = False
    author.save()
    Page.objects.filter(pk=page.pk).update(keeper=author)
    assert drafts(publisher) == 1


def test_pub_123_reminders_come_at_60_30_7_and_0_days_and_then_weekly_each_once(clinic, author):
    page = make_guide(by=author)
    sign_and_publish(page)
    Page.objects.filter(pk=page.pk).update(keeper=author)
    Delivery.objects.all().delete()
    due(page, 61)
    today = timezone.localdate(timezone=Clinic.current().zone)
    told = []
    for days in range(61, -16, -1):
        before = Notice.objects.filter(kind="review_due").count()
        with pytest.MonkeyPatch.context() as patch:
            day = today + datetime.timedelta(days=61 - days)
            patch.setattr(reminders.timezone, "localdate", lambda day=day, **_: day)
            reminders.remind()
            reminders.remind()
        if Notice.objects.filter(kind="review_due").count() > before:
            told.append(days)
    assert told == [60, 30, 7, 0, -7, -14]


def test_pub_123_only_live_pages_to_keeper_and_deputy_and_a_new_date_begins_anew(clinic, author, publisher):
    deputy = make_user(Role.AUTHOR)
    page = make_guide(by=author)
    sign_and_publish(page)
    Page.objects.filter(pk=page.pk).update(keeper=author, deputy=deputy)
    due(page, 61)
    reminders.remind()
    assert letters("review_due") == []
    due(page, 29)
    for _ in range(2):
        reminders.remind()
    assert letters("review_due") == [author.email, deputy.email]
    due(page, 28)
    reminders.remind()
    assert len(letters("review_due")) == 4
    workflow.withdraw(page, by=publisher, kind="outdated", reason="Old.")
    due(page, -3)
    reminders.remind()
    assert len(letters("review_due")) == 4


def test_pub_144_after_seven_days_the_keeper_is_reminded_of_a_correction_week_by_week(clinic, publisher, reviewer):
    keeper = make_user(Role.AUTHOR)
    guide = make_guide(by=keeper)
    section = TextSection.objects.filter(parent=guide, role="what it is")
    section.update(html="<p>Nerve cells carry messages. They reach the muscles.</p>")
    sign_and_publish(guide, reviewer=reviewer)
    Page.objects.filter(pk=guide.pk).update(keeper=keeper)
    section.update(html="<p>Nerve cells carry messages.</p>")
    save_draft(guide)
    second_look.publish_correction(guide, by=publisher)

    def days_later(days):
        now = timezone.now()
        Page.objects.filter(pk=guide.pk).update(corrected_at=now - datetime.timedelta(days=days, minutes=1))
        reminders.remind()
        return letters("correction_waits")

    assert days_later(6) == []
    assert days_later(7) == days_later(8) == [keeper.email], "each once"
    assert days_later(14) == [keeper.email] * 2, "then week by week"
    version = Page.objects.get(pk=guide.pk).live_version_id
    second_look.confirm_correction(guide, by=reviewer, version_id=version)
    reminders.remind()
    assert letters("correction_waits") == [keeper.email] * 2, "never after it was confirmed"


def test_pub_48_an_unanswered_review_is_mentioned_again_and_then_goes_to_the_deputy(page, author, reviewer):
    deputy = make_user(Role.REVIEWER)
    Page.objects.filter(pk=page.pk).update(reviewer=reviewer, deputy=deputy)
    workflow.submit(page, by=author)
    Clinic.objects.update(answer_days=3)
    submitted = Transition.objects.get(verb="submit")
    for days, expected in ((2, []), (3, [reviewer.email]), (5, [reviewer.email]), (6, [reviewer.email, deputy.email])):
        moment = submitted.at + datetime.timedelta(days=days, minutes=1)
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(reminders.timezone, "now", lambda moment=moment: moment)
            reminders.remind()
        assert letters("review_waits") == expected, days
