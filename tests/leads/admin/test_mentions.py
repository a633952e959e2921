"""LEAD-98: a note that names a colleague sends them a letter with a link, and nothing of the person."""

from __future__ import annotations

import pytest
from django.conf import settings

from leads import erasing
from leads.models import TimelineEntry
from stemsite.access import Role
from stemsite.mail.kinds import Letter, NotAnyMore, build
from stemsite.mail.models import Delivery
from tests.factories import make_contact, make_user

pytestmark = [pytest.mark.django_db, pytest.mark.database]

WORDS = "Huitzilopochtli rang at noon"


@pytest.fixture
def contact():
    return make_contact(email="quetzal@example.org", name="Quetzalcoatlina")


@pytest.fixture
def writer(client):
    user = make_user(Role.COORDINATOR, first_name="Pat", last_name="Writer")
    client.force_login(user)
    return user


def write(client, contact, colleague, text=WORDS):
    typed = {"note-text": text, "note-colleague": str(colleague.pk) if colleague else ""}
    return client.post(f"/admin/leads/contact/{contact.pk}/note/", typed)


def test_lead_98_the_colleague_gets_a_link_and_no_word_of_the_note_or_the_person(client, contact, writer):
    colleague = make_user(Role.OWNER)
    assert write(client, contact, colleague).status_code == 303
    delivery = Delivery.objects.get(kind="note_for_you")
    letter = build(delivery)
    assert isinstance(letter, Letter) and letter.to[1] == colleague.email
    said = f"{letter.subject} {letter.text} {letter.html}"
    assert f"{settings.SITE_URL}/admin/leads/contact/{contact.pk}/change/" in said and "Pat Writer" in said
    for trace in ("quetzal", "huitzilopochtli", "noon"):
        assert trace not in said.lower()


def test_lead_98_a_note_without_a_colleague_sends_nothing(client, contact, writer):
    assert write(client, contact, None).status_code == 303
    assert not Delivery.objects.exists() and TimelineEntry.objects.filter(kind="note").count() == 1


@pytest.mark.parametrize("role", [Role.AUTHOR, Role.PUBLISHER, Role.REVIEWER])
def test_lead_98_nobody_without_the_role_is_told_that_the_person_exists(client, contact, writer, role):
    """Neither offered nor taken, and the note is kept only whole."""
    outsider = make_user(role)
    answer = write(client, contact, outsider)
    assert answer.status_code == 422 and WORDS in answer.content.decode()
    assert not Delivery.objects.exists() and not TimelineEntry.objects.filter(kind="note").exists()


def test_lead_98_who_lost_the_role_meanwhile_is_not_written_to(client, contact, writer):
    colleague = make_user(Role.COORDINATOR)
    write(client, contact, colleague)
    colleague.groups.clear()
    told = build(Delivery.objects.get(kind="note_for_you"))
    assert isinstance(told, NotAnyMore) and told.outcome == "suppressed"


def test_lead_98_of_an_erased_person_nobody_is_told_any_more(client, contact, writer):
    write(client, contact, make_user(Role.COORDINATOR))
    erasing.erase(contact, by=make_user(Role.OWNER))
    assert isinstance(build(Delivery.objects.get(kind="note_for_you")), NotAnyMore)
