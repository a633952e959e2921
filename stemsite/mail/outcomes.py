"""What an answer of a mail server means for the letter, the address and the mailer: one table (LEAD-61), pure."""

from __future__ import annotations

import re
import smtplib
from dataclasses import dataclass
from enum import StrEnum

OUR_FAULT = frozenset({530, 534, 535, 538})
NO_SUCH_MAILBOX = frozenset({"5.1.1", "5.1.2", "5.1.3", "5.1.6", "5.1.10"})
OUR_ADDRESS = frozenset({"5.1.7", "5.1.8"})
REFUSED_MAILBOX = frozenset({550, 551, 553})

_ENHANCED = re.compile(r"\s*([245]\.\d{1,3}\.\d{1,3})(?!\S)")
_SPAM = re.compile(r"\b(spam|junk|unsolicited|blocklist|blacklist|blocked|reputation|spamhaus|policy)", re.IGNORECASE)
_ADDRESS = re.compile(r"[^\s<>\"'(),;:]+@[^\s<>\"'(),;]+")
_LONGEST = 300
_GARBAGE = "Line too long."
"""What smtplib makes of an answer that is none."""


class Stage(StrEnum):
    """How far the conversation had come."""

    OPEN = "open"
    """Connection, greeting, encryption and login."""
    MAIL = "MAIL"
    RCPT = "RCPT"
    DATA = "DATA"
    DOT = "final dot"


class Refused(Exception):
    """The mail server answered at ``stage``, and not as hoped."""

    def __init__(self, stage: Stage, code: int, text: str = "") -> None:
        super().__init__(f"{stage} {code}")
        self.stage, self.code, self.text = stage, code, text


class CannotCarry(ValueError):
    """The mail server takes no letter of this form: no SMTPUTF8 for an address that needs it."""


class Misconfigured(Exception):
    """The mail server does not offer what our settings ask of it: encryption, or a login."""


class Fate(StrEnum):
    RETRY = "retry"
    FINAL = "final"


class Verdict(StrEnum):
    """What happened, in one word; kept with the letter and counted in figures."""

    UNREACHABLE = "unreachable"
    TEMPORARY = "temporary"
    OUT_OF_STEP = "out of step"
    TOO_BIG = "too big"
    OURS = "our fault"
    NO_MAILBOX = "no mailbox"
    MAILBOX = "mailbox refused"
    SPAM = "taken for spam"
    REFUSED = "refused"
    UNSENDABLE = "unsendable"


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """One row of the table. ``suppresses`` and ``scores`` concern the address, ``pauses`` the mailer."""

    fate: Fate
    verdict: Verdict
    suppresses: bool = False
    scores: bool = False
    pauses: bool = False
    hangs_up: bool = False
    """The connection is of no more use."""

    @property
    def is_final(self) -> bool:
        return self.fate is Fate.FINAL


UNREACHABLE = Outcome(fate=Fate.RETRY, verdict=Verdict.UNREACHABLE, hangs_up=True)
TEMPORARY = Outcome(fate=Fate.RETRY, verdict=Verdict.TEMPORARY)
OUT_OF_STEP = Outcome(fate=Fate.RETRY, verdict=Verdict.OUT_OF_STEP, hangs_up=True)
TOO_BIG = Outcome(fate=Fate.FINAL, verdict=Verdict.TOO_BIG)
OURS = Outcome(fate=Fate.RETRY, verdict=Verdict.OURS, pauses=True, hangs_up=True)
NO_MAILBOX = Outcome(fate=Fate.FINAL, verdict=Verdict.NO_MAILBOX, suppresses=True)
MAILBOX = Outcome(fate=Fate.FINAL, verdict=Verdict.MAILBOX, scores=True)
SPAM = Outcome(fate=Fate.FINAL, verdict=Verdict.SPAM)
REFUSED = Outcome(fate=Fate.FINAL, verdict=Verdict.REFUSED)
UNSENDABLE = Outcome(fate=Fate.FINAL, verdict=Verdict.UNSENDABLE)


