"""``demo --remove``: every sample goes; what is real, and what it rests on, stays."""

from __future__ import annotations

import pytest
from django.apps import apps
from django.core.management import call_command

from articles.models import Article, Definition, MenuItem, StudySection, Term, TextSection, Topic
from leads.counting import kept
from stemsite.access import Role
from stemsite.accounts.models import User
from stemsite.appendonly import AppendOnlyError
from stemsite.audit.models import AuditEvent
from stemsite.audit.recording import first_break
from stemsite.clinic.form_words import FIRST
from stemsite.clinic.models import Clinic, Person, Wording
from stemsite.example_site.loading import load
from stemsite.example_site.removing import REMOVED, remove
from stemsite.example_site.staff import login_file
from stemsite.mail.models import Delivery
from stemsite.publishing import workflow
from stemsite.publishing.models import Page, Redirect, Transition, Use, Version
from stemsite.search.finding import find
from stemsite.serving.models import StoredPage
from studies.models import Condition, Reference, Study
from tests.factories import make_article, make_reviewer, make_term, make_user, save_draft, sign_and_publish, sign_term

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("example"), pytest.mark.database]


def left_over() -> dict[str, int]:
    """Marked rows by model."""
    marked = [
        model
        for model in apps.get_models()
        if any(column.name == "is_sample" for column in model._meta.concrete_fields)
    ]
    found = {model._meta.label: model._base_manager.filter(is_sample=True).count() for model in marked}
    return {label: count for label, count in found.items() if count}


def test_nothing_marked_is_left(client):
    call_command("demo", articles=6, studies=4, leads=30, verbosity=0)
    assert client.get("/conditions/als/").status_code == 200
    assert StoredPage.objects.exists()
    call_command("verify_consent", verbosity=0)
    removed = remove()
    assert left_over() == {}
    assert removed.kept == []
    assert kept("contacts") == 0
    for model in (Page, Version, Transition, Use, User, Person, Delivery, StoredPage, Clinic):
        assert not model._base_manager.exists(), model
    assert find("ALS").hits == ()
    assert client.get("/conditions/als/").status_code == 404
    assert not login_file().exists()


def test_the_removal_is_on_record_and_the_chain_stays_whole():
    before = AuditEvent.objects.count()
    remove()
    event = AuditEvent.objects.get(verb=REMOVED)
    assert event.detail["removed"]["studies"] == 5
    assert AuditEvent.objects.count() == before + 1
    assert first_break() is None


def test_with_nothing_to_remove_nothing_happens(capsys):
    remove()
    before = AuditEvent.objects.count()
    call_command("demo", remove=True)
    assert "nothing of the example site" in capsys.readouterr().out
    assert AuditEvent.objects.count() == before


def test_removed_samples_can_be_loaded_again():
    remove()
    load()
    assert Page.objects.live().count() == 17


def test_it_works_on_a_public_address_too(settings):
    """Taking samples away is what a site does on its way to the public."""
    settings.IS_TRIAL = False
    remove()
    assert left_over() == {}


def test_real_pages_stay_whole():
    article = make_article(by=make_user(Role.AUTHOR))
    sign_and_publish(article)
    before = (article.live_version.content_hash, Version.objects.filter(is_sample=False).count())
    remove()
    article.refresh_from_db()
    assert article.is_live
    assert (article.live_version.content_hash, Version.objects.count()) == before


def test_a_source_that_a_real_page_cites_stays_and_the_report_says_why():
    reference = Reference.objects.get(doi="10.1038/s41591-022-01956-3")
    article = make_article(html=f'<p>Words.<cite data-ref="{reference.pk}"></cite></p>')
    save_draft(article)
    removed = remove()
    assert list(Reference.objects.filter(is_sample=True)) == [reference]
    (reason,) = [reason for reason in removed.kept if "Baloh" in reason]
    assert reason.endswith(f"it is used by the page “{article}”.")


def test_notices_that_a_real_page_carries_stay():
    """The page names their version; without the row nobody could say what it was."""
    save_draft(make_article())
    removed = remove()
    kinds = set(Wording.objects.exclude(kind__in=FIRST).values_list("kind", flat=True))
    assert kinds == {Wording.Kind.SUPPORT, Wording.Kind.DISCLAIMER}
    assert len(removed.kept) == 2


def test_a_source_cited_only_by_an_older_version_stays():
    reference = Reference.objects.get(doi="10.1038/s41591-022-01956-3")
    article = make_article(html=f'<p>Words.<cite data-ref="{reference.pk}"></cite></p>')
    save_draft(article)
    TextSection.objects.filter(parent=article).update(html="<p>Other words.</p>")
    save_draft(article)
    remove()
    assert Reference.objects.filter(pk=reference.pk).exists()


