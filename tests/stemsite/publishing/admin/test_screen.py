"""One screen for one page: what is missing, the steps that are open, and calm answers to stale ones."""

import datetime

import pytest
from django.utils import timezone

from stemsite.access import Role
from stemsite.clinic.models import Clinic
from stemsite.mail.models import Delivery
from stemsite.publishing import scheduling, workflow
from stemsite.publishing.models import Page, Schedule, SignOff
from stemsite.publishing.queues import counts
from tests.factories import (
    make_article,
    make_guide,
    make_plain_page,
    make_reviewer,
    make_study,
    make_user,
    save_draft,
    sign_and_publish,
)
from tests.staff_forms import change_url, form_of, opened, save, signed_in, step

pytestmark = pytest.mark.django_db


@pytest.fixture
def editor(clinic):
    return make_user(Role.AUTHOR, Role.PUBLISHER)


def screen(client, page):
    return client.get(f"/admin/pages/{page.pk}/")


def offered(client, page):
    return [each.form.slug for each in screen(client, page).context["steps"] if not each.refusal]


def test_all_that_is_missing_stands_in_one_list_each_line_leading_to_its_field(editor):
    """PUB-05: refused with everything at once, before and after pressing."""
    article = make_article(by=editor, summary="")
    article.authors.clear()
    section = article.articles_textsection_set.get()
    section.html = ""
    section.save()
    save_draft(article)
    client = signed_in(editor)
    shown = {finding.field: place for finding, place in screen(client, article).context["missing"]}
    form = change_url(article)
    assert shown["summary"] == f"{form}#id_summary"
    assert shown["authors"] == f"{form}#id_authors"
    assert shown[str(section.key)] == f"{form}#articles_textsection_set-0"
    rendered = client.get(form).content.decode()
    assert 'id="id_summary"' in rendered
    assert 'id="articles_textsection_set-0"' in rendered
    pressed = client.post(f"/admin/pages/{article.pk}/submit/", {"submit-note": ""})
    assert pressed.status_code == 422
    assert len(pressed.context["refusals"]) == len(shown) == 3
    assert Page.objects.get(pk=article.pk).draft_state == "draft"


def test_findings_of_a_study_lead_to_its_rows_and_fields(editor):
    study = make_study(by=editor, primary=None)
    study.registrations.all().delete()
    study.facts.filter(kind="deaths").delete()
    save_draft(study)
    client = signed_in(editor)
    shown = {finding.field: place for finding, place in screen(client, study).context["missing"]}
    rendered = client.get(change_url(study)).content.decode()
    for place in shown.values():
        assert f'id="{place.partition("#")[2]}"' in rendered


def test_saving_and_submitting_in_one_press_keeps_the_text_when_submitting_is_refused(editor):
    article = make_article(by=editor)
    client = signed_in(editor)
    held = opened(client, article)
    response = client.post(change_url(article), {**held, "title": "Saved anyway", "summary": "", "_continue": "submit"})
    assert response.status_code == 303
    article.refresh_from_db()
    assert (article.title, article.draft_state) == ("Saved anyway", "draft")
    assert "The summary is missing" in client.get(response["Location"]).content.decode()


def test_exactly_the_open_steps_are_offered(editor):
    """PUB-40: what the table lacks is not offered."""
    article = make_article(by=editor)
    save_draft(article)
    author, reviewer = signed_in(editor), signed_in(make_reviewer().user)
    assert offered(author, article) == ["submit", "force", "trash"]
    version = workflow.submit(article, by=editor)
    assert offered(author, article) == ["request-changes", "recall", "force"]
    assert "sign" in offered(reviewer, article)
    workflow.sign(article, by=make_reviewer().user, version_id=version.pk)
    assert offered(author, article) == ["publish", "schedule", "request-changes", "trash"]
    workflow.publish(article, by=editor, change="major")
    assert offered(author, article) == ["submit", "withdraw", "schedule-withdrawal", "take-down"]
    assert "review" in offered(reviewer, article)
    workflow.withdraw(article, by=editor, kind="outdated", reason="It is old.")
    assert "restore" in offered(author, article)


