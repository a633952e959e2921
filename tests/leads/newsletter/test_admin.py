"""Staff at work on an issue in the admin: writing, preview, test, steps, progress; counts and never a recipient."""

from __future__ import annotations

import pytest
from django.test import Client
from django.utils import timezone

from leads.models import IssueRun, NewsletterIssue
from leads.newsletter import sending, workflow
from leads.newsletter.steps import State
from stemsite.access import Role
from stemsite.audit.models import AuditEvent
from stemsite.mail.models import Delivery
from tests.factories import make_clinic, make_issue, make_live_article, make_reader, make_user
from tests.staff import signed_in
from tests.staff_forms import form_of

pytestmark = pytest.mark.django_db

AREA = "/admin/leads/newsletterissue/"


@pytest.fixture
def editor(db) -> Client:
    make_clinic()
    return signed_in(Role.AUTHOR, Role.PUBLISHER)


def places(issue) -> list[str]:
    one = f"{AREA}{issue.pk}/"
    ends = ("change/", "history/", "sending/", "preview/", "preview/letter/", "preview/web/")
    return [AREA, *(f"{one}{end}" for end in ends)]


def take(client, issue, slug: str, **typed):
    """Open the screen, fill in one step, press its button."""
    action = f"{AREA}{issue.pk}/sending/{slug}/"
    screen = client.get(f"{AREA}{issue.pk}/sending/")
    data = form_of(screen, action=action)
    return client.post(action, {**data, **{f"{slug}-{name}": value for name, value in typed.items()}})


@pytest.mark.parametrize(
    ("role", "sees"),
    [(Role.AUTHOR, True), (Role.REVIEWER, True), (Role.PUBLISHER, True), (Role.OWNER, True), (Role.COORDINATOR, False)],
)
def test_lead_75_editorial_roles_see_issues_at_every_address_and_nobody_else(role, sees):
    issue = make_issue()
    client = signed_in(role)
    assert {client.get(place).status_code for place in places(issue)} == ({200} if sees else {403})
    assert {Client().get(place).status_code for place in places(issue)} == {302}


def test_lead_75_editorial_roles_see_counts_and_never_recipients(editor):
    readers = [make_reader(f"secret{number}@example.org") for number in range(3)]
    issue = make_issue(by=editor.user)
    workflow.start(issue, by=editor.user)
    IssueRun.objects.update(starts_at=timezone.now())
    sending.advance()
    for place in places(issue):
        shown = editor.get(place).content.decode()
        assert not any(reader.contact.email in shown or reader.contact.reference in shown for reader in readers)
    screen = editor.get(f"{AREA}{issue.pk}/sending/").content.decode()
    assert "0 of 3 letters are done" in screen
    assert '<progress id="issue-progress" class="issue-progress" max="3" value="0">0 of 3</progress>' in screen


def test_lead_74_an_issue_is_written_previewed_tested_sent_and_recalled(editor):
    """LEAD-76, LEAD-137: the whole way through URLs."""
    article = make_live_article(title="How we read a study")
    opened = editor.get(f"{AREA}add/")
    data = form_of(opened, id="newsletterissue_form")
    typed = {
        "subject": "What is new",
        "introduction": "<p>Dear reader, this is new.</p>",
        "signature": "Maria Sample",
        "cards-0-page": article.pk,
        "cards-0-words": "Worth an hour.",
        "cards-0-ordering": "10",
        "_continue": "steps",
    }
    answer = editor.post(f"{AREA}add/", {**data, **typed})
    issue = NewsletterIssue.objects.get()
    assert (answer.status_code, answer["Location"]) == (303, f"{AREA}{issue.pk}/sending/")
    assert issue.cards.get().version_id == article.live_version_id
    assert "How we read a study" in editor.get(f"{AREA}{issue.pk}/preview/").content.decode()

    assert take(editor, issue, "test").status_code == 303
    test = Delivery.objects.get(kind="issue_proof")
    assert (test.to, test.mailer) == (editor.user.email, "newsletter")

    assert take(editor, issue, "start").status_code == 303
    issue.refresh_from_db()
    assert issue.state == State.SENDING
    assert "Until then it can be recalled" in editor.get(f"{AREA}{issue.pk}/sending/").content.decode()
    assert take(editor, issue, "recall").status_code == 303
    issue.refresh_from_db()
    assert issue.state == State.DRAFT


