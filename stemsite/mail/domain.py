"""Whether the world believes that a letter comes from us: SPF, DKIM, DMARC, PTR and TLS (LEAD-73, LEAD-120).

Sources: RFC 7208 (SPF), RFC 6376 and RFC 8301 (DKIM and its key sizes), RFC 7489 (DMARC), RFC 3207 (STARTTLS). Every
question goes through a ``Lookup``; an answer that did not come is said to be unknown, never clean.
"""

from __future__ import annotations

import base64
import binascii
import smtplib
import ssl
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Protocol

import dns.exception
import dns.resolver
import dns.reversename
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from cryptography.hazmat.primitives.serialization import load_der_public_key

MOST_LOOKUPS = 10
TIMEOUT = 5.0


class Unanswered(Exception):
    """The network did not answer; what it would have said is unknown."""


class Lookup(Protocol):
    """Each gives an empty list where the name or record does not exist, and raises ``Unanswered``."""

    def texts(self, name: str) -> list[str]: ...
    def addresses(self, host: str) -> list[str]: ...
    def names(self, address: str) -> list[str]: ...
    def encrypts(self, host: str, port: int, *, at_once: bool) -> str: ...


class Level(StrEnum):
    GOOD = "good"
    WEAK = "weak"
    BAD = "bad"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    subject: str
    level: Level
    said: str
    advice: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sending:
    """How letters leave: domains of ``From`` and envelope, DKIM selector, the relay."""

    domain: str
    envelope: str
    selector: str
    relay: str = ""
    port: int = 25
    tls_at_once: bool = False


def findings(sending: Sending, lookup: Lookup) -> Iterator[Finding]:
    """Everything there is to say about ``sending``, in the order in which it is mended."""
    subjects = [("SPF", _spf), ("DKIM", _dkim), ("DMARC", _dmarc)]
    if sending.relay:
        subjects += [("PTR", _ptr), ("TLS", _tls)]
    for subject, ask in subjects:
        try:
            level, said, advice = ask(sending, lookup)
        except Unanswered as silence:
            level, said, advice = Level.UNKNOWN, f"No answer: {silence}.", "Ask again when the network answers."
        yield Finding(subject=subject, level=level, said=said, advice=advice)


_Answer = tuple[Level, str, str]


def _spf(sending: Sending, lookup: Lookup) -> _Answer:
    found = [text for text in lookup.texts(sending.envelope) if text.lower().split(" ")[0] == "v=spf1"]
    where = f"a TXT record of {sending.envelope}"
    if not found:
        return Level.BAD, f"{sending.envelope} has no SPF record.", f'Add {where}: "v=spf1 include:RELAY -all".'
    if len(found) > 1:
        return Level.BAD, f"{sending.envelope} has {len(found)} SPF records.", "Keep one; two are read as none."
    terms = found[0].lower().split()[1:]
    if any(term in {"all", "+all", "?all"} for term in terms):
        return Level.BAD, f"The SPF record lets anybody send: {found[0]}", "End it with -all (or ~all while testing)."
    if (lookups := _lookups(terms, lookup, MOST_LOOKUPS + 1)) > MOST_LOOKUPS:
        return Level.BAD, f"The SPF record needs more than {MOST_LOOKUPS} look-ups ({lookups}).", "Name fewer includes."
    if not any(term in {"-all", "~all"} or term.startswith("redirect=") for term in terms):
        return Level.WEAK, f"The SPF record does not say who may not send: {found[0]}", "End it with -all."
    return Level.GOOD, found[0], ""


def _lookups(terms: list[str], lookup: Lookup, budget: int) -> int:
    """Look-ups that reading ``terms`` costs, those of what they include as well (RFC 7208, 4.6.4)."""
    count = 0
    for term in (term.lstrip("+-~?") for term in terms):
        name, _, value = term.replace("redirect=", "include:").partition(":")
        if name.partition("/")[0] not in {"include", "a", "mx", "ptr", "exists"}:
            continue
        count += 1
        if name == "include" and count < budget:
            included = [text for text in lookup.texts(value) if text.lower().startswith("v=spf1")]
            count += _lookups(included[0].lower().split()[1:], lookup, budget - count) if included else 0
        if count >= budget:
            break
    return count


def _dkim(sending: Sending, lookup: Lookup) -> _Answer:
    if not sending.selector:
        return Level.UNKNOWN, "No selector is set.", "Set MAIL_DKIM_SELECTOR to the one your relay signs with."
    name = f"{sending.selector}._domainkey.{sending.domain}"
    found = [tags for text in lookup.texts(name) if "p" in (tags := _tags(text))]
    if not found:
        return Level.BAD, f"{name} has no key.", "Add the TXT record that your relay shows."
    key = "".join(found[0]["p"].split())
    if not key:
        return Level.BAD, f"The key at {name} is revoked.", "Add the key that your relay signs with now."
    if found[0].get("k", "rsa") == "ed25519":
        return Level.GOOD, f"{name} has an Ed25519 key.", ""
    try:
        public = load_der_public_key(base64.b64decode(key, validate=True))
    except (ValueError, binascii.Error, UnsupportedAlgorithm):
        return Level.BAD, f"The key at {name} cannot be read.", "Copy it once more, without line breaks."
    bits = public.key_size if isinstance(public, RSAPublicKey) else 0
    if bits < 1024:
        return Level.BAD, f"The key at {name} has {bits} bits.", "Make one of 2,048 bits."
    if bits < 2048:
        return Level.WEAK, f"The key at {name} has {bits} bits.", "Make one of 2,048 bits."
    return Level.GOOD, f"{name} has a key of {bits} bits.", ""


