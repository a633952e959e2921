"""The letter that brings the packet, and the log of what went to whom (LEAD-61, 89 to 92, 107, 135)."""

import logging

import pytest
from django.utils import timezone

from leads.letting_through import let_through
from leads.models import Contact, PacketCopy, PacketRequest, TimelineEntry
from leads.packets import filing, making, sending
from leads.packets.choosing import packet_to_send, subject_of
from leads.packets.making import document_of
from stemsite.access import Role
from stemsite.mail.kinds import Letter, NotAnyMore, NotNow, kind_of
from stemsite.mail.models import Delivery
from stemsite.mail.outcomes import Verdict
from stemsite.publishing import workflow
from stemsite.publishing.models import Page, Version
from tests.factories import make_packet, make_user, sign_and_publish

pytestmark = pytest.mark.django_db


@pytest.fixture
def packet():
    packet = make_packet()
    sign_and_publish(packet)
    return packet


def guide_slug(packet):
    return (
        packet.guide.live_version.content["slug"]
        if packet.guide.live_version
        else Page.objects.get(pk=packet.guide_id).live_version.content["slug"]
    )


def asked_for(guide="", name="Ann Example"):
    contact = Contact.objects.create(email="ann@example.org", name=name)
    asked = PacketRequest.objects.create(contact=contact, name=name, packet=guide)
    let_through(asked)
    return asked, Delivery.objects.get(kind="packet", reference=asked.reference)


def test_lead_135_a_request_on_a_guide_gets_the_packet_about_it(packet):
    assert packet_to_send(guide_slug(packet)) == packet
    assert subject_of(guide_slug(packet)) == "ALS"


def test_lead_135_a_request_from_elsewhere_gets_the_general_packet(packet):
    assert packet_to_send("") is None and packet_to_send("unknown") is None
    general = make_general()
    assert packet_to_send("") == packet_to_send("unknown") == general
    assert subject_of("") == ""


def make_general():
    from tests.factories import make_article

    service = make_article(kind="service", title="How we talk", slug="how-we-talk")
    sign_and_publish(service)
    general = make_packet(studies=[], slug="general")
    general.guide = None
    general.save()
    general.services.set([service])
    sign_and_publish(general)
    return general


def test_lead_135_a_withdrawn_guide_has_no_packet_any_more(packet):
    slug = guide_slug(packet)
    workflow.withdraw(packet.guide, by=make_user(Role.PUBLISHER), kind="error", reason="It was wrong.")
    assert packet_to_send(slug) is None


def test_lead_86_a_setting_holds_back_a_packet_whose_review_is_overdue(packet, settings):
    Page.objects.filter(pk=packet.pk).update(review_due_on=timezone.localdate().replace(year=2020))
    assert packet_to_send(guide_slug(packet)) == packet
    settings.PACKET_OVERDUE_BLOCKS = True
    assert packet_to_send(guide_slug(packet)) is None


def test_lead_91_the_letter_brings_a_link_and_says_nothing_of_a_condition(packet):
    _asked, delivery = asked_for(guide_slug(packet))
    letter = sending.packet(delivery)
    assert isinstance(letter, Letter)
    assert letter.attachments == ()
    assert letter.subject == "The information you asked for"
    assert "/d/d" in letter.text and "30 days" in letter.text
    everything = f"{letter.subject} {letter.text} {letter.html} {delivery.kind} {delivery.reference}"
    assert "ALS" not in everything and guide_slug(packet) not in everything


def test_lead_91_a_setting_attaches_the_file_under_a_neutral_name(packet, settings):
    settings.PACKET_ATTACHED = True
    _asked, delivery = asked_for(guide_slug(packet))
    (attachment,) = sending.packet(delivery).attachments
    assert (attachment.name, attachment.media_type) == ("information-packet.pdf", "application/pdf")
    assert attachment.content.startswith(b"%PDF-")


