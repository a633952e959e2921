"""The trash and the way back, what is erased in the end, and what never goes (PUB-106 to PUB-108, PUB-110, PUB-128)."""

import datetime

import pytest
from django.db import DatabaseError, connection, transaction
from django.utils import timezone

from articles.models import Article, TextSection
from stemsite.appendonly import AppendOnlyError
from stemsite.audit.models import AuditEvent
from stemsite.audit.recording import first_break
from stemsite.publishing import scheduling, trash, workflow
from stemsite.publishing.gate import Refused, Stale
from stemsite.publishing.models import Page, SignOff, Transition, Use, Version
from stemsite.tasks.models import Heartbeat
from tests.factories import make_article, make_guide, make_study, publish, save_draft, sign_and_publish
from tests.factories.pages import make_plain_page
from tests.staff import signed_in
from tests.staff_forms import step

pytestmark = [pytest.mark.django_db, pytest.mark.database]


@pytest.fixture
def draft(clinic):
    page = make_guide()
    save_draft(page)
    return page


def age(page, days):
    Page.objects.filter(pk=page.pk).update(trashed_at=timezone.now() - datetime.timedelta(days=days))


def test_pub_106_what_comes_out_of_the_trash_is_what_went_in(draft, publisher):
    before = Page.objects.values().get(pk=draft.pk)
    sections = list(TextSection.objects.filter(parent=draft).order_by("ordering").values())
    versions = list(draft.versions.values_list("content_hash", flat=True))
    trash.discard(draft, by=publisher, note="Not wanted.")
    client = signed_in(user=publisher)
    assert draft.title not in client.get("/admin/articles/article/").content.decode()
    assert draft.title in client.get("/admin/articles/article/?trash=yes").content.decode()
    assert draft.title not in client.get("/admin/publishing/page/?queue=drafts").content.decode()
    with pytest.raises(Stale, match="in the trash"):
        workflow.saved(draft, by=publisher)
    with pytest.raises(Stale, match="in the trash"):
        workflow.submit(draft, by=publisher)
    trash.take_out(draft, by=publisher)
    assert Page.objects.values().get(pk=draft.pk) == before
    assert list(TextSection.objects.filter(parent=draft).order_by("ordering").values()) == sections
    assert list(draft.versions.values_list("content_hash", flat=True)) == versions
    assert list(draft.transitions.order_by("pk").values_list("verb", flat=True)) == ["create", "trash", "untrash"]


def test_pub_106_an_address_taken_meanwhile_is_asked_for(clinic, publisher):
    thrown = make_plain_page(slug="prices")
    save_draft(thrown)
    trash.discard(thrown, by=publisher)
    publish(make_plain_page(slug="prices", title="Prices"))
    with pytest.raises(Refused, match="belongs to “Prices”"):
        trash.take_out(thrown, by=publisher)
    assert Page.objects.get(pk=thrown.pk).is_trashed
    client = signed_in(user=publisher)
    refused = step(client, thrown, "untrash", address="prices")
    assert (refused.status_code, "belongs to “Prices”" in refused.content.decode()) == (422, True)
    assert step(client, thrown, "untrash", address="older-prices").status_code == 303
    thrown = Article.objects.get(pk=thrown.pk)
    assert (thrown.slug, thrown.is_trashed) == ("older-prices", False)


@pytest.mark.parametrize("kind", ["error", "outdated"])
def test_pub_106_a_page_that_was_public_is_gone_for_readers_or_leads_on(clinic, client, publisher, kind):
    page, other = make_plain_page(slug="prices"), make_plain_page(slug="costs", title="Costs")
    publish(page)
    publish(other)
    workflow.withdraw(page, by=publisher, kind=kind, reason="Prices have changed.")
    trash.discard(page, by=publisher)
    assert client.get("/prices/").status_code == 410
    trash.take_out(page, by=publisher)
    assert client.get("/prices/").status_code == (410 if kind == "error" else 200)
    assert step(signed_in(user=publisher), page, "trash", replacement="/costs/").status_code == 303
    answer = client.get("/prices/")
    assert (answer.status_code, answer["Location"]) == (301, "/costs/")


def test_pub_107_live_scheduled_and_waiting_pages_stay_whatever_the_route(clinic, publisher, reviewer):
    live, plain, waiting = make_guide(), make_plain_page(slug="prices"), make_article()
    sign_and_publish(live)
    save_draft(plain)
    tomorrow = timezone.now() + datetime.timedelta(days=1)
    scheduling.schedule_publish(plain, by=publisher, due_at=tomorrow, change="major")
    save_draft(waiting)
    workflow.submit(waiting, by=publisher)
    for page, says in ((live, "Withdraw it first"), (plain, "Cancel the schedule"), (waiting, "Recall it first")):
        with pytest.raises(Refused, match=says):
            trash.discard(page, by=publisher)
        answer = signed_in(user=publisher).post(f"/admin/pages/{page.pk}/trash/", {"trash-note": ""})
        assert answer.status_code == 409, page
        with pytest.raises(DatabaseError), transaction.atomic():
            Page.objects.filter(pk=page.pk).update(trashed_at=timezone.now(), trashed_by=publisher)
    assert not Page.objects.in_trash().exists()


def test_authors_throw_away_their_own_drafts_and_nothing_that_was_public(clinic, author, publisher):
    own, theirs, public = make_article(by=author), make_article(), make_plain_page(by=author, slug="prices")
    for page in (own, theirs):
        save_draft(page)
    publish(public, by=publisher)
    workflow.withdraw(public, by=publisher, kind="error", reason="Too early.")
    trash.discard(own, by=author)
    trash.take_out(own, by=author)
    with pytest.raises(Refused, match="Your role"):
        trash.discard(theirs, by=author)
    with pytest.raises(Refused, match="publisher decides"):
        trash.discard(public, by=author)