@pytest.mark.parametrize("slug", ["submit", "recall", "publish", "sign", "restore", "cancel", "review"])
def test_a_step_that_was_already_taken_gets_the_present_state_in_words(editor, slug):
    """PUB-51: never an error page, nothing changed."""
    article = make_article(by=editor)
    version = workflow.submit(article, by=editor)
    workflow.sign(article, by=make_reviewer().user, version_id=version.pk)
    both = make_user(Role.PUBLISHER, Role.AUTHOR, Role.REVIEWER)
    make_reviewer(both)
    if slug == "publish":
        workflow.request_changes(article, by=editor, reason="Not yet.")
    before = Page.objects.values().get(pk=article.pk)
    filled = {
        f"{slug}-{name}": value
        for name, value in {
            "version_id": version.pk,
            "statement": "I have read it.",
            "review_due_on": "2099-01-01",
            "change": "major",
            "note": "",
        }.items()
    }
    response = signed_in(both).post(f"/admin/pages/{article.pk}/{slug}/", filled)
    assert response.status_code == 409
    assert "Nothing" in response.context["stale"]
    assert Page.objects.get(pk=article.pk).state_in_words in response.content.decode()
    assert Page.objects.values().get(pk=article.pk) == before


def test_a_newer_version_than_the_one_read_is_not_signed(editor):
    """PUB-43, PUB-51"""
    article = make_article(by=editor)
    version = workflow.submit(article, by=editor)
    author, reviewer = signed_in(editor), signed_in(make_reviewer().user)
    held = form_of(screen(reviewer, article), action=f"/admin/pages/{article.pk}/sign/")
    assert save(author, article, opened(author, article), title="Changed after it was read").status_code == 302
    response = reviewer.post(f"/admin/pages/{article.pk}/sign/", held)
    assert response.status_code == 409
    assert not version.sign_offs.exists()


@pytest.mark.parametrize("day", ["9999-12-31", "2100-01-01", "0001-01-01", "soon", ""])
def test_odd_review_dates_never_break_the_screen_and_sign_nothing(editor, day):
    """PUB-121"""
    article = make_article(by=editor)
    workflow.submit(article, by=editor)
    reviewer = signed_in(make_reviewer().user)
    held = form_of(screen(reviewer, article), action=f"/admin/pages/{article.pk}/sign/")
    [name] = [name for name in held if name.endswith("review_due_on")]
    assert reviewer.post(f"/admin/pages/{article.pk}/sign/", {**held, name: day}).status_code == 422
    assert not SignOff.objects.exists()


def test_a_newer_version_than_the_one_looked_at_is_not_published(clinic):
    """PUB-51: a page that needs no clinician changed after the publisher opened the screen."""
    publisher = make_user(Role.PUBLISHER)
    page = make_plain_page()
    save_draft(page)
    client = signed_in(publisher)
    held = form_of(screen(client, page), action=f"/admin/pages/{page.pk}/publish/")
    other = signed_in(make_user(Role.PUBLISHER))
    assert save(other, page, opened(other, page), title="Another text").status_code == 302
    assert client.post(f"/admin/pages/{page.pk}/publish/", held).status_code == 409
    assert not Page.objects.get(pk=page.pk).is_live


def test_publishing_again_asks_for_the_kind_of_change_and_a_major_one_for_a_note(editor):
    """PUB-49: what was typed stays where it was typed."""
    article = make_article(by=editor)
    reviewer = make_reviewer().user
    sign_and_publish(article, by=editor, reviewer=reviewer)
    client = signed_in(editor)
    save(client, article, opened(client, article), title="Another title")
    version = workflow.submit(article, by=editor)
    workflow.sign(article, by=reviewer, version_id=version.pk)
    assert step(client, article, "publish").status_code == 422
    refused = step(client, article, "publish", change="major")
    assert refused.status_code == 422
    assert "what changed on this page?" in refused.content.decode()
    assert form_of(refused, action=f"/admin/pages/{article.pk}/publish/")["publish-change"] == "major"
    assert step(client, article, "publish", change="major", note="We gave it another title.").status_code == 303


