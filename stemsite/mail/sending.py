"""Sending what is due, from the worker's mail lane: one letter at a time, each outcome by one table."""

from __future__ import annotations

import logging
import smtplib
import time
from dataclasses import dataclass, field, replace

from django.core.mail import EmailMessage
from django.db import DatabaseError, connection, transaction

from stemsite.tasks.worker import is_stopping

from . import kinds
from .composing import compose
from .files import is_filed
from .kinds import Letter, NotAnyMore, NotNow
from .lines import Lines
from .models import Delivery, Suppression
from .models.delivery import LEASE
from .outcomes import Misconfigured, Outcome, Refused, Stage, Verdict, classify, enhanced_code, told
from .pausing import Closed, closed_now, mailer_works, pause_mailer, take_probe
from .pulse import beat
from .suppressing import is_suppressed, score, suppress

BATCH = 20
BUILD_RETRIES = 3
TROUBLE = (Refused, Misconfigured, smtplib.SMTPException, OSError, ValueError)

logger = logging.getLogger(__name__)


@dataclass(slots=True)
class Sender:
    """Sends in turns of a batch. A mail server that could not be reached is left alone for a moment."""

    outages: dict[str, tuple[int, float]] = field(default_factory=dict)
    """Mailer -> how often in a row, and until when by the monotonic clock."""

    def __call__(self) -> int:
        """One turn; an idle one only reads (LEAD-56)."""
        closed = self._closed()
        if not closed.filter(Delivery.objects.all()).anything_claimable():
            return 0
        beat()
        sent = 0
        with Lines() as lines:
            while sent < BATCH and not is_stopping():
                delivery = closed.filter(Delivery.objects.all()).claim_next(lease=LEASE)
                if delivery is None:
                    break
                closed = self._closed(self._send(delivery, lines, closed))
                sent += 1
        return sent

    def _closed(self, closed: Closed | None = None) -> Closed:
        """What stands still: asked now, unless it was asked for the letter before and nothing went wrong with it."""
        now = time.monotonic()
        away = {mailer for mailer, (_, until) in self.outages.items() if until > now}
        closed = closed or closed_now()
        return replace(closed, mailers=closed.mailers | away)

    def _send(self, delivery: Delivery, lines: Lines, closed: Closed) -> Closed | None:
        is_probe = delivery.mailer in closed.probing
        if is_probe and not take_probe(delivery.mailer):
            delivery.give_back()
            return None
        try:
            lines.open(delivery.mailer)
        except TROUBLE as trouble:
            self._note_outage(delivery.mailer)
            settle_trouble(delivery, trouble)
            return None
        self.outages.pop(delivery.mailer, None)
        return send(delivery, lines, is_probe=is_probe)

    def _note_outage(self, mailer: str) -> None:
        times = self.outages.get(mailer, (0, 0.0))[0] + 1
        self.outages[mailer] = times, time.monotonic() + min(0.5 * 2 ** min(times, 5), 10)


def send_due() -> int:
    """One turn by a sender without a past."""
    return Sender()()


def send(delivery: Delivery, lines: Lines, *, is_probe: bool = False) -> Closed | None:
    """Build one claimed letter, look once more whether it may go, hand it over, and keep the outcome.

    Returns what stood still just before a letter that was taken; nothing where that must be asked anew.
    """
    composed = _composed(delivery)
    if composed is None:
        return None
    letter, message = composed
    address = letter.to[1]
    if not delivery.renew(LEASE):
        return None
    if is_suppressed(address) and not kinds.is_for_staff(delivery):
        delivery.close(Delivery.State.SUPPRESSED, verdict="suppressed")
        return None
    closed = closed_now()
    if delivery.batch in closed.batches or (delivery.mailer in closed.mailers and not is_probe):
        delivery.give_back()
        return None
    try:
        lines.hand_over(delivery.mailer, message, address)
    except TROUBLE as trouble:
        lines.after_trouble(delivery.mailer, hang_up=classify(trouble).hangs_up)
        outcome = settle_trouble(delivery, trouble, address, name=letter.to[0])
        if is_probe and not outcome.pauses and reached_the_letter(trouble):
            mailer_works(delivery.mailer)
    except Exception as error:
        lines.after_trouble(delivery.mailer, hang_up=True)
        _build_failed(delivery, error)
    else:
        keep_sent(delivery)
        if not is_probe:
            return closed
        mailer_works(delivery.mailer)
    return None


def _composed(delivery: Delivery) -> tuple[Letter, EmailMessage] | None:
    """The letter, ready to go, or nothing when the row was settled otherwise."""
    try:
        built = kinds.build(delivery)
    except DatabaseError:
        delivery.give_back()
        raise
    except Exception as error:
        _build_failed(delivery, error)
        return None
    match built:
        case NotAnyMore():
            delivery.close(built.outcome, verdict=built.reason[:20], last_error="")
            return None
        case NotNow():
            delivery.requeue(due_at=built.until, attempts=max(delivery.attempts - 1, 0), lost_leases=0)
            return None
    try:
        return built, compose(delivery, built)
    except ValueError as error:
        settle_trouble(delivery, error, built.to[1], name=built.to[0])
        return None


def _build_failed(delivery: Delivery, error: Exception) -> None:
    """A fault of ours in template or PDF: three more tries, then an alert (LEAD-61)."""
    logger.exception("mail: a letter of the kind %s could not be put together", delivery.kind)
    failures = delivery.build_failures + 1
    said = f"The letter could not be put together ({type(error).__name__})."
    is_final = failures > BUILD_RETRIES
    verdict = "not built" if is_final else ""
    delivery.fail(said, final=is_final, build_failures=failures, verdict=verdict)


@transaction.atomic
def settle_trouble(delivery: Delivery, trouble: Exception, address: str = "", *, name: str = "") -> Outcome:
    """Write down what ``trouble`` means for letter, address and mailer."""
    outcome = classify(trouble)
    said = told(trouble, address, delivery.to, name, *kinds.names_at(delivery.to))
    if outcome.verdict is Verdict.UNSENDABLE:
        said = "The letter cannot be sent in this form: its address or a header is not possible."
    if outcome.pauses:
        pause_mailer(delivery.mailer, said)
    if not delivery.fail(said, final=outcome.is_final, verdict=outcome.verdict.value):
        return outcome
    source = f"smtp {enhanced_code(trouble.text) or trouble.code}" if isinstance(trouble, Refused) else "smtp"
    if outcome.suppresses and address:
        suppress(address, Suppression.Reason.NO_MAILBOX, source=source)
    if outcome.scores and address:
        score(address, source=source)
    return outcome


def reached_the_letter(trouble: Exception) -> bool:
    """Whether the server took our login and our sender, and only this letter was refused."""
    return isinstance(trouble, Refused) and trouble.stage in {Stage.RCPT, Stage.DATA, Stage.DOT} and trouble.code != 421


def keep_sent(delivery: Delivery) -> None:
    """Write down that the letter is gone, until it sticks: nothing after the 250 may send it again (LEAD-58)."""
    wait = 0.2
    while True:
        try:
            if is_filed(delivery.mailer):
                delivery.finish(verdict="")
            else:
                delivery.finish(verdict="", letter={})
            return
        except DatabaseError:
            logger.warning("mail: an outcome could not be written; trying again")
            if not connection.in_atomic_block:
                connection.close()
            time.sleep(wait)
            wait = min(wait * 2, 5)