def _dmarc(sending: Sending, lookup: Lookup) -> _Answer:
    labels = sending.domain.split(".")
    for start in range(len(labels) - 1):
        domain = ".".join(labels[start:])
        found = [tags for text in lookup.texts(f"_dmarc.{domain}") if (tags := _tags(text)).get("v") == "DMARC1"]
        if found:
            break
    else:
        advice = f'Add a TXT record of _dmarc.{sending.domain}: "v=DMARC1; p=none; rua=mailto:YOU", then raise p.'
        return Level.BAD, f"{sending.domain} has no DMARC record.", advice
    if len(found) > 1:
        return Level.BAD, f"_dmarc.{domain} has {len(found)} DMARC records.", "Keep one; two are read as none."
    policy = found[0].get("p", "") if domain == sending.domain else found[0].get("sp", found[0].get("p", ""))
    if policy not in {"none", "quarantine", "reject"}:
        return Level.BAD, f"The DMARC record of {domain} names no policy.", "Give it p=quarantine or p=reject."
    if not _aligned(sending.domain, sending.envelope, strict=found[0].get("aspf") == "s"):
        said = f"Letters are from {sending.domain}, their envelope from {sending.envelope}: SPF alone does not align."
        return (
            Level.WEAK,
            said,
            f"Set MAIL_BOUNCES to an address at {sending.domain}; DKIM alone carries DMARC until then.",
        )
    if policy == "none":
        return Level.WEAK, f"The policy of {domain} is p=none.", "Raise it to p=quarantine once the reports are clean."
    return Level.GOOD, f"The policy of {domain} is p={policy}.", ""


def _aligned(one: str, other: str, *, strict: bool) -> bool:
    """Relaxed alignment between domains of ours: one is the other, or lies below it."""
    return one == other or (not strict and (one.endswith(f".{other}") or other.endswith(f".{one}")))


def _ptr(sending: Sending, lookup: Lookup) -> _Answer:
    addresses = lookup.addresses(sending.relay)
    if not addresses:
        return Level.BAD, f"{sending.relay} has no address.", "Check the host in MAIL_URL."
    for address in addresses:
        names = lookup.names(address)
        if not names:
            return Level.BAD, f"{address} has no name (PTR).", "Ask whoever gave you the address to set one."
        if not any(address in lookup.addresses(name) for name in names):
            return Level.BAD, f"{address} is called {names[0]}, which leads elsewhere.", "Let name and address agree."
    return Level.GOOD, f"{sending.relay} is known by its name.", ""


def _tls(sending: Sending, lookup: Lookup) -> _Answer:
    trouble = lookup.encrypts(sending.relay, sending.port, at_once=sending.tls_at_once)
    if trouble:
        return Level.BAD, f"{sending.relay}:{sending.port}: {trouble}.", "Use smtps://, or smtp:// with ?tls=1."
    return Level.GOOD, f"{sending.relay}:{sending.port} encrypts, with a certificate that is valid.", ""


def _tags(text: str) -> dict[str, str]:
    pairs = (part.partition("=") for part in text.split(";") if "=" in part)
    return {name.strip().lower(): value.strip() for name, _, value in pairs}


class Network:
    """The real world."""

    def __init__(self) -> None:
        self.resolver = dns.resolver.Resolver()
        self.resolver.lifetime = TIMEOUT

    def texts(self, name: str) -> list[str]:
        return [b"".join(record.strings).decode("utf-8", "replace") for record in self._ask(name, "TXT")]

    def addresses(self, host: str) -> list[str]:
        return [record.address for kind in ("A", "AAAA") for record in self._ask(host, kind)]

    def names(self, address: str) -> list[str]:
        reverse = dns.reversename.from_address(address).to_text()
        return [str(record.target).rstrip(".") for record in self._ask(reverse, "PTR")]

    def _ask(self, name: str, kind: str) -> list[Any]:
        try:
            return list(self.resolver.resolve(name, kind))
        except (dns.resolver.NXDOMAIN, dns.resolver.NoAnswer):
            return []
        except (dns.exception.DNSException, OSError) as error:
            raise Unanswered(type(error).__name__) from error

    def encrypts(self, host: str, port: int, *, at_once: bool) -> str:
        """Why a letter to the relay would not be sealed on its way; empty when it would be."""
        context = ssl.create_default_context()
        try:
            if at_once:
                smtplib.SMTP_SSL(host, port, timeout=TIMEOUT, context=context).close()
                return ""
            with smtplib.SMTP(host, port, timeout=TIMEOUT) as server:
                server.starttls(context=context)
        except smtplib.SMTPNotSupportedError:
            return "it offers no encryption"
        except ssl.SSLCertVerificationError as error:
            return f"its certificate is not valid ({error.verify_message})"
        except (smtplib.SMTPException, OSError) as error:
            raise Unanswered(type(error).__name__) from error
        return ""
