"""Clauses of the desk that other tests leave open: nights, late reviews, sources, what is erased, many at once."""

from __future__ import annotations

import datetime

import pytest
from django.utils import timezone

from articles.models import StudySection
from stemsite.access import Role
from stemsite.audit.models import AuditEvent
from stemsite.audit.recording import first_break
from stemsite.clinic.models import Clinic
from stemsite.mail.models import Delivery
from stemsite.publishing import as_of, assigning, links, reminders, trash, workflow
from stemsite.publishing.gate import Refused
from stemsite.publishing.models import Link, Page, SignOff, Transition, Version
from stemsite.publishing.outbound import Verdict
from stemsite.tasks import periodic
from studies import watching
from studies.models import IntegrityEvent
from studies.sources.base import Notice, StudyRecord
from tests.factories import (
    make_article,
    make_guide,
    make_plain_page,
    make_reference,
    make_study,
    make_user,
    publish,
    save_draft,
    sign_and_publish,
)
from tests.fakes.sources import fake_sources
from tests.staff_forms import signed_in

pytestmark = [pytest.mark.django_db, pytest.mark.database]

LIST = "/admin/publishing/page/"


def test_pub_114_what_is_refused_half_way_leaves_nothing_behind(clinic, author, publisher, monkeypatch):
    """The first of two is refused after everything was written; the second is done all the same."""
    pages = [make_article(by=author, title=f"{letter} article") for letter in "AB"]
    for page in pages:
        save_draft(page)
    real, refused = workflow.submit, []

    def submit(page, **more):
        version = real(page, **more)
        if not refused:
            refused.append(page.pk)
            raise Refused("Somebody pulled the plug.")
        return version

    monkeypatch.setattr(workflow, "submit", submit)
    before = AuditEvent.objects.count()
    answer = signed_in(publisher).post(LIST, {"action": "submit_many", "_selected_action": [page.pk for page in pages]})
    said = answer.content.decode()
    assert "1 of 2 done" in said and "Somebody pulled the plug." in said
    assert refused == [pages[0].pk]
    assert dict(Page.objects.values_list("pk", "draft_state")) == {pages[0].pk: "draft", pages[1].pk: "in review"}
    for page, verbs in ((pages[0], ["create"]), (pages[1], ["create", "submit"])):
        assert list(page.transitions.order_by("pk").values_list("verb", flat=True)) == verbs
    assert set(AuditEvent.objects.filter(number__gt=before).values_list("object_id", flat=True)) == {str(pages[1].pk)}


def test_pub_115_links_are_asked_for_every_night():
    job = periodic._jobs["links"]
    assert (job.run, job.every) == (links.check_all, datetime.timedelta(days=1))


def test_pub_115_a_host_is_asked_for_so_many_a_night_and_for_the_rest_in_the_next(clinic, settings, monkeypatch):
    settings.EVIDENCE_NETWORK = True
    monkeypatch.setattr(links, "MOST_PER_HOST", 2)
    hrefs = " ".join(f'<a href="https://one.example/{number}">x</a>' for number in range(3))
    publish(make_plain_page(html=f"<p>{hrefs}</p>"))
    nights = []
    for _ in range(2):
        asked = []
        links.check_all(ask=lambda url, asked=asked: asked.append(url) or Verdict("good"), sleep=lambda _: None)
        nights.append(asked)
    assert [len(asked) for asked in nights] == [2, 2]
    assert set(nights[1]) - set(nights[0]) == set(Link.objects.values_list("target", flat=True)) - set(nights[0])
    assert len({*nights[0], *nights[1]}) == 3


@pytest.mark.parametrize(("late", "shown"), [(29, []), (30, [30]), (60, [30, 60]), (90, [30, 60, 90])])
def test_pub_123_the_board_tells_thirty_sixty_and_ninety_days_apart(clinic, author, publisher, late, shown):
    page = make_guide(by=author)
    sign_and_publish(page)
    today = timezone.localdate()
    Page.objects.filter(pk=page.pk).update(review_due_on=today - datetime.timedelta(days=late))
    client = signed_in(publisher)
    found = [
        days
        for days in (30, 60, 90)
        if page.pk in {row.pk for row in client.get(f"{LIST}?overdue={days}").context["cl"].queryset}
    ]
    assert found == shown


def test_pub_123_a_worker_that_was_away_says_each_reminder_late_and_once(clinic, author, monkeypatch):
    page = make_guide(by=author)
    sign_and_publish(page)
    today = timezone.localdate(timezone=Clinic.current().zone)
    Page.objects.filter(pk=page.pk).update(keeper=author, review_due_on=today + datetime.timedelta(days=58))
    for days in (0, 0, 30, 57, 57):
        day = today + datetime.timedelta(days=days)
        monkeypatch.setattr(reminders.timezone, "localdate", lambda day=day, **_: day)
        reminders.remind()
    assert Delivery.objects.filter(kind="review_due").count() == 3, "for 60, for 30 and for 7 days, once each"


