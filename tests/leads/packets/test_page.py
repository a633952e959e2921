"""The page behind the link: the same words as the booklet, and the file by a button (LEAD-44 to 46, 91, 136)."""

import re

import pytest
from django.utils import timezone

from leads import links
from leads.models import PacketCopy, PacketRequest
from leads.packets import filing, making, sending
from leads.packets.blocks import words_of
from stemsite.access import Role
from stemsite.publishing import workflow
from stemsite.publishing.models import Version
from stemsite.serving.models import StoredPage
from stemsite.tokens import make_short_token
from studies import integrity
from studies.models import IntegrityEvent
from tests.factories import make_packet, make_user, sign_and_publish

from .test_sending import asked_for, guide_slug

pytestmark = pytest.mark.django_db


@pytest.fixture
def packet():
    packet = make_packet()
    sign_and_publish(packet)
    return packet


@pytest.fixture
def asked(packet):
    found, delivery = asked_for(guide_slug(packet))
    sending.packet(delivery)
    found.refresh_from_db()
    return found


@pytest.fixture
def address(asked):
    return links.packet_url(asked).removeprefix("http://127.0.0.1:8000")


@pytest.fixture(autouse=True)
def _no_waiting(monkeypatch):
    monkeypatch.setattr(filing, "PATIENCE", 0)


def text_of(response):
    return " ".join(re.sub(r"<[^>]+>", " ", response.content.decode()).split())


def test_lead_136_the_page_shows_at_once_what_the_booklet_says(client, packet, address):
    response = client.get(address)
    assert response.status_code == 200
    said = text_of(response)
    version = Version.objects.prefetch_related("sign_offs").get(pk=packet.live_version_id)
    document = making.document_of(version, at=timezone.now())
    assert "Dear Ann Example," in said and document.title in said and document.subtitle in said
    for chapter in document.chapters:
        assert chapter.heading in said
        for block in chapter.blocks:
            for word in words_of([block]).split():
                assert word in said
        for study in chapter.studies:
            for words in (study.outcome, study.deaths, *study.harms, study.funding, study.compared, study.people):
                assert words in said
    assert document.version in said and document.reviewer in said


def test_lead_46_the_page_is_nobodys_but_its_readers(client, address):
    response = client.get(address)
    assert response["Cache-Control"] == "no-store"
    assert response["Referrer-Policy"] == "no-referrer"
    assert response["X-Robots-Tag"] == "noindex"
    assert not response.cookies
    body = response.content.decode()
    assert address not in body and address.rpartition("/")[2] not in body
    assert set(re.findall(r'(?:href|src|action)="(https?://[^"/]+)', body)) <= {"http://127.0.0.1:8000"}
    assert not StoredPage.objects.filter(address__startswith="/d/").exists()


def test_lead_44_reading_changes_nothing_however_often(client, asked, address):
    before = PacketRequest.objects.filter(pk=asked.pk).values().get()
    for method in (client.get, client.head):
        for _ in range(3):
            assert method(address).status_code == 200
    assert PacketRequest.objects.filter(pk=asked.pk).values().get() == before
    assert PacketCopy.objects.count() == 1


def test_lead_91_the_button_brings_the_file_once_the_worker_has_made_it(client, asked, address):
    first = client.post(address)
    assert first.status_code == 202
    assert "Your file is being made." in text_of(first) and first["Cache-Control"] == "no-store"
    filing.make_file.call(asked.pk)
    response = client.post(address)
    assert response.status_code == 200
    assert response["Content-Type"] == "application/pdf"
    assert response["Content-Disposition"] == 'attachment; filename="information-packet.pdf"'
    assert (response["Cache-Control"], response["X-Robots-Tag"]) == ("no-store", "noindex")
    assert response.content.startswith(b"%PDF-")
    asked.refresh_from_db()
    assert asked.fetched_at is not None


def test_lead_92_fetched_is_the_first_time_and_is_never_called_read(client, asked, address):
    filing.make_file.call(asked.pk)
    client.post(address)
    asked.refresh_from_db()
    first = asked.fetched_at
    client.post(address)
    asked.refresh_from_db()
    assert asked.fetched_at == first
    assert "read" not in {field.name for field in PacketRequest._meta.get_fields()}


def test_lead_90_a_booklet_that_fails_leaves_the_page_and_says_so(client, asked, address, monkeypatch):
    monkeypatch.setattr(making.pdf, "booklet", lambda *args, **kwargs: 1 / 0)
    filing.make_file.call(asked.pk)
    response = client.post(address)
    assert response.status_code == 200
    assert "The file cannot be made at the moment." in text_of(response)
    assert "What studies have found" in text_of(response)


def test_lead_45_bad_expired_and_foreign_tokens_show_one_neutral_page(client, asked, address, time_machine=None):
    good = address.rpartition("/")[2]
    flipped = good[:-1] + ("A" if good[-1] != "A" else "B")
    wrong = [flipped, make_short_token("c", asked.pk), make_short_token("d", 999999), "x", "d1-1-" + "A" * 22]
    bodies = set()
    for token in wrong:
        for response in (client.get(f"/d/{token}"), client.post(f"/d/{token}")):
            assert response.status_code in {200, 404}
            assert response["Cache-Control"] == "no-store"
            bodies.add(response.content)
    assert len(bodies) == 1
    assert "This link does not work any more" in bodies.pop().decode()