def test_lead_76_a_test_is_marked_as_one_and_opens_nothing(editor):
    from stemsite.mail import kinds

    issue = make_issue(by=editor.user)
    take(editor, issue, "test")
    letter = kinds.build(Delivery.objects.get(kind="issue_proof"))
    assert letter.subject == "[Test] What is new on our site"
    assert "{{" not in letter.text + letter.html
    link = letter.headers["List-Unsubscribe"].strip("<>").removeprefix("http://127.0.0.1:8000")
    assert "does not work" in Client().get(link).content.decode()


def test_a_test_goes_to_nobody_but_staff(editor):
    issue = make_issue(by=editor.user)
    stranger = make_user(Role.COORDINATOR)
    answer = take(editor, issue, "test", to=stranger.pk)
    assert answer.status_code == 422
    assert not Delivery.objects.filter(kind="issue_proof").exists()


def test_a_refused_step_says_everything_that_is_missing(editor):
    issue = make_issue(by=editor.user, signature="", subject="News")
    answer = take(editor, issue, "submit", note="Please read.")
    assert answer.status_code == 422
    said = answer.content.decode()
    assert "Nothing was changed" in said and "a letter has a signature" in said and "Please read." in said


def test_a_step_that_was_taken_already_answers_409(editor):
    issue = make_issue(by=editor.user)
    workflow.start(issue, by=editor.user)
    answer = editor.post(f"{AREA}{issue.pk}/sending/submit/", {"submit-note": ""})
    assert answer.status_code == 409 and "is now sending" in answer.content.decode()


def test_hostile_and_mistaken_requests_are_no_faults(editor):
    """SEC-08"""
    issue = make_issue(by=editor.user)
    step = f"{AREA}{issue.pk}/sending/"
    assert editor.get(f"{step}start/").status_code == 405
    assert editor.post(f"{step}nothing/").status_code == 404
    assert editor.post(f"{AREA}99999999/sending/start/").status_code == 404
    assert editor.get(f"{AREA}99999999/preview/letter/").status_code == 404
    assert editor.post(f"{step}approve/", {"approve-edition_id": "x" * 50}).status_code == 422
    assert editor.post(f"{step}approve/", {"approve-edition_id": "9" * 30}).status_code in {409, 422}
    assert editor.post(f"{step}test/", {"test-to": ["x", "9" * 40]}).status_code == 422
    assert editor.get(f"{AREA}{'9' * 30}/change/").status_code == 302


def test_a_second_saver_keeps_what_was_typed_and_overwrites_nothing(editor):
    issue = make_issue(by=editor.user)
    url = f"{AREA}{issue.pk}/change/"
    mine = form_of(editor.get(url), id="newsletterissue_form")
    theirs = form_of(editor.get(url), id="newsletterissue_form")
    assert editor.post(url, {**theirs, "subject": "Theirs", "_continue": "Save"}).status_code == 302
    answer = editor.post(url, {**mine, "subject": "Mine", "_continue": "Save"})
    assert "Somebody saved this issue" in answer.content.decode() and 'value="Mine"' in answer.content.decode()
    assert NewsletterIssue.objects.get().subject == "Theirs"


def test_a_form_opened_before_the_start_changes_nothing_after_it(editor):
    issue = make_issue(by=editor.user)
    url = f"{AREA}{issue.pk}/change/"
    data = form_of(editor.get(url), id="newsletterissue_form")
    workflow.start(issue, by=editor.user)
    assert editor.post(url, {**data, "subject": "Late", "_continue": "Save"}).status_code == 403
    assert NewsletterIssue.objects.get().subject == "What is new on our site"