def test_asking_for_changes_needs_a_reason(editor):
    """PUB-47"""
    article = make_article(by=editor)
    workflow.submit(article, by=editor)
    reviewer = signed_in(make_reviewer().user)
    assert step(reviewer, article, "request-changes", reason="  ").status_code == 422
    assert Page.objects.get(pk=article.pk).draft_state == "in review"


@pytest.fixture
def approved(editor):
    article = make_article(by=editor)
    version = workflow.submit(article, by=editor)
    workflow.sign(article, by=make_reviewer().user, version_id=version.pk)
    return article


def test_a_schedule_is_set_on_the_clinics_clock_and_the_form_says_what_is_frozen(editor, approved):
    """PUB-61, PUB-64"""
    client = signed_in(editor)
    assert step(client, approved, "schedule", day="2099-07-01", time="08:00").status_code == 303
    schedule = Schedule.objects.get()
    assert schedule.due_at == datetime.datetime(2099, 7, 1, 12, 0, tzinfo=datetime.UTC)
    form = client.get(change_url(approved)).content.decode()
    assert "goes live by itself on" in form
    assert "2099-07-01 08:00 EDT" in form
    save(client, approved, opened(client, approved), title="Edited meanwhile")
    assert Page.objects.get(pk=approved.pk).state_in_words == "scheduled"
    Schedule.objects.update(due_at=timezone.now())
    scheduling.run_due()
    approved.refresh_from_db()
    assert approved.live_version.title != "Edited meanwhile"
    assert approved.title == "Edited meanwhile"


def test_the_odd_hours_of_clock_changes_are_refused_and_asked(editor, approved):
    """PUB-64"""
    client = signed_in(editor)
    assert Clinic.current().time_zone == "America/New_York"
    skipped = step(client, approved, "schedule", day="2027-03-14", time="02:30")
    assert skipped.status_code == 422
    assert "never show this time on that day" in skipped.content.decode()
    twice = step(client, approved, "schedule", day="2027-11-07", time="01:30")
    assert twice.status_code == 422
    assert "This hour comes twice" in twice.content.decode()
    held = form_of(twice, action=f"/admin/pages/{approved.pk}/schedule/")
    answer = client.post(f"/admin/pages/{approved.pk}/schedule/", {**held, "schedule-second": "second"})
    assert answer.status_code == 303
    assert Schedule.objects.get().due_at == datetime.datetime(2027, 11, 7, 6, 30, tzinfo=datetime.UTC)


def test_a_past_time_is_refused_and_a_schedule_can_be_called_off(editor, approved):
    """PUB-65"""
    client = signed_in(editor)
    assert step(client, approved, "schedule", day="2020-01-01", time="08:00").status_code == 422
    assert step(client, approved, "schedule", day="2099-01-01", time="08:00").status_code == 303
    assert step(client, approved, "cancel").status_code == 303
    assert Page.objects.get(pk=approved.pk).draft_state == "approved"
    assert not Schedule.objects.pending().exists()


def test_a_withdrawal_can_be_scheduled_and_called_off(editor):
    """PUB-65"""
    article = make_article(by=editor)
    sign_and_publish(article, by=editor)
    client = signed_in(editor)
    typed = {"day": "2099-01-01", "time": "08:00", "kind": "outdated", "reason": "The trial ends then."}
    assert step(client, article, "schedule-withdrawal", **typed).status_code == 303
    assert "schedule-withdrawal" not in offered(client, article)
    assert step(client, article, "cancel-withdrawal").status_code == 303
    assert "schedule-withdrawal" in offered(client, article)


@pytest.mark.parametrize(
    "typed",
    [
        {"day": "", "time": ""},
        {"day": "x", "time": "y"},
        {"day": "0001-01-01", "time": "00:00"},
        {"day": "9999-12-31", "time": "23:59"},
        {"day": "2027-11-07", "time": "01:30", "second": "third"},
        {"day": "2099-01-01\x00", "time": "08:00"},
    ],
)
def test_odd_times_never_break_the_screen(editor, approved, typed):
    response = step(signed_in(editor), approved, "schedule", **typed)
    assert response.status_code in {422, 303}