def test_lead_45_the_link_ends_after_30_days(client, address, monkeypatch):
    import datetime

    from stemsite import tokens

    later = timezone.now() + datetime.timedelta(days=30, hours=2)
    monkeypatch.setattr(tokens.timezone, "now", lambda: later)
    assert "This link does not work any more" in text_of(client.get(address))


def test_lead_115_after_erasure_the_link_opens_nothing(client, asked, address):
    from leads.erasing import erase

    filing.make_file.call(asked.pk)
    erase(asked.contact)
    assert "This link does not work any more" in text_of(client.get(address))
    assert client.post(address).content[:4] != b"%PDF"


def test_a_retraction_shows_on_the_page_at_once(client, packet, address, author):
    paper = packet.studies.get().primary
    integrity.record_event(paper, kind=IntegrityEvent.Kind.RETRACTED, source="Crossref", by=author)
    said = text_of(client.get(address))
    assert "Do not rely on its results." in said and "21 declined more slowly" not in said


def test_a_packet_withdrawn_by_staff_is_not_shown_any_more(client, packet, address):
    workflow.withdraw(packet, by=make_user(Role.PUBLISHER), kind="error", reason="A number in it was wrong.")
    response = client.get(address)
    assert response.status_code == 410
    assert "A number in it was wrong." in text_of(response) and "Dear Ann" not in text_of(response)
    assert client.post(address).status_code == 410


def test_a_reader_of_an_older_version_sees_it_and_is_told_of_the_newer(client, packet, address):
    assert "newer version" not in text_of(client.get(address))
    packet.letter = "<p>Other words.</p>"
    packet.save()
    sign_and_publish(packet, note="Other words.")
    said = text_of(client.get(address))
    assert "You asked for this packet." in said and "Other words." not in said
    assert "We have published a newer version" in said


def test_pub_32_the_preview_for_staff_is_the_same_page(client, packet):
    from django.urls import reverse

    client.force_login(make_user(Role.PUBLISHER))
    said = text_of(client.get(reverse("admin:publishing_version", args=[packet.live_version_id])))
    assert "You asked for this packet." in said and "Download as a PDF" not in said


def test_pub_31_the_preview_of_an_unsaved_form_writes_nothing(client):
    from django.urls import reverse

    packet = make_packet()
    client.force_login(make_user(Role.PUBLISHER))
    before = Version.objects.count()
    form = client.get(reverse("admin:leads_packet_change", args=[packet.pk])).context["adminform"].form
    data = {name: form[name].value() or "" for name in form.fields}
    data |= {"letter": "<p>Typed just now.</p>", "studies": [packet.studies.get().pk]}
    response = client.post(reverse("admin:leads_packet_preview", args=[packet.pk]), data)
    assert "Typed just now." in text_of(response) and "Not yet reviewed by a clinician." in text_of(response)
    assert Version.objects.count() == before


def test_staff_write_a_packet_in_the_admin_and_it_becomes_a_version(client):
    from django.urls import reverse

    model = make_packet()
    guide, study = model.guide, model.studies.get()
    model.studies.clear()
    type(model).objects.filter(pk=model.pk).update(guide=None)
    client.force_login(make_user(Role.PUBLISHER))
    data = {
        "title": "ALS packet", "slug": "als-packet", "summary": "In short.", "guide": guide.pk, "studies": [study.pk],
        "letter": "<p>Dear you.</p>", "process": "<p>We talk.</p>", "unknowns": "", "options": "", "questions": "",
        "reviewer": "", "keeper": "", "deputy": "", "lock_version": "0", "_continue": "Save version",
    }  # fmt: skip
    response = client.post(reverse("admin:leads_packet_add"), data)
    assert response.status_code == 302, response.context["adminform"].form.errors
    made = type(model).objects.get(slug="als-packet")
    assert made.latest_version.number == 1
    assert [pin["id"] for pin in made.latest_version.content["studies"]] == [study.pk]
    page = client.get(reverse("admin:publishing_page", args=[made.pk])).content.decode()
    assert "Submit" in page


def test_lead_89_staff_see_a_version_as_a_booklet_made_by_the_worker(client, packet):
    from django.urls import reverse

    from leads.packets.filing import make_preview

    url = reverse("admin:leads_packet_booklet", args=[packet.live_version_id])
    client.force_login(make_user(Role.COORDINATOR))
    assert client.post(url).status_code == 403
    client.force_login(make_user(Role.PUBLISHER))
    assert client.get(url).status_code == 405
    waits = client.post(url)
    assert waits.status_code == 202 and "being made" in text_of(waits)
    make_preview.call(packet.live_version_id)
    made = client.post(url)
    assert made["Content-Type"] == "application/pdf" and "no-store" in made["Cache-Control"]
    assert "See version 1 as a booklet" in text_of(client.get(reverse("admin:leads_packet_change", args=[packet.pk])))
    other = packet.guide.live_version_id or packet.guide.versions.get().pk
    assert client.post(reverse("admin:leads_packet_booklet", args=[other])).status_code == 404
