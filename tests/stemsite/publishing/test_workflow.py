"""The steps, their table and their guards, under both review policies (PUB-40, 43 to 46, 49, 51, 142, 146)."""

import datetime

import pytest
from django.utils import timezone

from articles.models import Article, TextSection
from stemsite.access import Role
from stemsite.clinic.models import Clinic
from stemsite.mail.models import Delivery
from stemsite.publishing import scheduling, workflow
from stemsite.publishing.families import specific
from stemsite.publishing.gate import Refused, Stale
from stemsite.publishing.models import Page, SignOff, Transition, Version
from stemsite.publishing.offering import offers
from stemsite.publishing.steps import STEPS, Verb, is_open
from tests.factories import (
    make_article,
    make_condition,
    make_guide,
    make_plain_page,
    make_reviewer,
    make_user,
    publish,
    save_draft,
    sign_and_publish,
)

pytestmark = [pytest.mark.django_db, pytest.mark.database]

POLICIES = tuple(Clinic.ReviewPolicy)


def policy(value):
    Clinic.objects.update(review_policy=value)


def edit(page, html="<p>Other words.</p>", by=None):
    TextSection.objects.filter(parent_id=page.pk).update(html=html)
    return workflow.saved(page, by=by or page.created_by)


def submitted(page):
    save_draft(page)
    version = workflow.submit(page, by=page.created_by)
    page.refresh_from_db()
    return version


def approved(page, reviewer):
    version = submitted(page)
    workflow.sign(page, by=reviewer, version_id=version.pk)
    page.refresh_from_db()
    return version


# -- the table ----------------------------------------------------------------------------


def test_pub_40_every_verb_has_one_row_in_the_table():
    assert set(STEPS) == set(Verb) - {Verb.CREATE}


@pytest.mark.parametrize("verb", list(STEPS))
def test_pub_40_what_the_table_lacks_is_not_open(verb):
    step = STEPS[verb]
    for draft in Page.DraftState:
        for public in Page.PublicState:
            page = Page(draft_state=draft, public_state=public, trashed_at=timezone.now() if step.in_trash else None)
            assert is_open(page, verb) == (draft in step.from_draft and public in step.from_public)


def attempts(page, people):
    """Every verb as a call that would succeed from the right state."""
    soon = timezone.now() + datetime.timedelta(hours=1)
    version = page.submitted_version_id or 0
    return {
        Verb.SUBMIT: lambda: workflow.submit(page, by=people["author"]),
        Verb.RECALL: lambda: workflow.recall(page, by=people["author"]),
        Verb.REQUEST_CHANGES: lambda: workflow.request_changes(page, by=people["reviewer"], reason="Say how many."),
        Verb.SIGN: lambda: workflow.sign(page, by=people["reviewer"], version_id=version),
        Verb.PUBLISH: lambda: workflow.publish(page, by=people["publisher"], change="major", note="New numbers."),
        Verb.SCHEDULE: lambda: scheduling.schedule_publish(
            page, by=people["publisher"], due_at=soon, change="major", note="New numbers."
        ),
        Verb.WITHDRAW: lambda: workflow.withdraw(page, by=people["publisher"], kind="outdated", reason="Old."),
        Verb.RESTORE: lambda: workflow.restore(page, by=people["publisher"]),
        Verb.REVIEW: lambda: workflow.reviewed_no_change(page, by=people["reviewer"]),
    }


@pytest.fixture
def people(author, reviewer, publisher):
    return {"author": author, "reviewer": reviewer, "publisher": publisher}


@pytest.mark.parametrize("verb", ["recall", "sign", "publish", "schedule", "withdraw", "restore", "review"])
def test_pub_40_a_draft_refuses_what_is_not_open_and_changes_nothing(clinic, people, verb):
    page = make_guide(by=people["author"])
    save_draft(page)
    before = Page.objects.filter(pk=page.pk).values().get()
    with pytest.raises(Refused):
        attempts(page, people)[Verb(verb)]()
    assert Page.objects.filter(pk=page.pk).values().get() == before
    assert list(page.transitions.values_list("verb", flat=True)) == ["create"]