def test_pub_108_after_thirty_days_a_page_never_public_is_erased_and_the_audit_remains(draft, publisher, reviewer):
    workflow.submit(draft, by=publisher)
    version = draft.versions.order_by("-number").first()
    workflow.sign(draft, by=reviewer, version_id=version.pk)
    trash.discard(draft, by=publisher)
    age(draft, 29)
    assert trash.empty_due() == 0
    age(draft, 31)
    assert trash.empty_due() == 1
    for model in (Page, Article, Version, Transition, SignOff, Use, TextSection):
        assert not model._base_manager.exists(), model
    erased = AuditEvent.objects.get(verb="page erased")
    assert (erased.object_id, erased.actor_id) == (str(draft.pk), None)
    assert AuditEvent.objects.filter(object_id=str(draft.pk), verb="page sign").exists()
    assert first_break() is None


def test_pub_108_once_public_pages_keep_their_versions(clinic, publisher, owner):
    page = make_plain_page(slug="prices")
    publish(page)
    workflow.withdraw(page, by=publisher, kind="error", reason="Too early.")
    trash.discard(page, by=publisher)
    age(page, 365)
    assert trash.empty_due() == 0
    with pytest.raises(Refused, match="kept for the record"):
        trash.erase(page, by=owner, reason="Away.")
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("DELETE FROM publishing_transition WHERE page_id = %s", [page.pk])
    with pytest.raises(DatabaseError), transaction.atomic():
        Version.objects.filter(page_id=page.pk).erase()
    assert page.versions.exists()


def test_pub_27_history_outside_the_trash_is_not_erased_by_any_way(draft):
    for rows in (draft.versions.all(), draft.transitions.all()):
        with pytest.raises(DatabaseError), transaction.atomic():
            rows.erase()
    with pytest.raises(AppendOnlyError):
        AuditEvent.objects.all().erase()


def test_pub_23_a_study_that_a_version_names_stays_in_the_trash(clinic, publisher):
    study = make_study()
    save_draft(study)
    guide = make_guide()
    from articles.models import StudySection

    section = StudySection.objects.create(parent=guide, region="main", ordering=55, study=study)
    save_draft(guide)
    section.delete()
    trash.discard(study, by=publisher)
    age(study, 31)
    assert trash.empty_due() == 0
    assert Page.objects.filter(pk=study.pk).exists()


def test_pub_108_only_the_owner_erases_before_the_time_and_says_why(draft, publisher, owner):
    trash.discard(draft, by=publisher)
    address = f"/admin/pages/{draft.pk}/purge/"
    assert signed_in(user=publisher).post(address, {"purge-reason": "Away."}).status_code == 403
    client = signed_in(user=owner)
    assert client.get(address).status_code == 405
    client.post(address, {"purge-reason": " "})
    assert Page.objects.filter(pk=draft.pk).exists()
    screen = client.get(f"/admin/pages/{draft.pk}/").content.decode()
    assert "Erase for good" in screen
    assert client.post(address, {"purge-reason": "Written by mistake."}).status_code == 303
    assert not Page.objects.filter(pk=draft.pk).exists()
    assert AuditEvent.objects.get(verb="page erased").actor_id == owner.pk


def test_nobody_edits_what_lies_in_the_trash(draft, publisher):
    trash.discard(draft, by=publisher)
    client = signed_in(user=publisher)
    form = client.get(f"/admin/articles/article/{draft.pk}/change/")
    assert (form.status_code, b'name="_continue"' in form.content) == (200, False)
    assert client.post(f"/admin/articles/article/{draft.pk}/change/", {"title": "New"}).status_code == 403
    assert client.post(f"/admin/versions/{draft.versions.get().pk}/revert/").status_code == 403
    screen = client.get(f"/admin/pages/{draft.pk}/").content.decode()
    assert "Take out of the trash" in screen
    assert "Submit for review" not in screen


def test_deleting_means_the_trash(draft, publisher):
    page = signed_in(user=publisher).get(f"/admin/articles/article/{draft.pk}/delete/").content.decode()
    assert f"/admin/pages/{draft.pk}/#trash" in page


def test_pub_110_one_press_and_a_reason_take_a_page_down_with_the_worker_down(clinic, client, publisher):
    page = make_plain_page(slug="prices")
    publish(page)
    assert client.get("/prices/").status_code == 200
    assert not Heartbeat.objects.exists()
    staff = signed_in(user=publisher)
    assert step(staff, page, "take-down", reason=" ").status_code == 422
    assert client.get("/prices/").status_code == 200
    assert step(staff, page, "take-down", reason="This page holds a mistake.").status_code == 303
    answer = client.get("/prices/")
    assert (answer.status_code, b"This page holds a mistake." in answer.content) == (410, True)
    assert step(staff, page, "restore").status_code == 303
    assert client.get("/prices/").status_code == 200


def test_pub_109_an_error_may_lead_on_and_an_outdated_page_may_not(clinic, client, publisher):
    page, other = make_plain_page(slug="prices"), make_plain_page(slug="costs", title="Costs")
    publish(page)
    publish(other)
    with pytest.raises(Refused, match="stays at its address"):
        workflow.withdraw(page, by=publisher, kind="outdated", reason="Old.", replacement=Page.objects.get(pk=other.pk))
    workflow.withdraw(page, by=publisher, kind="error", reason="Wrong.", replacement=Page.objects.get(pk=other.pk))
    assert client.get("/prices/")["Location"] == "/costs/"