def classify(error: Exception) -> Outcome:
    """What ``error``, met on the way to a mail server, means."""
    match error:
        case Refused():
            return judge(stage=error.stage, code=error.code, text=error.text)
        case smtplib.SMTPResponseException() if as_text(error.smtp_error) == _GARBAGE:
            return UNREACHABLE
        case smtplib.SMTPResponseException():
            return judge(stage=Stage.OPEN, code=error.smtp_code, text=as_text(error.smtp_error))
        case smtplib.SMTPRecipientsRefused():
            code, text = next(iter(error.recipients.values()))
            return judge(stage=Stage.RCPT, code=code, text=as_text(text))
        case smtplib.SMTPServerDisconnected():
            return UNREACHABLE
        case Misconfigured() | smtplib.SMTPException():
            return OURS
        case OSError():
            return UNREACHABLE
        case ValueError():
            return UNSENDABLE
    raise error


def judge(*, stage: Stage, code: int, text: str) -> Outcome:
    """The first row that matches a reply, in the order of LEAD-61."""
    enhanced = enhanced_code(text)
    if code == 421 or not 200 <= code < 600:
        return UNREACHABLE
    if code < 400:
        return OUT_OF_STEP
    if code < 500:
        return UNREACHABLE if stage is Stage.OPEN else TEMPORARY
    if code == 503:
        return OUT_OF_STEP
    if (code == 552 and stage is Stage.MAIL) or enhanced == "5.3.4":
        return TOO_BIG
    if code in OUR_FAULT or stage in {Stage.OPEN, Stage.MAIL} or enhanced in OUR_ADDRESS:
        return OURS
    return _of_the_letter(stage, code, enhanced, text)


def _of_the_letter(stage: Stage, code: int, enhanced: str, text: str) -> Outcome:
    if enhanced in NO_SUCH_MAILBOX:
        return NO_MAILBOX
    if enhanced.startswith("5.2.") or (stage is Stage.RCPT and not enhanced and code in REFUSED_MAILBOX):
        return MAILBOX
    if enhanced.startswith("5.7.") or _SPAM.search(text) or (code == 554 and not enhanced):
        return SPAM
    return REFUSED


def enhanced_code(text: str) -> str:
    """``5.1.1`` of a reply that begins with it (RFC 3463), else nothing."""
    found = _ENHANCED.match(text)
    return found[1] if found else ""


def as_text(words: bytes | str) -> str:
    return words if isinstance(words, str) else words.decode("utf-8", "replace")


def told(error: Exception, *secrets: str) -> str:
    """``error`` as it may be stored: stage, code, enhanced code and words without anybody's address (LEAD-63)."""
    match error:
        case Refused():
            return f"{error.stage} {error.code} {redacted(error.text, *secrets)}".strip()
        case smtplib.SMTPResponseException():
            return f"{error.smtp_code} {redacted(as_text(error.smtp_error), *secrets)}".strip()
        case smtplib.SMTPRecipientsRefused():
            code, text = next(iter(error.recipients.values()))
            return f"RCPT {code} {redacted(as_text(text), *secrets)}".strip()
        case Misconfigured() | CannotCarry():
            return str(error)
        case TimeoutError():
            return "The mail server did not answer in time."
        case smtplib.SMTPServerDisconnected():
            return "The mail server closed the connection."
    return f"The mail server could not be reached ({type(error).__name__})."


def redacted(text: str, *secrets: str) -> str:
    """``text`` on one line, with anything like an address and each of ``secrets`` and its parts taken out."""
    plain = " ".join("".join(letter if letter.isprintable() else " " for letter in text).split())
    plain = re.sub("[%=]40", "@", plain)
    for secret in sorted(_parts(*secrets), key=len, reverse=True):
        plain = re.sub(rf"(?<!\w){re.escape(secret)}(?!\w)", "…", plain, flags=re.IGNORECASE)
    return _ADDRESS.sub("…", plain)[:_LONGEST]


def _parts(*secrets: str) -> set[str]:
    """A whole address, what stands before and after its @, and the domain as it travels."""
    found: set[str] = set()
    for secret in secrets:
        local, at, domain = secret.rpartition("@")
        found |= {secret, local, domain if at else ""}
        if at and not domain.isascii():
            found.add(domain.encode("idna", "ignore").decode())
    return {part for part in found if len(part) > 1}