def test_pub_51_a_step_from_a_stale_tab_is_told_the_present_state(clinic, people):
    page = make_guide(by=people["author"])
    submitted(page)
    workflow.recall(page, by=people["author"])
    with pytest.raises(Stale, match="now draft"):
        workflow.recall(page, by=people["author"])
    with pytest.raises(Stale, match="now draft"):
        workflow.request_changes(page, by=people["reviewer"], reason="More.")


# -- from empty draft to live, both policies -------------------------------------------------


@pytest.mark.parametrize("value", POLICIES)
def test_pub_146_five_people_walk_from_empty_draft_to_live_and_round_again(clinic, people, value):
    policy(value)
    page = make_guide(by=people["author"])
    version = submitted(page)
    workflow.request_changes(page, by=people["reviewer"], reason="Say how many.")
    edit(page)
    version = workflow.submit(page, by=people["author"])
    workflow.sign(page, by=people["reviewer"], version_id=version.pk)
    workflow.publish(page, by=people["publisher"], change="major")
    page.refresh_from_db()
    assert (page.draft_state, page.public_state, page.live_version) == ("draft", "live", version)
    newer = edit(page, "<p>Newer words.</p>")
    workflow.submit(page, by=people["author"])
    page.refresh_from_db()
    assert (page.draft_state, page.public_state, page.live_version) == ("in review", "live", version)
    workflow.sign(page, by=people["reviewer"], version_id=newer.pk)
    workflow.publish(page, by=people["publisher"], change="major", note="New numbers.")
    page.refresh_from_db()
    assert page.live_version == newer


@pytest.mark.parametrize("value", POLICIES)
def test_pub_146_two_people_with_the_presets_walk_from_empty_draft_to_live(clinic, value):
    policy(value)
    editor = make_user(Role.AUTHOR, Role.PUBLISHER, Role.COORDINATOR, Role.OWNER)
    clinician = make_reviewer().user
    page = make_guide(by=editor)
    version = approved(page, clinician)
    if value == Clinic.ReviewPolicy.TEAM:
        with pytest.raises(Refused, match="a colleague"):
            workflow.publish(page, by=editor, change="major")
        other = make_user(Role.PUBLISHER)
        workflow.publish(page, by=other, change="major")
    else:
        workflow.publish(page, by=editor, change="major")
    page.refresh_from_db()
    assert page.live_version == version


def test_pub_146_with_two_people_the_reviewer_may_press_publish(clinic):
    editor, clinician = make_user(Role.AUTHOR), make_reviewer().user
    page = make_guide(by=editor)
    approved(page, clinician)
    workflow.publish(page, by=clinician, change="major")
    page.refresh_from_db()
    assert page.is_live


def test_pub_146_with_two_people_the_author_may_publish_their_own_page_only(clinic):
    author, other, clinician = make_user(Role.AUTHOR), make_user(Role.AUTHOR), make_reviewer().user
    page = make_guide(by=author)
    approved(page, clinician)
    with pytest.raises(Refused, match="role"):
        workflow.publish(page, by=other, change="major")
    workflow.publish(page, by=author, change="major")
    page.refresh_from_db()
    assert page.is_live


def test_pub_146_in_a_team_reviewer_and_author_do_not_publish(clinic):
    policy("team")
    author, clinician = make_user(Role.AUTHOR), make_reviewer().user
    page = make_guide(by=author)
    approved(page, clinician)
    for person in (author, clinician):
        with pytest.raises(Refused, match="role"):
            workflow.publish(page, by=person, change="major")


