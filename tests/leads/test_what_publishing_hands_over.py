"""PUB-141: leads are the leads app's; of each request it keeps the page, wording and packet the person saw."""

from __future__ import annotations

import pytest
from django.test import Client

from leads.models import Consent, PacketRequest
from leads.packets.sending import KIND
from stemsite.access import Role
from stemsite.clinic.models import Wording
from stemsite.mail import kinds
from stemsite.mail.models import Delivery
from stemsite.publishing.models import Page
from tests.factories import make_packet, sign_and_publish
from tests.markup import tree
from tests.staff import signed_in

pytestmark = [pytest.mark.django_db, pytest.mark.database]


@pytest.fixture
def packet(db):
    found = make_packet()
    sign_and_publish(found)
    return found


def ask_from(guide, email):
    """As a browser does that followed the guide's link: with every hidden field that the form gave it."""
    client = Client()
    address = f"/information-packet/?of={guide.pk}"
    [form] = [each for each in tree(client.get(address)).iter("form") if each.get("method") == "post"]
    given = {each.get("name"): each.get("value", "") for each in form.iter("input") if each.get("type") == "hidden"}
    typed = {"email": email, "name": "Zoë Zebrafish", "consent_newsletter": "on"}
    answer = client.post(form.get("action") or address, {**given, **typed}, headers={"sec-fetch-site": "same-origin"})
    assert answer.status_code in {302, 303}
    asked = PacketRequest.objects.latest("pk")
    kinds.build(Delivery.objects.get(kind=KIND, reference=asked.reference))
    asked.refresh_from_db()
    return asked


def seen(asked):
    """Page and version, version of the packet, and of each consent its page and wording."""
    consents = Consent.objects.filter(contact=asked.contact, action="given").order_by("pk")
    kept = [(one.page_path, one.page_version, one.wording_kind, one.wording_version) for one in consents]
    return asked.source["page"], asked.source["page_version"], asked.packet_version, kept


def expected(guide, packet, kinds_and_versions):
    page, sent = (Page.objects.get(pk=each.pk) for each in (guide, packet))
    there = page.live_path, page.live_version.short
    return (*there, str(sent.live_version_id), [(*there, kind, version) for kind, version in kinds_and_versions])


def test_pub_141_each_request_keeps_what_that_person_saw_whatever_is_published_since(packet):
    guide = packet.guide
    first = ask_from(guide, "zoe@example.org")
    saw = seen(first)
    wordings = [(kind, version) for *_, kind, version in saw[3]]
    assert wordings and saw == expected(guide, packet, wordings)
    for each in (guide, packet):
        each.summary = "Said anew."
        each.save()
        sign_and_publish(each, note="Said anew.")
    for kind, version in dict.fromkeys(wordings):
        old = Wording.objects.get(kind=kind, version=version, jurisdiction="US")
        Wording.objects.create(
            kind=kind, version=version + 1, jurisdiction="US", lead=old.lead, text=f"{old.text} Said anew."
        )
    second = ask_from(guide, "yves@example.org")
    assert seen(second) == expected(guide, packet, [(kind, version + 1) for kind, version in wordings])
    first.refresh_from_db()
    assert seen(first) == saw != seen(second)


@pytest.mark.parametrize("role", [Role.AUTHOR, Role.REVIEWER, Role.PUBLISHER])
def test_pub_141_editorial_roles_find_no_lead_anywhere_at_their_desk(packet, role):
    asked = ask_from(packet.guide, "zoe@example.org")
    client = signed_in(role)
    for address in ("/admin/leads/packetrequest/", f"/admin/leads/contact/{asked.contact_id}/change/"):
        assert client.get(address).status_code == 403, address
    for address in ("/admin/", "/admin/find/?q=Zebrafish", f"/admin/pages/{packet.pk}/", "/admin/audit/auditevent/"):
        answer = client.get(address)
        assert answer.status_code in {200, 403}, address
        assert "Zebrafish" not in answer.content.decode().replace("?q=Zebrafish", "").replace('value="Zebrafish"', "")
        assert "zoe@example.org" not in answer.content.decode()