def test_lead_92_the_log_can_make_the_very_same_packet_again(packet, settings):
    settings.PACKET_ATTACHED = True
    asked, delivery = asked_for(guide_slug(packet))
    sent = sending.packet(delivery).attachments[0].content
    copy = PacketCopy.objects.get()
    assert copy.how == "attached"
    packet.letter = "<p>Other words.</p>"
    packet.save()
    sign_and_publish(packet, note="Other words.")
    version = Version.objects.prefetch_related("sign_offs").get(pk=int(copy.version))
    assert document_of(version, at=copy.made_at).data_hash == copy.content_hash
    assert making.render(version, name=asked.name, at=copy.made_at) == sent


def test_lead_92_when_it_was_sent_stands_in_the_log_and_the_timeline(packet):
    asked, delivery = asked_for(guide_slug(packet))
    sending.packet(delivery)
    delivery.state = Delivery.State.SENT
    sending.settled(delivery)
    asked.refresh_from_db()
    assert asked.sent_at is not None and asked.fetched_at is None
    assert asked.packet_version == str(packet.live_version_id)
    assert TimelineEntry.objects.get(kind="packet").text == "Information packet: sent"


def test_lead_92_a_letter_that_is_built_twice_leaves_one_line_in_the_log(packet):
    _, delivery = asked_for(guide_slug(packet))
    sending.packet(delivery)
    sending.packet(delivery)
    assert PacketCopy.objects.count() == 1


def test_lead_107_no_clear_column_joins_a_person_to_a_packet(packet):
    from django.db import connection

    _asked, delivery = asked_for(guide_slug(packet))
    sending.packet(delivery)
    version = packet.live_version
    shown = document_of(Version.objects.prefetch_related("sign_offs").get(pk=version.pk), at=timezone.now())
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM leads_packetrequest")
        request = cursor.fetchone()
        cursor.execute("SELECT id, how, version, version_index, content_hash FROM leads_packetcopy")
        copy = cursor.fetchone()
    for value in (*request, *copy[2:]):
        text = str(value)
        assert guide_slug(packet) not in text and "Ann" not in text and shown.data_hash not in text
    assert str(version.pk) not in [str(value) for value in (*request[3:], *copy[2:])]
    foreign = {field.related_model for field in PacketCopy._meta.get_fields() if field.is_relation}
    assert foreign == {PacketRequest}


def test_lead_93_who_received_a_version_can_be_asked_by_the_keyed_index(packet):
    from stemsite.crypto import index_values

    _, delivery = asked_for(guide_slug(packet))
    sending.packet(delivery)
    wanted = index_values("text", str(packet.live_version_id))
    assert PacketCopy.objects.filter(version_index__in=wanted).count() == 1
    assert PacketRequest.objects.filter(packet_version_index__in=wanted).count() == 1


def test_lead_90_after_three_failures_the_letter_goes_with_the_page_and_staff_are_told(
    packet, settings, monkeypatch, caplog
):
    settings.PACKET_ATTACHED = True
    _, delivery = asked_for(guide_slug(packet))

    def fails(*args, **kwargs):
        raise RuntimeError("typst")

    monkeypatch.setattr(making.pdf, "booklet", fails)
    for failures in range(3):
        delivery.build_failures = failures
        with pytest.raises(RuntimeError):
            sending.packet(delivery)
    delivery.build_failures = 3
    with caplog.at_level(logging.ERROR):
        letter = sending.packet(delivery)
    assert letter.attachments == () and "/d/" in letter.text
    assert "packet alert" in caplog.text
    assert PacketCopy.objects.get().how == "link"


def test_lead_61_what_is_too_big_goes_once_more_as_a_link(packet, settings):
    settings.PACKET_ATTACHED = True
    _asked, delivery = asked_for(guide_slug(packet))
    delivery.state, delivery.verdict = Delivery.State.FAILED, Verdict.TOO_BIG
    sending.settled(delivery)
    sending.settled(delivery)
    again = Delivery.objects.get(kind="packet_link")
    letter = kind_of("packet_link").builder(again)
    assert letter.attachments == () and "Here it is" in letter.text