def test_pub_146_a_reviewers_own_edit_is_countersigned_by_the_author(clinic):
    editor, clinician = make_user(Role.AUTHOR, Role.PUBLISHER), make_reviewer().user
    page = make_guide(by=editor)
    submitted(page)
    version = edit(page, "<p>The reviewer's own words.</p>", by=clinician)
    workflow.sign(page, by=clinician, version_id=version.pk)
    with pytest.raises(Refused, match="presses Countersign"):
        workflow.publish(page, by=editor, change="major")
    with pytest.raises(Refused, match="presses Countersign"):
        workflow.publish(page, by=clinician, change="major")
    workflow.countersign(page, by=editor, version_id=version.pk)
    workflow.publish(page, by=editor, change="major")
    page.refresh_from_db()
    assert page.live_version == version


def test_pub_146_a_clinician_alone_needs_one_colleague_who_reads(clinic):
    clinician = make_reviewer(make_user(Role.AUTHOR, Role.REVIEWER, Role.PUBLISHER)).user
    page = make_guide(by=clinician)
    version = submitted(page)
    with pytest.raises(Refused, match="Countersign"):
        workflow.sign(page, by=clinician, version_id=version.pk)
    workflow.countersign(page, by=make_user(Role.PUBLISHER), version_id=version.pk)
    workflow.sign(page, by=clinician, version_id=version.pk)
    workflow.publish(page, by=clinician, change="major")
    page.refresh_from_db()
    assert page.is_live


# -- signatures -------------------------------------------------------------------------------


def test_pub_43_a_signature_keeps_who_what_and_when(clinic, author):
    person = make_reviewer(credentials="MD, PhD")
    page = make_guide(by=author)
    version = approved(page, person.user)
    signed = SignOff.objects.get()
    assert (signed.version, signed.content_hash) == (version, version.content_hash)
    assert (signed.name, signed.credentials, signed.specialty) == (person.name, "MD, PhD", "Neurology")
    assert signed.statement
    assert signed.signed_by == person.user
    assert signed.reviewed_on == timezone.localdate()


def test_pub_43_the_byline_comes_from_the_signature_whatever_the_profile_says_today(clinic, client):
    person = make_reviewer(name="Maria Lopez", credentials="MD")
    page = make_guide()
    sign_and_publish(page, reviewer=person.user)
    person.name, person.credentials = "Maria Lopez-Reed", "MD, PhD"
    person.save()
    from stemsite.serving import store

    store.forget_all()
    html = client.get("/conditions/als/").content.decode()
    assert "Maria Lopez, MD" in html
    assert "Lopez-Reed" not in html


def test_pub_43_a_signature_carries_the_picture_of_that_day(clinic, client, author, picture):
    first, second = picture(), picture()
    person = make_reviewer(photo=first.picture)
    page = make_guide(by=author)
    version = approved(page, person.user)
    type(first.picture).objects.filter(pk=first.picture_id).update(current=second)
    assert version.sign_offs.get().photo_file == first.pk
    workflow.publish(page, by=author, change="major")
    html = client.get("/conditions/als/").content.decode()
    assert f'<img class="initials" src="/media/{first.path}"' in html
    assert second.path not in html


def test_pub_44_an_edit_after_the_signature_voids_the_approval_and_tells_the_reviewer(clinic, people):
    page = make_guide(by=people["author"])
    signed = approved(page, people["reviewer"])
    Delivery.objects.all().delete()
    newer = edit(page)
    page.refresh_from_db()
    assert (page.draft_state, page.approved_version) == ("draft", None)
    assert signed.sign_offs.count() == 1
    letter = Delivery.objects.get(kind="changed_after_signature")
    assert letter.to == people["reviewer"].email
    assert f"/admin/versions/{signed.pk}/{newer.pk}/" in letter.text


def test_pub_44_a_new_wording_of_a_notice_voids_the_approval_too(clinic, people):
    from stemsite.clinic.models import Wording

    page = make_guide(by=people["author"])
    approved(page, people["reviewer"])
    Wording.objects.create(kind="disclaimer", version=2, text="Other words.")
    with pytest.raises(Refused, match="no longer the one that was signed"):
        workflow.publish(page, by=people["publisher"], change="major")
    workflow.saved(page, by=people["author"])
    page.refresh_from_db()
    assert page.draft_state == "draft"