def test_merging_sends_readers_on_only_to_a_live_page(editor):
    """PUB-109"""
    article, target = make_article(by=editor), make_article(by=editor)
    sign_and_publish(article, by=editor)
    sign_and_publish(target, by=editor)
    client = signed_in(editor)
    typed = {"kind": "merged", "reason": "Both say the same."}
    assert step(client, article, "withdraw", **typed, replacement="/blog/none/").status_code == 422
    assert step(client, article, "withdraw", **typed, replacement=target.live_path).status_code == 303
    assert client.get(article.live_path)["Location"] == target.live_path


def test_the_reviewer_reads_what_changed_since_their_own_signature(editor):
    """PUB-145"""
    guide = make_guide(by=editor)
    reviewer = make_reviewer().user
    sign_and_publish(guide, by=editor, reviewer=reviewer)
    author = signed_in(editor)
    save(author, guide, opened(author, guide), summary="Another summary of the page.")
    workflow.submit(guide, by=editor)
    shown = screen(signed_in(reviewer), guide)
    assert shown.context["difference_words"] == "since your last signature"
    assert [passage.label for passage in shown.context["difference"].facts] == ["summary"]
    assert not shown.context["difference"].sections


def test_the_screen_needs_the_same_number_of_queries_whatever_the_page_holds(editor, django_assert_max_num_queries):
    guide = make_guide(by=editor)
    for number in range(20):
        guide.articles_textsection_set.create(
            region="main", ordering=200 + number, heading=f"More {number}", html="<p>More.</p>"
        )
    save_draft(guide)
    workflow.submit(guide, by=editor)
    client = signed_in(make_reviewer().user)
    with django_assert_max_num_queries(70):
        assert screen(client, guide).status_code == 200


def test_a_form_with_mistakes_says_so_on_top_and_leads_to_each(editor):
    """PAGE-65: the screen is long, and the refused form far below."""
    article = make_article(by=editor)
    sign_and_publish(article)
    client = signed_in(editor)
    response = step(client, article, "withdraw", reason="")
    assert response.status_code == 422
    top, _, _ = response.content.decode().partition("What you can do now")
    assert 'class="refusal" role="alert" tabindex="-1" autofocus' in top
    assert 'href="#id_withdraw-reason">Public explanation: This field is required.' in top
    assert 'id="id_withdraw-reason"' in response.content.decode()


def test_who_can_sign_is_not_asked_to_countersign_as_well(editor):
    article = make_article(by=editor)
    workflow.submit(article, by=editor)
    assert "countersign" not in offered(signed_in(make_reviewer().user), article)
    assert "countersign" in offered(signed_in(make_user(Role.PUBLISHER)), article)


def test_a_live_page_without_a_newer_draft_lays_no_step_open(editor):
    article = make_article(by=editor)
    sign_and_publish(article)
    shown = screen(signed_in(editor), article)
    assert "nothing new since what is live" in shown.content.decode()
    assert not [each for each in shown.context["steps"] if each.is_open]


def test_whoever_edits_a_colleagues_page_hears_what_became_of_it(editor):
    """PUB-47: the author of the text that came back, not only of the page; by mail and in their own queue."""
    article = make_article(by=make_user(Role.AUTHOR))
    workflow.submit(article, by=editor)
    workflow.request_changes(article, by=make_reviewer().user, reason="More words.")
    assert editor.email in Delivery.objects.filter(kind="changes_wanted").values_list("recipient", flat=True)
    assert counts(Page.objects.all(), editor)["changes"] == (1, 1)


def test_a_reviewer_who_is_asked_to_sign_is_offered_nothing_that_could_be_pressed_instead(editor):
    """Beside Sign stand neither "Reviewed, no change", which signs the older text, nor "Discard the draft"."""
    reviewer = make_reviewer().user
    article = make_article(by=editor)
    sign_and_publish(article, reviewer=reviewer)
    client = signed_in(reviewer)
    assert "review" in offered(client, article)
    article.title = "A newer title"
    article.save()
    save_draft(article)
    assert "Discard the draft" in screen(client, article).content.decode()
    workflow.submit(article, by=editor)
    steps = offered(client, article)
    assert "sign" in steps
    assert "review" not in steps
    assert "Discard the draft" not in screen(client, article).content.decode()