def test_lead_54_nothing_goes_to_who_was_erased_or_not_let_through(packet):
    from leads.erasing import erase

    asked, delivery = asked_for(guide_slug(packet))
    PacketRequest.objects.filter(pk=asked.pk).update(standing="quarantined")
    assert isinstance(sending.packet(delivery), NotAnyMore)
    PacketRequest.objects.filter(pk=asked.pk).update(standing="accepted")
    sending.packet(delivery)
    erase(asked.contact)
    assert isinstance(sending.packet(delivery), NotAnyMore)
    copy = PacketCopy.objects.get()
    assert (copy.version, copy.version_index, copy.content_hash) == ("", None, "")


def test_a_request_waits_while_no_packet_is_live(caplog):
    _, delivery = asked_for()
    with caplog.at_level(logging.ERROR):
        built = sending.packet(delivery)
    assert isinstance(built, NotNow) and built.until > timezone.now()
    assert "no packet is live" in caplog.text


def test_lead_67_there_is_a_sample_of_the_letter_for_the_preview(db):
    for kind in ("packet", "packet_link"):
        assert kind_of(kind).sample().subject == "The information you asked for"


def test_lead_89_the_booklet_is_made_by_the_worker_alone(packet, monkeypatch):
    asked, delivery = asked_for(guide_slug(packet))
    sending.packet(delivery)
    asked.refresh_from_db()
    calls = []
    monkeypatch.setattr(making.pdf, "booklet", lambda *args, **kwargs: calls.append(1) or b"%PDF-x")
    monkeypatch.setattr(filing, "PATIENCE", 0)
    assert filing.ordered(asked) is None and calls == []
    assert filing.ordered(asked) is None
    from stemsite.tasks.models import Job
    from stemsite.tasks.worker import run_job

    job = Job.objects.get(task="leads.packets.filing.make_file")
    assert job.args == [asked.pk]
    run_job(Job.objects.claim_next())
    assert calls == [1] and filing.ordered(asked) == b"%PDF-x"
    assert PacketCopy.objects.filter(how="fetched").count() == 1


def test_lead_117_what_waits_in_the_cache_is_sealed(packet):
    from django.core.cache import cache

    asked, delivery = asked_for(guide_slug(packet))
    sending.packet(delivery)
    filing.make_file.call(asked.pk)
    kept = cache.get(f"packet-file:request-{asked.pk}")
    assert b"%PDF" not in kept and filing.ordered(PacketRequest.objects.get(pk=asked.pk)).startswith(b"%PDF")


def test_lead_92_the_persons_page_shows_which_packet_they_got(packet, client):
    from django.urls import reverse

    asked, delivery = asked_for(guide_slug(packet))
    sending.packet(delivery)
    copy = PacketCopy.objects.get()
    client.force_login(make_user(Role.COORDINATOR))
    page = client.get(reverse("admin:leads_contact_change", args=[asked.contact_id])).content.decode()
    assert "Packet: letter with a link" in page and "ALS and stem cells" in page
    assert f"version 1 ({packet.live_version.short})" in page and copy.content_hash[:8] in page
    assert "a newer version was published" not in page
    packet.letter = "<p>Other words.</p>"
    packet.save()
    sign_and_publish(packet, note="Other words.")
    page = client.get(reverse("admin:leads_contact_change", args=[asked.contact_id])).content.decode()
    assert "a newer version was published" in page


def test_lead_115_an_erased_person_keeps_an_empty_line_in_the_log(packet):
    from leads.packets.log import copies_of

    asked, delivery = asked_for(guide_slug(packet))
    sending.packet(delivery)
    PacketCopy.objects.update(version="", version_index=None, content_hash="")
    (sent,) = copies_of(asked.contact)
    assert (sent.title, sent.edition, sent.fingerprint, sent.is_newest) == ("", "", "", False)


def test_lead_114_when_a_request_is_emptied_its_copies_are(packet):
    import datetime

    from leads import retention

    asked, delivery = asked_for(guide_slug(packet))
    sending.packet(delivery)
    PacketRequest.objects.filter(pk=asked.pk).update(created_at=timezone.now() - datetime.timedelta(days=370))
    list(retention.run())
    copy = PacketCopy.objects.get()
    assert (copy.version, copy.version_index, copy.content_hash) == ("", None, "")