def live_guide(people):
    page = make_guide(by=people["author"])
    sign_and_publish(page, reviewer=people["reviewer"])
    return page


def test_pub_45_a_minor_change_is_confirmed_and_moves_no_date(clinic, people):
    """PAGE-52: a minor edit moves nothing."""
    page = live_guide(people)
    before = page.live_version.sign_offs.get()
    updated_at = page.updated_at
    edit(page)
    version = workflow.submit(page, by=people["author"], minor=True)
    with pytest.raises(Refused):
        workflow.publish(page, by=people["publisher"], change="minor")
    confirmed = workflow.sign(page, by=people["reviewer"], version_id=version.pk)
    workflow.publish(page, by=people["publisher"], change="minor")
    page.refresh_from_db()
    assert confirmed.kind == SignOff.Kind.CONFIRMATION
    assert (confirmed.reviewed_on, confirmed.review_due_on) == (before.reviewed_on, before.review_due_on)
    assert (page.live_version, page.updated_at) == (version, updated_at)


def test_pub_45_the_confirmation_is_of_exactly_that_diff(clinic, people):
    page = live_guide(people)
    edit(page)
    read = workflow.submit(page, by=people["author"], minor=True)
    edit(page, "<p>Something quite different.</p>")
    with pytest.raises(Stale, match="changed while you were reading"):
        workflow.sign(page, by=people["reviewer"], version_id=read.pk)


def test_pub_45_only_beside_a_signed_live_text_can_a_change_be_minor(clinic, people):
    page = make_guide(by=people["author"])
    save_draft(page)
    with pytest.raises(Refused, match="clinician has signed"):
        workflow.submit(page, by=people["author"], minor=True)
    plain = make_plain_page(by=people["author"])
    publish(plain)
    plain.conditions.add(make_condition())
    save_draft(plain)
    with pytest.raises(Refused, match="clinician has signed"):
        workflow.submit(plain, by=people["author"], minor=True)


def test_pub_45_only_who_reviewed_the_whole_page_confirms_a_minor_change_of_it(clinic, people):
    """PUB-43: a confirmation carries the day of the whole review, which nobody else's name may stand beside."""
    page = live_guide(people)
    other = make_reviewer().user
    edit(page)
    version = workflow.submit(page, by=people["author"], minor=True)
    with pytest.raises(Refused, match="reviewed the whole page"):
        workflow.sign(page, by=other, version_id=version.pk)
    page.refresh_from_db()
    [confirm] = [offer for offer in offers(specific(page), other) if offer.verb == Verb.CONFIRM]
    assert "reviewed the whole page" in confirm.refusal
    workflow.request_changes(page, by=other, reason="Submit it as a whole.")
    whole = workflow.submit(page, by=people["author"])
    assert workflow.sign(page, by=other, version_id=whole.pk).reviewed_on == timezone.localdate()


def test_pub_45_a_page_withdrawn_meanwhile_does_not_come_back_by_a_confirmation(clinic, people):
    page = live_guide(people)
    edit(page)
    version = workflow.submit(page, by=people["author"], minor=True)
    workflow.withdraw(page, by=people["publisher"], kind="error", reason="A number was wrong.")
    with pytest.raises(Refused, match="as a whole"):
        workflow.sign(page, by=people["reviewer"], version_id=version.pk)


def test_pub_121_a_confirmed_minor_change_cannot_be_published_as_major(clinic, people):
    page = live_guide(people)
    edit(page)
    version = workflow.submit(page, by=people["author"], minor=True)
    workflow.sign(page, by=people["reviewer"], version_id=version.pk)
    with pytest.raises(Refused, match="minor"):
        workflow.publish(page, by=people["publisher"], change="major", note="Big news.")


def test_pub_46_a_lapsed_credential_cannot_sign(clinic, author):
    person = make_reviewer(licence_valid_until=timezone.localdate() - datetime.timedelta(days=1))
    page = make_guide(by=author)
    version = submitted(page)
    with pytest.raises(Refused, match="no longer valid"):
        workflow.sign(page, by=person.user, version_id=version.pk)