def test_what_is_done_through_the_admin_is_on_record_without_what_was_typed(editor):
    issue = make_issue(by=editor.user)
    url = f"{AREA}{issue.pk}/change/"
    data = form_of(editor.get(url), id="newsletterissue_form")
    editor.post(url, {**data, "introduction": "<p>Words nobody logs.</p>", "_continue": "Save"})
    events = AuditEvent.objects.filter(object_type="leads.newsletterissue", object_id=str(issue.pk))
    assert events.filter(verb="changed").exists()
    assert not any("Words nobody logs" in f"{event.note}{event.detail}" for event in events)


def test_sec_09_the_framed_letter_runs_and_loads_nothing(editor):
    issue = make_issue(by=editor.user)
    answer = editor.get(f"{AREA}{issue.pk}/preview/letter/")
    policy = answer["Content-Security-Policy"]
    assert "default-src 'none'" in policy and "sandbox" in policy and "unsafe" not in policy
    assert "style-src 'sha256-" in policy and answer["X-Frame-Options"] == "SAMEORIGIN"
    assert " style=" not in answer.content.decode()


def test_topics_are_kept_sealed(editor):
    """LEAD-107: who got an issue about one condition has chosen it."""
    from django.db import connection

    from articles.models import Topic

    Topic.objects.create(slug="als", name="ALS")
    issue = make_issue(by=editor.user)
    url = f"{AREA}{issue.pk}/change/"
    data = form_of(editor.get(url), id="newsletterissue_form")
    editor.post(url, {**data, "topics": ["als"], "_continue": "Save"})
    assert NewsletterIssue.objects.get().topics == ["als"]
    with connection.cursor() as cursor:
        cursor.execute("SELECT topics FROM leads_newsletterissue")
        assert "als" not in cursor.fetchone()[0].lower().split('"')


def test_an_approval_by_a_colleague_through_the_screen(editor):
    from stemsite.clinic.models import Clinic

    issue = make_issue(by=editor.user)
    Clinic.objects.update(review_policy="team")
    take(editor, issue, "submit", note="")
    colleague = signed_in(Role.PUBLISHER)
    assert take(colleague, issue, "approve").status_code == 303
    issue.refresh_from_db()
    assert issue.state == State.APPROVED
    assert b"Approve this letter" not in editor.get(f"{AREA}{issue.pk}/sending/").content


# -- on the site


@pytest.fixture
def sent(editor):
    """An issue of which a letter went out, and its page."""
    article = make_live_article(title="How we read a study")
    issue = make_issue(article, by=editor.user)
    make_reader()
    workflow.start(issue, by=editor.user)
    assert Client().get(f"/newsletter/issues/{issue.pk}/").status_code == 404, "nothing is public in the ten minutes"
    IssueRun.objects.update(starts_at=timezone.now())
    sending.advance()
    issue.page = article
    return issue


def test_lead_83_an_issue_has_a_page_without_personal_links(sent, client):
    answer = client.get(f"/newsletter/issues/{sent.pk}/")
    shown = answer.content.decode()
    assert answer.status_code == 200 and not answer.cookies
    assert "How we read a study" in shown and sent.page.live_path in shown
    assert "/u/" not in shown and "/p/" not in shown and "{{" not in shown
    assert f"/newsletter/issues/{sent.pk}/" in client.get("/newsletter/issues/").content.decode()


def test_lead_83_the_page_says_when_what_it_tells_of_was_withdrawn(sent, client, owner):
    from stemsite.publishing import workflow as publishing

    client.get(f"/newsletter/issues/{sent.pk}/")
    publishing.withdraw(sent.page, by=owner, kind="error", reason="Wrong.")
    shown = client.get(f"/newsletter/issues/{sent.pk}/").content.decode()
    assert "This page was withdrawn" in shown and f'href="{sent.page.live_path}"' not in shown


def test_lead_65_a_neutral_address_leads_to_what_is_live_and_counts_nothing(sent, client):
    before = AuditEvent.objects.count()
    answer = client.get(f"/read/{sent.page.pk}/")
    assert (answer.status_code, answer["Location"]) == (302, sent.page.live_path)
    assert not answer.cookies and AuditEvent.objects.count() == before
    assert client.get("/read/99999999/").status_code == 404
    assert client.get(f"/read/{'9' * 30}/").status_code == 404
