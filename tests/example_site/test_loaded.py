"""The example site once it is loaded: what the workflow left behind, who may do what, and what a second run does."""

from __future__ import annotations

import stat

import pytest
from allauth.account.models import EmailAddress
from django.apps import apps
from django.contrib.auth import authenticate

from articles.models import Article
from stemsite.access import Action, Role, can, roles_of
from stemsite.accounts.models import User
from stemsite.audit.models import AuditEvent
from stemsite.clinic import form_words
from stemsite.clinic.models import Person, Wording
from stemsite.example_site import loading
from stemsite.example_site.loading import load
from stemsite.example_site.staff import login_file
from stemsite.publishing import workflow
from stemsite.publishing.models import Page
from stemsite.publishing.versions import is_intact

from .conftest import PAGES, counts

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("example")]


@pytest.mark.database
def test_every_page_is_live_through_submission_signature_and_publication():
    assert Page.objects.live().count() == PAGES
    for page in Page.objects.live():
        steps = list(page.transitions.order_by("at", "pk").values_list("verb", "by__email"))
        by_hand = [("submit", page.created_by.email), ("sign", "reviewer@example.org")]
        signed = bool(page.version_for_readers().sign_offs.all())
        assert steps == [
            ("create", page.created_by.email),
            *(by_hand if signed else []),
            ("publish", "publisher@example.org"),
        ]
        assert is_intact(page.version_for_readers())


def test_everything_it_makes_is_marked():
    """The first words of the forms are the site's own: it has them without the samples."""
    unmarked = [
        row
        for model in apps.get_models()
        if any(column.name == "is_sample" for column in model._meta.concrete_fields)
        for row in model._base_manager.filter(is_sample=False)
        if not (isinstance(row, Wording) and row.kind in form_words.FIRST)
    ]
    assert unmarked == []


@pytest.mark.database
def test_a_second_run_changes_nothing():
    before = counts()
    stamps = pages_now()
    loaded = load()
    assert counts() == before
    assert (
        list(Page.objects.order_by("pk").values_list("pk", "live_version_id", "updated_at", "lock_version")) == stamps
    )
    assert (len(loaded.published), len(loaded.left_alone)) == (0, PAGES)


def test_a_page_that_staff_changed_is_left_alone():
    guide = Article.objects.get(slug="als")
    guide.title = "What is ALS, in our words?"
    guide.save()
    workflow.saved(guide, by=User.objects.get(email="author@example.org"))
    load()
    guide.refresh_from_db()
    assert guide.title == "What is ALS, in our words?"
    assert guide.live_version.title == "What is ALS?"


def test_there_is_an_account_for_each_role_and_preset():
    roles = {user.email.split("@")[0]: roles_of(user) for user in User.objects.all()}
    assert roles == {
        "owner": {Role.OWNER},
        "publisher": {Role.PUBLISHER},
        "author": {Role.AUTHOR},
        "reviewer": {Role.REVIEWER},
        "coordinator": {Role.COORDINATOR},
        "editor": {Role.AUTHOR, Role.PUBLISHER, Role.COORDINATOR, Role.OWNER},
        "clinician": {Role.REVIEWER},
    }
    assert not User.objects.filter(is_superuser=True).exists()


def test_every_account_can_log_in(rf):
    request = rf.get("/")
    for user in User.objects.all():
        assert EmailAddress.objects.filter(user=user, email=user.email, verified=True, primary=True).exists()
        assert authenticate(request, email=user.email, password="samples") == user


def test_both_clinicians_may_sign():
    for name in ("reviewer", "clinician"):
        user = User.objects.get(email=f"{name}@example.org")
        assert can(user, Action.SIGN)
        person = Person.objects.get(user=user)
        assert person.credential_is_valid()
        assert person.licence_number == "SAMPLE-0001"
        assert person.licence_url == ""
        assert person.name.startswith("Sample ")


def test_any_password_is_accepted_and_replaces_the_kept_one():
    load("x")
    assert login_file().read_text().strip() == "x"
    assert stat.S_IMODE(login_file().stat().st_mode) == 0o600
    assert all(user.check_password("x") for user in User.objects.all())


def test_a_password_that_staff_changed_survives_a_second_run():
    owner = User.objects.get(email="owner@example.org")
    owner.set_password("changed by hand")
    owner.save()
    load()
    owner.refresh_from_db()
    assert owner.check_password("changed by hand")


def test_loading_is_recorded_once():
    load()
    assert AuditEvent.objects.filter(verb=loading.LOADED).count() == 1


def pages_now() -> list[tuple[object, ...]]:
    return list(Page.objects.order_by("pk").values_list("pk", "live_version_id", "updated_at", "lock_version"))


def test_lead_135_there_is_a_packet_about_als_and_a_general_one():
    from leads.packets.choosing import general_packet, packet_about, subject_of

    about = packet_about("als")
    assert about is not None and about.title == "ALS and stem cells"
    assert subject_of("als") == "ALS"
    general = general_packet()
    assert general is not None and general.guide is None


def test_lead_88_both_sample_booklets_are_of_four_to_eight_pages_and_small(example):
    import io

    import pypdf
    from django.utils import timezone

    from leads.models import Packet
    from leads.packets.making import render

    for packet in Packet.objects.live():
        made = render(packet.live_version, name="Ann Example", at=timezone.now())
        assert len(made) <= 300_000
        assert 4 <= len(pypdf.PdfReader(io.BytesIO(made)).pages) <= 8