def test_pub_46_a_reviewer_without_profile_cannot_sign(clinic, author):
    page = make_guide(by=author)
    version = submitted(page)
    with pytest.raises(Refused, match="no profile"):
        workflow.sign(page, by=make_user(Role.REVIEWER), version_id=version.pk)


def test_pub_46_in_a_team_the_sole_author_cannot_publish(clinic, reviewer):
    policy("team")
    author = make_user(Role.AUTHOR, Role.PUBLISHER)
    page = make_guide(by=author)
    approved(page, reviewer)
    with pytest.raises(Refused, match="wrote this text alone"):
        workflow.publish(page, by=author, change="major")


def test_pub_46_who_wrote_only_this_draft_alone_cannot_sign_it_though_others_wrote_the_last(clinic, people):
    page = live_guide(people)
    version = edit(page, by=people["reviewer"])
    workflow.submit(page, by=people["author"])
    page.refresh_from_db()
    assert page.submitted_version == version
    with pytest.raises(Refused, match="wrote all of this text yourself"):
        workflow.sign(page, by=people["reviewer"], version_id=version.pk)


def test_nobody_countersigns_what_they_signed(clinic, people):
    page = make_guide(by=people["author"])
    version = approved(page, people["reviewer"])
    with pytest.raises(Refused, match="already signed"):
        workflow.countersign(page, by=people["reviewer"], version_id=version.pk)


def test_pub_46_nobody_countersigns_their_own_words(clinic, people):
    page = make_guide(by=people["author"])
    version = submitted(page)
    with pytest.raises(Refused, match="your own words"):
        workflow.countersign(page, by=people["author"], version_id=version.pk)


def test_pub_47_asking_for_changes_needs_a_reason_which_is_mailed_to_the_author(clinic, people):
    page = make_guide(by=people["author"])
    submitted(page)
    with pytest.raises(Refused, match="Say what should change"):
        workflow.request_changes(page, by=people["reviewer"], reason="  ")
    workflow.request_changes(page, by=people["reviewer"], reason="Say how many.")
    letter = Delivery.objects.get(kind="changes_wanted")
    assert letter.to == people["author"].email
    assert "Say how many." in letter.text


def test_pub_48_every_submission_tells_the_reviewers_the_same_text_again_too(clinic, people):
    page = make_guide(by=people["author"])
    for _ in range(2):
        submitted(page)
        workflow.recall(page, by=people["author"])
    letters = Delivery.objects.filter(kind="review_wanted").values_list("recipient", flat=True)
    assert list(letters) == [people["reviewer"].email] * 2


# -- publishing -------------------------------------------------------------------------------


def test_pub_49_publishing_asks_for_major_or_minor_and_a_major_change_for_a_note(clinic, people):
    """PAGE-52: a major change needs a note for readers."""
    page = live_guide(people)
    version = edit(page)
    workflow.submit(page, by=people["author"])
    workflow.sign(page, by=people["reviewer"], version_id=version.pk)
    with pytest.raises(Refused, match="major or minor"):
        workflow.publish(page, by=people["publisher"], change="")
    with pytest.raises(Refused, match="one sentence for readers"):
        workflow.publish(page, by=people["publisher"], change="major", note=" ")
    workflow.publish(page, by=people["publisher"], change="major", note="We added the deaths.")
    from stemsite.publishing.reading import history

    page.refresh_from_db()
    assert [change.note for change in history(page)] == ["We added the deaths.", "First published."]


def test_minor_changes_and_reviews_are_not_in_the_readers_history(clinic, people):
    page = live_guide(people)
    version = edit(page)
    workflow.submit(page, by=people["author"])
    workflow.sign(page, by=people["reviewer"], version_id=version.pk)
    workflow.publish(page, by=people["publisher"], change="minor")
    workflow.reviewed_no_change(page, by=people["reviewer"])
    from stemsite.publishing.reading import history

    page.refresh_from_db()
    assert [change.note for change in history(page)] == ["First published."]