def test_a_study_that_a_real_page_shows_stays_live_with_all_it_needs(client):
    study = Study.objects.get(slug="muse-cells-japan")
    article = make_article(by=make_user(Role.AUTHOR))
    StudySection.objects.create(parent=article, region="main", ordering=20, study=study, html="<p>Ours.</p>")
    sign_and_publish(article)
    removed = remove()
    assert list(Page.objects.filter(is_sample=True)) == [study.page_ptr]
    assert client.get(study.live_path).status_code == 200
    assert list(Reference.objects.filter(is_sample=True)) == [study.primary]
    assert list(Condition.objects.filter(is_sample=True).values_list("slug", flat=True)) == ["als"]
    assert study.versions.count() == 1
    assert any("Muse cells: 5 people in Japan" in reason for reason in removed.kept)


def test_sample_staff_who_wrote_something_real_stay_as_names_without_a_login():
    author = User.objects.get(email="author@example.org")
    article = make_article(by=author)
    save_draft(article)
    removed = remove()
    (kept,) = User.objects.filter(is_sample=True)
    assert kept == author
    assert not kept.is_active
    assert not kept.check_password("samples")
    assert any("Sample Anna Becker" in reason for reason in removed.kept)


def test_a_sample_page_that_real_staff_have_worked_on_stays():
    """No work is lost: their text is in its versions."""
    colleague = make_user(Role.PUBLISHER)
    guide = Article.objects.get(slug="als")
    guide.title = "What is ALS, in our words?"
    guide.save()
    workflow.saved(guide, by=colleague)
    removed = remove()
    assert Article.objects.filter(pk=guide.pk, public_state="live").exists()
    assert guide.versions.count() == 2
    assert Study.objects.filter(is_sample=True).count() == 5
    assert any("was worked on by real staff" in reason for reason in removed.kept)
    assert not Article.objects.filter(kind="plain").exists()


def test_a_real_redirect_keeps_the_page_it_leads_to():
    guide = Article.objects.get(slug="als")
    Redirect.objects.create(from_path="/conditions/mnd/", page=guide)
    remove()
    assert Article.objects.filter(pk=guide.pk).exists()


def test_a_real_profile_of_a_sample_account_keeps_the_account():
    owner = User.objects.get(email="owner@example.org")
    make_reviewer(owner)
    remove()
    assert User.objects.filter(pk=owner.pk).exists()


def test_a_topic_of_a_real_page_stays():
    article = make_article()
    article.topics.add(Topic.objects.get(slug="deciding"))
    remove()
    assert list(Topic.objects.values_list("slug", flat=True)) == ["deciding"]


def test_a_clinic_that_was_given_facts_of_its_own_stays():
    Clinic.objects.update(phone="+1 614 555 0199")
    removed = remove()
    assert Clinic.current().phone == "+1 614 555 0199"
    assert not Clinic.current().is_sample
    assert any("facts of its own" in reason for reason in removed.kept)


def test_real_wordings_and_changed_menu_items_stay():
    Wording.objects.create(kind=Wording.Kind.DISCLAIMER, version=2, text="Our own words.")
    MenuItem.objects.filter(path="/blog/").update(label="News and articles")
    remove()
    left = Wording.objects.exclude(kind__in=FIRST)
    assert list(left.values_list("text", flat=True)) == ["Our own words."]
    assert list(MenuItem.objects.values_list("label", flat=True)) == ["News and articles"]


def test_unmarked_versions_still_cannot_be_removed():
    article = make_article(by=make_user(Role.AUTHOR))
    sign_and_publish(article)
    assert Version.objects.filter(page=article).delete_samples() == 0
    with pytest.raises(AppendOnlyError):
        Version.objects.filter(page=article).delete()


def test_a_sample_term_that_a_real_clinician_signed_stays_with_what_its_signature_rests_on(client):
    term = Term.objects.get(slug="placebo")
    sign_term(term, by=make_reviewer().user)
    removed = remove()
    assert [str(kept) for kept in Term.objects.all()] == ["placebo"]
    assert term.definitions.count() == 2
    assert any("“placebo”" in line and "real staff" in line for line in removed.kept)
    assert "placebo" in client.get("/glossary/").content.decode()


def test_no_sample_term_is_left_and_a_real_one_is_not_touched(client):
    make_term("double-blind")
    remove()
    assert [term.name for term in Term.objects.all()] == ["double-blind"]
    assert Definition.objects.count() == 1
