"""A packet takes what is live and signed, pins it, and goes the way of every page (LEAD-85, LEAD-87, LEAD-94)."""

import json
from pathlib import Path

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from articles.models import Article, TextSection
from leads.models import Packet
from leads.packets.checks import packet_findings
from leads.packets.content import packet_content
from leads.packets.freezing import freeze_packet
from stemsite.access import Role
from stemsite.clinic.models import Wording
from stemsite.publishing import workflow
from stemsite.publishing.diffing import compare
from stemsite.publishing.families import content_of, family_of
from stemsite.publishing.gate import Refused
from stemsite.publishing.models import Page, Redirect, Use, Version
from stemsite.publishing.versions import content_hash
from stemsite.uses import uses_of
from studies import integrity
from studies.models import IntegrityEvent, StudyFact
from tests.factories import (
    make_article,
    make_guide,
    make_packet,
    make_plain_page,
    make_study,
    make_user,
    publish,
    save_draft,
    sign_and_publish,
)

pytestmark = [pytest.mark.django_db, pytest.mark.database]


SAMPLE = Path(__file__).resolve().parents[2] / "samples" / "versions" / "packet-1.json"


def blocks(packet):
    found = freeze_packet(packet)
    return " ".join(finding.message for finding in packet_findings(packet, found) if finding.severity == "block")


def test_lead_85_a_packet_goes_live_through_the_same_workflow_and_pins_versions_by_id_and_hash():
    packet = make_packet()
    sign_and_publish(packet)
    found = packet_content(packet.live_version.content)
    assert packet.is_live
    guide = packet.guide.live_version or Article.objects.get(pk=packet.guide_id).live_version
    assert (found.guide.version, found.guide.hash) == (guide.pk, guide.content_hash)
    study = packet.studies.get().live_version
    assert [(pin.version, pin.hash) for pin in found.studies] == [(study.pk, study.content_hash)]


def test_lead_85_a_packet_without_a_signature_does_not_go_live():
    packet = make_packet()
    save_draft(packet)
    with pytest.raises(Refused, match="No medical reviewer has signed"):
        workflow.publish(packet, by=make_user(Role.PUBLISHER), change="major")


def test_lead_85_a_draft_cannot_enter():
    packet = make_packet(studies=[make_study()])
    assert "It is not published" in blocks(packet)
    packet = make_packet(guide=make_guide(slug="mnd"))
    assert "“What is ALS?”: It is not published" in blocks(packet)


def test_lead_85_a_withdrawn_page_cannot_enter():
    packet = make_packet()
    workflow.withdraw(packet.studies.get(), by=make_user(Role.PUBLISHER), kind="outdated", reason="Better data came.")
    assert "It is withdrawn" in blocks(packet)


def test_lead_85_a_study_without_complete_facts_cannot_enter():
    study = make_study()
    sign_and_publish(study)
    content = dict(study.live_version.content)
    content["deaths"] = {"known": "missing"}
    packet = make_packet(studies=[study])
    from leads.packets.checks import _study
    from leads.packets.freezing import freeze_packet
    from studies.content import study_content

    pin = freeze_packet(packet).studies[0]
    assert StudyFact.Kind.DEATHS.label in next(iter(_study(pin, study_content(content)))).message


def test_lead_85_what_is_live_without_a_signature_cannot_enter():
    service = make_plain_page()
    publish(service)
    packet = make_packet(guide=None, studies=[])
    packet.services.set([service])
    assert "live without a signature" in blocks(packet)


def test_lead_85_a_retracted_study_warns_and_is_left_to_be_marked(author):
    packet = make_packet()
    paper = packet.studies.get().primary
    integrity.record_event(paper, kind=IntegrityEvent.Kind.RETRACTED, source="Crossref", by=author)
    warned = [f.message for f in packet_findings(packet, freeze_packet(packet)) if f.severity == "warn"]
    assert any("was retracted. Readers are told so" in message for message in warned)