def test_pub_142_a_plain_page_is_published_by_the_publisher_alone(clinic, publisher):
    page = make_plain_page(by=publisher)
    save_draft(page)
    workflow.publish(page, by=publisher, change="major")
    page.refresh_from_db()
    assert page.is_live
    assert not SignOff.objects.exists()


@pytest.mark.parametrize("fact", ["condition", "citation", "kind"])
def test_pub_142_and_loses_that_freedom_the_moment_it_says_something_medical(clinic, publisher, fact):
    from tests.factories import make_reference

    page = make_plain_page(by=publisher)
    if fact == "condition":
        page.conditions.add(make_condition())
    elif fact == "citation":
        TextSection.objects.filter(parent=page).update(
            html=f'<p>It helps<cite data-ref="{make_reference().pk}"></cite></p>'
        )
    else:
        Article.objects.filter(pk=page.pk).update(kind="service", offers_subject="no")
    save_draft(page)
    with pytest.raises(Refused, match="No medical reviewer"):
        workflow.publish(page, by=publisher, change="major")


@pytest.mark.parametrize("withdrawn", [False, True])
def test_pub_142_a_signed_guide_does_not_become_a_plain_page_unseen(clinic, people, withdrawn):
    """Stripping a medical page of what makes it medical is a medical change; once signed, the plain page is free."""
    page = live_guide(people)
    if withdrawn:
        workflow.withdraw(page, by=people["publisher"], kind="error", reason="A number was wrong.")
    Article.objects.filter(pk=page.pk).update(
        kind="plain", subject="", offers_subject="", title="Hours", summary="When"
    )
    page.conditions.clear()
    page.interventions.clear()
    edit(page, "<p>It cures everybody.</p>")
    with pytest.raises(Refused, match="No medical reviewer"):
        workflow.publish(page, by=people["publisher"], change="minor")
    version = workflow.submit(page, by=people["author"])
    workflow.sign(page, by=people["reviewer"], version_id=version.pk)
    workflow.publish(page, by=people["publisher"], change="minor")
    edit(page, "<p>We are open on Mondays.</p>")
    workflow.publish(page, by=people["publisher"], change="minor")


def test_pub_51_the_second_press_of_publish_publishes_nothing(clinic, publisher):
    page = make_plain_page(by=publisher)
    publish(page, by=publisher)
    with pytest.raises(Stale, match="live already"):
        workflow.publish(page, by=publisher, change="minor")
    [offer] = [offer for offer in offers(specific(page), publisher) if offer.verb == Verb.PUBLISH]
    assert "live already" in offer.refusal
    assert page.transitions.filter(verb="publish").count() == 1


def test_publishing_a_saved_step_by_form_cannot_undo_it(clinic, people):
    """A form read before a publish and saved after it leaves the public state alone (PUB-71)."""
    page = make_guide(by=people["author"])
    stale = Article.objects.get(pk=page.pk)
    sign_and_publish(page, reviewer=people["reviewer"])
    stale.title = "Newer title"
    stale.save()
    stored = Page.objects.get(pk=page.pk)
    assert (stored.title, stored.public_state, stored.live_version_id) == ("Newer title", "live", page.live_version_id)
    with pytest.raises(TypeError, match="public_state"):
        stale.save(update_fields=["public_state"])


def test_a_version_made_by_a_step_names_who_pressed(clinic, people):
    page = make_guide(by=people["author"])
    save_draft(page)
    TextSection.objects.filter(parent=page).update(html="<p>Changed beside the form.</p>")
    version = workflow.submit(page, by=people["author"])
    assert (version.action, version.created_by) == (Version.Action.SUBMIT, people["author"])


