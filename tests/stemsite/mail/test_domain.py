"""What receivers find out about our mail domain (LEAD-73, LEAD-120)."""

from __future__ import annotations

import base64
from io import StringIO

import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from django.core.management import CommandError, call_command

from stemsite.mail import domain
from stemsite.mail.domain import Level, Sending, Unanswered, findings
from stemsite.mail.management.commands import check_mail_dns


def key_of(bits: int) -> str:
    public = rsa.generate_private_key(public_exponent=65537, key_size=bits).public_key()
    return base64.b64encode(public.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)).decode()


STRONG, SHORT = key_of(2048), key_of(1024)
GOOD = {
    "clinic.example": ["v=spf1 include:relay.example -all", "something else"],
    "relay.example": ["v=spf1 ip4:192.0.2.0/24 -all"],
    "s1._domainkey.clinic.example": [f"v=DKIM1; k=rsa; p={STRONG}"],
    "_dmarc.clinic.example": ["v=DMARC1; p=reject; rua=mailto:post@clinic.example"],
}


class World:
    def __init__(self, *, texts=None, names=None, trouble="", silent=False) -> None:
        self.records = {**GOOD, **(texts or {})}
        self.reverse = {"192.0.2.1": ["smtp.relay.example"]} if names is None else names
        self.trouble = trouble
        self.silent = silent

    def texts(self, name):
        if self.silent:
            raise Unanswered("Timeout")
        return self.records.get(name, [])

    def addresses(self, host):
        return {"smtp.relay.example": ["192.0.2.1"], "elsewhere.example": ["192.0.2.9"]}.get(host, [])

    def names(self, address):
        return self.reverse.get(address, [])

    def encrypts(self, host, port, *, at_once):
        return self.trouble


SENDING = Sending(
    domain="clinic.example", envelope="clinic.example", selector="s1", relay="smtp.relay.example", port=587
)


def levels(world, sending=SENDING):
    return {finding.subject: finding.level for finding in findings(sending, world)}


def test_lead_120_a_well_kept_domain_is_found_good():
    assert levels(World()) == dict.fromkeys(("SPF", "DKIM", "DMARC", "PTR", "TLS"), Level.GOOD)


@pytest.mark.parametrize(
    ("record", "level"),
    [
        ([], Level.BAD),
        (["v=spf1 -all", "v=spf1 ~all"], Level.BAD),
        (["v=spf1 +all"], Level.BAD),
        (["v=spf1 all"], Level.BAD),
        (["v=spf1 a mx"], Level.WEAK),
        (["V=SPF1 a ~all"], Level.GOOD),
        (["v=spf1 redirect=relay.example"], Level.GOOD),
        ([f"v=spf1 {' '.join(f'a:{number}.example' for number in range(11))} -all"], Level.BAD),
        (["v=spf1 include:loop.example -all"], Level.BAD),
    ],
)
def test_lead_73_spf(record, level):
    loop = {"loop.example": ["v=spf1 include:loop.example -all"]}
    assert levels(World(texts={"clinic.example": record, **loop}))["SPF"] == level


@pytest.mark.parametrize(
    ("record", "level"),
    [
        ([], Level.BAD),
        (["v=DKIM1; p="], Level.BAD),
        (["v=DKIM1; p=not a key"], Level.BAD),
        ([f"v=DKIM1; p={SHORT}"], Level.WEAK),
        (["v=DKIM1; k=ed25519; p=AAAA"], Level.GOOD),
    ],
)
def test_lead_73_dkim(record, level):
    assert levels(World(texts={"s1._domainkey.clinic.example": record}))["DKIM"] == level


def test_lead_73_a_selector_that_is_not_set_is_unknown_not_clean():
    no_selector = Sending(domain="clinic.example", envelope="clinic.example", selector="")
    assert levels(World(), no_selector) == {"SPF": Level.GOOD, "DKIM": Level.UNKNOWN, "DMARC": Level.GOOD}


@pytest.mark.parametrize(
    ("record", "level"),
    [
        ([], Level.BAD),
        (["v=DMARC1; p=reject", "v=DMARC1; p=none"], Level.BAD),
        (["v=DMARC1; rua=mailto:a@b.example"], Level.BAD),
        (["v=DMARC1; p=none"], Level.WEAK),
        (["v=DMARC1;p=quarantine"], Level.GOOD),
    ],
)
def test_lead_73_dmarc(record, level):
    assert levels(World(texts={"_dmarc.clinic.example": record}))["DMARC"] == level


def test_lead_73_dmarc_of_the_domain_above_counts_and_its_alignment_too():
    below = Sending(domain="news.clinic.example", envelope="clinic.example", selector="")
    assert levels(World(), below)["DMARC"] == Level.GOOD
    foreign = Sending(domain="clinic.example", envelope="relay.example", selector="")
    assert levels(World(), foreign)["DMARC"] == Level.WEAK
    strict = World(texts={"_dmarc.clinic.example": ["v=DMARC1; p=reject; aspf=s"]})
    assert levels(strict, below)["DMARC"] == Level.WEAK


def test_lead_73_ptr_and_tls():
    assert levels(World(names={}))["PTR"] == Level.BAD
    assert levels(World(names={"192.0.2.1": ["elsewhere.example"]}))["PTR"] == Level.BAD
    assert levels(World(trouble="it offers no encryption"))["TLS"] == Level.BAD


def test_lead_73_silence_is_unknown_and_never_clean():
    found = levels(World(silent=True))
    assert {found["SPF"], found["DKIM"], found["DMARC"]} == {Level.UNKNOWN}


def test_lead_73_the_command_says_what_to_mend_and_fails(settings, monkeypatch):
    settings.DEFAULT_FROM_EMAIL = settings.NEWSLETTER_FROM = "post@clinic.example"
    settings.MAIL_BOUNCES = "bounces@clinic.example"
    settings.MAIL_DKIM_SELECTOR = "s1"
    settings.MAIL_URL = settings.NEWSLETTER_MAIL_URL = "smtp://user:secret@smtp.relay.example:587?tls=1"
    out = StringIO()
    monkeypatch.setattr(check_mail_dns, "Network", World)
    call_command("check_mail_dns", stdout=out)
    assert out.getvalue().count("Letters from") == 1
    assert "secret" not in out.getvalue()
    monkeypatch.setattr(check_mail_dns, "Network", lambda: World(texts={"_dmarc.clinic.example": []}))
    with pytest.raises(CommandError, match="1 to mend"):
        call_command("check_mail_dns", stdout=out)
    assert "Add a TXT record of _dmarc.clinic.example" in out.getvalue()


def test_the_network_tells_a_missing_name_from_silence(monkeypatch):
    network = domain.Network()
    monkeypatch.setattr(network.resolver, "resolve", _raising(domain.dns.resolver.NXDOMAIN()))
    assert network.texts("clinic.example") == []
    monkeypatch.setattr(network.resolver, "resolve", _raising(domain.dns.exception.Timeout()))
    with pytest.raises(Unanswered):
        network.texts("clinic.example")


def _raising(error):
    def resolve(*args):
        raise error

    return resolve