def test_pub_124_no_job_takes_an_overdue_page_down(clinic, client):
    """Everything that comes round runs, years after the review was due."""
    guide = make_guide()
    sign_and_publish(guide)
    long_ago = timezone.localdate() - datetime.timedelta(days=2000)
    Page.objects.filter(pk=guide.pk).update(review_due_on=long_ago)
    steps = list(Transition.objects.order_by("pk").values_list("pk", flat=True))
    for job in periodic._jobs.values():
        if job.run.__module__.startswith(("stemsite.publishing", "articles", "stemsite.serving")):
            job.run()
    assert list(Transition.objects.order_by("pk").values_list("pk", flat=True)) == steps
    assert Page.objects.get(pk=guide.pk).public_state == Page.PublicState.LIVE
    assert client.get(guide.live_path).status_code == 200


@pytest.mark.parametrize("grace", [0, 30, None])
def test_pub_124_readers_see_a_notice_after_the_grace_time_if_the_clinic_wants_one(clinic, client, monkeypatch, grace):
    """With the days of grace left empty readers are told nothing, today and when the day is looked up later."""
    Clinic.objects.update(overdue_grace_days=grace)
    guide = make_guide()
    sign_and_publish(guide)
    due, zone = SignOff.objects.get().review_due_on, Clinic.current().zone
    told = {}
    for days in (0, 1, 30, 31, 3000):
        noon = datetime.datetime.combine(due + datetime.timedelta(days=days), datetime.time(12), tzinfo=zone)
        with monkeypatch.context() as later:
            later.setattr("django.utils.timezone.now", lambda noon=noon: noon)
            told[days] = "It may be out of date" in client.get(guide.live_path).content.decode()
            assert as_of.record_at(Page.objects.get(pk=guide.pk), noon).overdue is told[days]
    expected = {0: {1, 30, 31, 3000}, 30: {31, 3000}, None: set()}[grace]
    assert {days for days, said in told.items() if said} == expected


WORDS = {
    IntegrityEvent.Kind.RETRACTED: "Retracted",
    IntegrityEvent.Kind.CONCERN: "Expression of concern",
    IntegrityEvent.Kind.CORRECTED: "Corrected",
}


@pytest.mark.parametrize("kind", list(WORDS))
def test_pub_125_within_one_run_every_page_is_on_the_board_its_keeper_mailed_the_notice_live(clinic, client, kind):
    """One guide cites the paper, another only shows the study that rests on it; a third has nothing to do with it."""
    keepers = [make_user(Role.AUTHOR) for _ in range(3)]
    paper = make_reference(doi="10.5555/noticed.1")
    study = make_study(primary=paper)
    sign_and_publish(study)
    citing = make_guide(citing=paper.pk, keeper=keepers[0], slug="citing")
    showing = make_guide(keeper=keepers[1], slug="showing", title="Another guide")
    StudySection.objects.create(parent=showing, region="main", ordering=55, study=study)
    apart = make_guide(keeper=keepers[2], slug="apart", title="A third guide")
    for guide in (citing, showing, apart):
        sign_and_publish(guide)
        assert WORDS[kind] not in client.get(guide.live_path).content.decode()
    Delivery.objects.all().delete()
    notice = Notice(type=str(kind), kind=str(kind), direction="in", doi="10.5555/notice.1", date="2026-03-05")
    record = StudyRecord(source="Crossref", title=paper.title, doi="10.5555/noticed.1", notices=(notice,))
    watching.watch(fake_sources([record]))
    assert IntegrityEvent.objects.get().kind == kind
    for guide in (citing, showing):
        assert WORDS[kind] in client.get(guide.live_path).content.decode(), guide.slug
    assert WORDS[kind] not in client.get(apart.live_path).content.decode()
    told = set(Delivery.objects.filter(kind="source_noticed").values_list("recipient", flat=True))
    assert {keeper.email in told for keeper in keepers[:2]} == {True}
    assert keepers[2].email not in told
    board = signed_in(keepers[0]).get("/admin/studies/board/").content.decode()
    assert "3 live pages" in board, "the study itself and both guides"
    for page in (study, citing, showing):
        assert f"/admin/pages/{page.pk}/" in board, page.title
    assert f"/admin/pages/{apart.pk}/" not in board


def test_pub_128_what_is_erased_leaves_its_entry_and_none_of_its_words(clinic, author, publisher, owner):
    """A page never public, thrown away and erased by its owner; its versions go, the chain stays whole."""
    page = make_article(by=author, html="<p>Mr. Abernathy was treated here.</p>")
    save_draft(page)
    trash.discard(page, by=publisher)
    trash.erase(page, by=owner, reason="It named a patient.")
    assert not Version.objects.filter(page_id=page.pk).exists()
    erased = AuditEvent.objects.get(verb="page erased")
    assert (erased.object_type, erased.object_id, erased.actor_id) == (page._meta.label_lower, str(page.pk), owner.pk)
    for event in AuditEvent.objects.all():
        assert "Abernathy" not in f"{event.object_label} {event.note} {event.detail}"
    assert first_break() is None


def test_pub_119_an_assignment_that_fails_half_way_is_not_kept(clinic, author, publisher, monkeypatch):
    page = make_article(by=author)
    save_draft(page)

    def refuse(*_, **__):
        raise Refused("The record could not be written.")

    monkeypatch.setattr(assigning, "audit", refuse)
    chosen = {"bulk-go": "yes", "bulk-keeper": publisher.pk}
    press = {"action": "assign_many", "_selected_action": [page.pk], **chosen}
    said = signed_in(publisher).post(LIST, press).content.decode()
    assert "0 of 1 done" in said and "The record could not be written." in said
    assert Page.objects.get(pk=page.pk).keeper_id is None