def test_withdrawing_by_hand_calls_off_what_is_scheduled(clinic, people):
    page = live_guide(people)
    version = edit(page)
    workflow.submit(page, by=people["author"])
    workflow.sign(page, by=people["reviewer"], version_id=version.pk)
    scheduling.schedule_publish(
        page,
        by=people["publisher"],
        due_at=timezone.now() + datetime.timedelta(hours=1),
        change="major",
        note="New numbers.",
    )
    workflow.withdraw(page, by=people["publisher"], kind="error", reason="It went out too early.")
    page.refresh_from_db()
    assert (page.draft_state, page.public_state) == ("approved", "withdrawn")
    assert page.schedules.get().state == "cancelled"


def test_a_page_is_not_merged_into_itself(clinic, people):
    page = live_guide(people)
    with pytest.raises(Refused, match="live page"):
        workflow.withdraw(page, by=people["publisher"], kind="merged", reason="Same.", replacement=page)


def test_pub_122_reviewed_no_change_moves_reviewed_and_due_but_not_updated(clinic, people):
    """PAGE-52: a review moves reviewed and due alone."""
    page = live_guide(people)
    updated_at, version = page.updated_at, page.live_version
    edit(page)
    workflow.submit(page, by=people["author"])
    due = timezone.localdate() + datetime.timedelta(days=500)
    workflow.reviewed_no_change(page, by=people["reviewer"], review_due_on=due)
    page.refresh_from_db()
    assert (page.live_version, page.updated_at, page.review_due_on) == (version, updated_at, due)
    assert page.draft_state == "in review"
    with pytest.raises(Refused, match="role"):
        workflow.reviewed_no_change(page, by=people["publisher"])


def test_pub_121_the_next_review_is_never_in_the_past(clinic, people):
    page = live_guide(people)
    with pytest.raises(Refused, match="cannot be in the past"):
        workflow.reviewed_no_change(page, by=people["reviewer"], review_due_on=timezone.localdate())


@pytest.mark.parametrize("year", [2100, 9999])
def test_pub_121_the_next_review_is_never_beyond_the_calendar(clinic, people, year):
    """A slip of the pen makes no page fresh for ever, and none that cannot be shown."""
    version = submitted(page := make_guide(by=people["author"]))
    with pytest.raises(Refused, match="10 years"):
        workflow.sign(page, by=people["reviewer"], version_id=version.pk, review_due_on=datetime.date(year, 12, 31))
    workflow.sign(page, by=people["reviewer"], version_id=version.pk)
    workflow.publish(page, by=people["publisher"], change="major")
    with pytest.raises(Refused, match="10 years"):
        workflow.reviewed_no_change(page, by=people["reviewer"], review_due_on=datetime.date(year, 12, 31))


def test_long_notes_and_long_addresses_of_staff_are_no_error(clinic, people):
    """What a form lets through is taken by PostgreSQL too; the step keeps the whole note."""
    colleague = make_user(Role.PUBLISHER, email=f"{'a' * 60}@{'b' * 60}.{'c' * 60}.example.org")
    page = make_guide(by=people["author"])
    version = workflow.submit(page, by=people["author"], note="Look " * 400)
    assert (len(version.note), page.transitions.latest("pk").note) == (300, "Look " * 400)
    workflow.sign(page, by=people["reviewer"], version_id=version.pk)
    assert colleague.email.startswith(workflow.countersign(page, by=colleague, version_id=version.pk).name)


def test_the_record_says_from_where_to_where(clinic, people):
    page = live_guide(people)
    steps = page.transitions.order_by("pk").values_list("verb", "from_draft", "to_draft", "from_public", "to_public")
    assert list(steps) == [
        ("create", "draft", "draft", "nothing", "nothing"),
        ("submit", "draft", "in review", "nothing", "nothing"),
        ("sign", "in review", "approved", "nothing", "nothing"),
        ("publish", "approved", "draft", "nothing", "live"),
    ]
    assert Transition.objects.get(verb="publish").path == "/conditions/als/"


def test_make_article_is_not_exempt(clinic, publisher):
    page = make_article(by=publisher)
    save_draft(page)
    with pytest.raises(Refused, match="No medical reviewer"):
        workflow.publish(page, by=publisher, change="major")