def test_lead_87_everything_missing_is_said_at_once():
    packet = make_packet(letter="", process="", summary="")
    said = blocks(packet)
    assert "Write the letter" in said and "Say how it works" in said and "The summary is missing" in said


def test_lead_94_the_notice_must_say_what_the_law_and_decency_ask_for():
    packet = make_packet()
    assert not blocks(packet)
    Wording.objects.create(
        kind=Wording.Kind.STATUS_FULL, version=3, lead="Not approved.", text="Stem cell products can cause infection."
    )
    said = blocks(packet)
    assert "blindness" in said and "tumors" in said and "how to report harm" in said
    assert "infection;" not in said


def test_lead_94_nobody_can_take_the_notice_out_or_change_its_words():
    packet = make_packet()
    sign_and_publish(packet)
    found = packet_content(packet.live_version.content)
    assert {"status", "status_full", "disclaimer"} <= {notice.kind for notice in found.notices}
    names = {field.name for field in (*Packet._meta.fields, *Packet._meta.many_to_many)}
    assert not names & {"notice", "notices", "status", "status_full"}
    assert "ALS" in found.notice("status_full").text


def test_lead_94_a_missing_notice_blocks():
    packet = make_packet()
    Wording.objects.filter(kind=Wording.Kind.STATUS_FULL).delete()
    assert "“status_full” is missing" in blocks(packet)


def test_lead_86_publishing_is_refused_when_a_source_moved_after_the_signature():
    packet = make_packet()
    save_draft(packet)
    version = workflow.submit(packet, by=make_user(Role.PUBLISHER))
    from tests.factories import make_reviewer

    workflow.sign(packet, by=make_reviewer().user, version_id=version.pk)
    study = packet.studies.get()
    study.summary = "Another summary."
    study.save()
    sign_and_publish(study, note="A new summary.")
    with pytest.raises(Refused, match="no longer the one that was signed"):
        workflow.publish(packet, by=make_user(Role.PUBLISHER), change="major")


def test_lead_86_a_scheduled_packet_whose_source_moved_is_stopped_by_the_gate():
    packet = make_packet()
    version = save_draft(packet)
    study = packet.studies.get()
    study.summary = "Another summary."
    study.save()
    sign_and_publish(study, note="A new summary.")
    found = content_of(packet, version)
    said = [f.message for f in packet_findings(packet, found) if f.severity == "block"]
    assert any("It was published anew. Save the packet" in message for message in said)


def test_lead_86_an_overdue_review_of_a_source_warns():
    packet = make_packet()
    Page.objects.filter(pk=packet.guide_id).update(review_due_on=timezone.localdate().replace(year=2020))
    said = [f.message for f in packet_findings(packet, freeze_packet(packet)) if f.severity == "warn"]
    assert any("has been due since" in message for message in said)


def test_lead_90_letters_that_the_booklet_cannot_print_block():
    packet = make_packet(letter="<p>Dear 患者</p>")
    assert "cannot print: 患 者" in blocks(packet)


def test_one_packet_for_each_guide_and_one_general():
    packet = make_packet()
    with pytest.raises(IntegrityError), transaction.atomic():
        Packet.objects.create(title="Another", slug="another", guide=packet.guide)
    Packet.objects.create(title="General", slug="general")
    with pytest.raises(IntegrityError), transaction.atomic():
        Packet.objects.create(title="General again", slug="general-2")


def test_pub_22_going_back_restores_words_and_sources():
    packet = make_packet()
    version = save_draft(packet)
    packet.letter, packet.guide = "<p>Other words.</p>", None
    packet.save()
    packet.studies.clear()
    workflow.revert(packet, by=make_user(Role.PUBLISHER), to=version)
    packet.refresh_from_db()
    assert packet.letter == "<p>You asked for this packet.</p>"
    assert packet.guide is not None and packet.studies.count() == 1


