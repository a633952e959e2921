"""A live packet says when its sources have moved on (LEAD-86)."""

import pytest
from django.urls import reverse

from leads.packets.moved import moved, outdated_ids, outdated_lines
from stemsite.access import Role
from stemsite.publishing import workflow
from studies import integrity
from studies.models import IntegrityEvent
from tests.factories import make_clinic, make_packet, make_user, sign_and_publish

pytestmark = [pytest.mark.django_db, pytest.mark.database]


@pytest.fixture
def packet():
    packet = make_packet()
    sign_and_publish(packet)
    return packet


def why(packet):
    packet.refresh_from_db()
    return [f"{line.title}: {line.why}" for line in moved(packet)]


def test_lead_86_a_fresh_packet_is_as_it_was_reviewed(packet):
    assert why(packet) == [] and outdated_ids() == []


def test_lead_86_a_guide_published_anew_makes_it_outdated_and_leads_to_the_difference(packet):
    guide = packet.guide
    old = guide.live_version_id
    guide.summary = "ALS harms nerve cells."
    guide.save()
    sign_and_publish(guide, note="A shorter summary.")
    assert why(packet) == ["What is ALS?: It was published anew."]
    assert moved(packet)[0].url == reverse("admin:publishing_diff", args=[old, guide.live_version_id])
    assert outdated_ids() == [packet.pk]


def test_lead_86_a_draft_edit_of_a_source_does_not(packet):
    packet.guide.summary = "Only a draft."
    packet.guide.save()
    assert why(packet) == []


def test_lead_86_a_withdrawn_study_makes_it_outdated(packet):
    study = packet.studies.get()
    workflow.withdraw(study, by=make_user(Role.PUBLISHER), kind="outdated", reason="Better data came.")
    assert why(packet) == [f"{study.title}: It is withdrawn."]


def test_lead_86_a_retraction_makes_it_outdated_and_its_end_does_so_again(packet, author):
    paper = packet.studies.get().primary
    event = integrity.record_event(paper, kind=IntegrityEvent.Kind.RETRACTED, source="Crossref", by=author)
    assert why(packet) == [f"{paper.short}: It is now: retracted."]
    packet.letter += "<p>One study was retracted.</p>"
    packet.save()
    sign_and_publish(packet, note="A retraction.")
    assert why(packet) == []
    integrity.end_event(event, because="The notice was wrong.", by=author)
    assert why(packet) == [f"{paper.short}: No longer retracted."]


def test_lead_86_an_event_of_a_paper_that_it_does_not_name_is_no_matter(packet, author):
    from tests.factories import make_reference

    integrity.record_event(make_reference(), kind=IntegrityEvent.Kind.RETRACTED, source="Crossref", by=author)
    assert why(packet) == []


def test_lead_86_a_new_phone_number_makes_it_outdated(packet):
    make_clinic(phone="+1 614 555 0199")
    assert why(packet) == ["Example Clinic: The clinic's name, address, phone or e-mail changed."]


def test_lead_86_saving_takes_what_is_live_and_publishing_settles_it(packet):
    guide = packet.guide
    guide.summary = "ALS harms nerve cells."
    guide.save()
    sign_and_publish(guide, note="A shorter summary.")
    sign_and_publish(packet, note="Follows the guide.")
    assert why(packet) == []


def test_lead_86_the_list_shows_and_filters_outdated_packets_in_few_queries(
    packet, client, django_assert_max_num_queries
):
    other = make_packet()
    sign_and_publish(other)
    workflow.withdraw(packet.studies.get(), by=make_user(Role.PUBLISHER), kind="outdated", reason="Better data came.")
    client.force_login(make_user(Role.PUBLISHER))
    with django_assert_max_num_queries(20):
        page = client.get(reverse("admin:leads_packet_changelist")).content.decode()
    assert "outdated: 1" in page and "as reviewed" in page
    chosen = client.get(reverse("admin:leads_packet_changelist"), {"sources": "moved"})
    assert [row.pk for row in chosen.context["cl"].result_list] == [packet.pk]
    chosen = client.get(reverse("admin:leads_packet_changelist"), {"sources": "same"})
    assert [row.pk for row in chosen.context["cl"].result_list] == [other.pk]


def test_lead_86_the_form_says_what_differs_and_the_reports_list_it(packet, client):
    workflow.withdraw(packet.studies.get(), by=make_user(Role.PUBLISHER), kind="outdated", reason="Better data came.")
    client.force_login(make_user(Role.PUBLISHER))
    page = client.get(reverse("admin:leads_packet_change", args=[packet.pk])).content.decode()
    assert "It is withdrawn." in page and "Saving the packet takes what is live now" in page
    assert [line.label for line in outdated_lines()] == [packet.title]


def test_lead_86_of_the_clinic_only_what_a_packet_prints_makes_it_outdated(packet):
    clinic = make_clinic()
    clinic.hours = "Tuesdays only"
    clinic.save()
    assert why(packet) == []
    clinic.email = "new@example.org"
    clinic.save()
    assert why(packet) == [f"{clinic.name}: The clinic's name, address, phone or e-mail changed."]
