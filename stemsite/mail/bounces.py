"""What came back: matched by the envelope, judged by the table that judges answers, counted once (LEAD-71, LEAD-72)."""

from __future__ import annotations

from enum import StrEnum

from django.db import transaction
from django.utils import timezone

from . import kinds
from .envelope import number_of
from .models import Delivery, Suppression
from .outcomes import Fate, Stage, Verdict, enhanced_code, judge, redacted
from .reports import Report, parse
from .suppressing import score, suppress

COMPLAINT = "complaint"
EXPIRED = "not delivered"


class Result(StrEnum):
    NO_REPORT = "no report"
    UNKNOWN = "not one of our letters"
    DELAYED = "only delayed"
    AGAIN = "counted before"
    BOUNCED = "bounced"
    COMPLAINED = "complained"


def take(raw: bytes, *, recipient: str = "") -> Result:
    """Read one message that came back; what cannot be matched is ignored, and nothing is ever answered."""
    report = parse(raw, recipient=recipient)
    if report is None:
        return Result.NO_REPORT
    number = next((found for address in report.addresses if (found := number_of(address)) is not None), None)
    if number is None:
        return Result.UNKNOWN
    if not (report.is_complaint or report.has_failed):
        return Result.DELAYED
    return settle(number, report)


@transaction.atomic
def settle(number: int, report: Report) -> Result:
    """Judge what came back of the letter ``number`` as if its mail server had said it at once."""
    delivery = Delivery.objects.select_for_update().filter(pk=number).first()
    if delivery is None:
        return Result.UNKNOWN
    if report.is_complaint:
        return complain(delivery)
    if delivery.bounced_at is not None:
        return Result.AGAIN
    address = delivery.to
    outcome = judge(stage=Stage.RCPT, code=report.code, text=report.text)
    if outcome.suppresses and address:
        suppress(address, Suppression.Reason.NO_MAILBOX, source=f"report {enhanced_code(report.text)}".strip())
    elif address and (outcome.scores or outcome.fate is Fate.RETRY):
        score(address, source="report")
    verdict = outcome.verdict.value if outcome.is_final else EXPIRED
    _keep(delivery, verdict, f"Came back: {report.code} {redacted(report.text, address, *kinds.names_at(address))}")
    return Result.BOUNCED


def complain(delivery: Delivery) -> Result:
    """The person called it unwanted: no more mail, and the app takes back what they had agreed to."""
    if delivery.verdict == COMPLAINT:
        return Result.AGAIN
    if delivery.to:
        suppress(delivery.to, Suppression.Reason.COMPLAINT, source="report")
    _keep(delivery, COMPLAINT, "The person called this letter unwanted.")
    return Result.COMPLAINED


def _keep(delivery: Delivery, verdict: str, said: str) -> None:
    """The letter stays sent; that and how it came back is beside it, and the app hears of it."""
    values = {"verdict": verdict, "last_error": said, "bounced_at": delivery.bounced_at or timezone.now()}
    Delivery.objects.filter(pk=delivery.pk).update(**values)
    for name, value in values.items():
        setattr(delivery, name, value)
    kinds.tell(delivery)


def is_complaint(delivery: Delivery) -> bool:
    return delivery.verdict == COMPLAINT


def is_bounce(delivery: Delivery) -> bool:
    return delivery.bounced_at is not None and delivery.verdict in {
        *(Verdict.NO_MAILBOX, Verdict.MAILBOX, Verdict.REFUSED, Verdict.SPAM, Verdict.TOO_BIG, EXPIRED),
    }