def test_pub_28_a_version_of_the_first_schema_number_is_read_compared_and_gone_back_to(author):
    """The sample is kept for ever; it names sources of another database, which count as gone."""
    stored = json.loads(SAMPLE.read_text())
    content = packet_content(stored)
    packet = make_packet(by=author)
    version = save_draft(packet)
    old = Version.objects.create(
        page_id=packet.pk,
        number=99,
        schema=1,
        content=stored,
        content_hash=content_hash(stored),
        action="save",
        created_at=timezone.now(),
        created_by=author,
    )
    assert compare(content, content_of(packet, version)) is not None
    workflow.revert(packet, by=make_user(Role.PUBLISHER), to=old)
    packet.refresh_from_db()
    assert (packet.title, packet.letter) == (content.title, "<p>You asked for this packet, as of schema one.</p>")


def test_pub_25_the_difference_names_words_and_sources():
    packet = make_packet()
    before = content_of(packet, save_draft(packet))
    packet.letter = "<p>You asked for this small packet.</p>"
    packet.save()
    study = packet.studies.get()
    study.summary = "Another summary."
    study.save()
    sign_and_publish(study, note="A new summary.")
    difference = compare(before, freeze_packet(packet))
    told = str(difference)
    assert "added', text='small" in told and "added', text='2" in told


def test_pub_23_its_sources_are_known_to_be_used():
    packet = make_packet()
    version = save_draft(packet)
    used = set(version.uses.values_list("kind", "object_id"))
    assert (Use.Kind.STUDY, packet.studies.get().pk) in used and (Use.Kind.PAGE, packet.guide_id) in used
    assert any(use.label == packet.title for use in uses_of(Use.Kind.STUDY, [packet.studies.get().pk]))


def test_a_packet_has_no_address_and_stands_in_no_list_of_readers(client):
    packet = make_packet()
    sign_and_publish(packet)
    assert not packet.has_address and packet.get_absolute_url() == "/"
    signed = packet.live_version.sign_offs.get()
    for address in (f"/{packet.slug}/", f"/{packet.live_path}", f"/information-packet/{packet.slug}/"):
        assert client.get(address).status_code == 404
    assert packet.slug not in client.get("/sitemap.xml").content.decode().replace(packet.guide.slug, "")
    assert client.get(f"/people/{signed.person_slug}/").status_code == 404
    study = packet.studies.get()
    assert "packet:" not in client.get(study.get_absolute_url()).content.decode()
    assert packet.pk not in Page.objects.choosable_by(make_user(Role.OWNER)).values_list("pk", flat=True)


def test_a_major_change_of_a_packet_is_no_public_correction(client):
    packet = make_packet()
    sign_and_publish(packet)
    packet.letter = "<p>Better words.</p>"
    packet.save()
    sign_and_publish(packet, note="We wrote the letter anew.")
    assert "We wrote the letter anew" not in client.get("/corrections/").content.decode()


def test_a_new_slug_of_a_packet_makes_no_redirect():
    packet = make_packet()
    sign_and_publish(packet)
    packet.slug = "als-new"
    packet.save()
    sign_and_publish(packet, note="Another name.")
    assert packet.live_path == "packet:als-new"
    assert not Redirect.objects.exists()


def test_publishing_a_packet_refreshes_what_names_it():
    packet = make_packet()
    found = freeze_packet(packet)
    assert list(family_of(packet).affects(found)) == ["list:packets"]


def test_what_the_packet_says_is_frozen_whatever_happens_to_the_rows():
    packet = make_packet()
    sign_and_publish(packet)
    before = packet.live_version.content
    TextSection.objects.filter(parent=packet.guide_id).update(html="<p>Scrambled.</p>")
    packet.refresh_from_db()
    assert packet.live_version.content == before


def test_an_article_cannot_be_a_guide_of_a_packet():
    article = make_article()
    sign_and_publish(article)
    packet = make_packet(guide=None, studies=[])
    packet.guide = article
    assert "is no guide any more" in blocks(packet)
