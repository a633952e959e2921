"""The verbs of an issue. Each takes ``by=``, is atomic, checks table, right and people, and is recorded (LEAD-75).

Expected refusals are ``Refused`` (or its kind ``Stale``): nothing was changed, and the message says what to do.
"""

from __future__ import annotations

import datetime
from typing import Any

from django.db import transaction
from django.db.models import Max
from django.utils import timezone

from stemsite.access import Action, can
from stemsite.audit.recording import record as audit
from stemsite.clinic.models import Clinic
from stemsite.mail.pausing import pause_batch, resume_batch
from stemsite.publishing.gate import Refused, Stale
from stemsite.publishing.guards import reviewer_profile
from stemsite.serving import store

from ..models import IssueEdition, IssueRun, IssueStep, NewsletterIssue
from . import letters
from .believing import require_believed
from .checking import findings, why_a_clinician_reads
from .composing import compose
from .steps import STEPS, State, Verb, is_open

RECALL_WITHIN = datetime.timedelta(minutes=10)
"""Under ``two_people`` whoever may send has this long to think better of it (LEAD-137)."""


@transaction.atomic
def saved(issue: NewsletterIssue, *, by: Any, made: bool = False) -> None:
    """Follow a save: cards take what is live now, an approval of another text is void, who edited is known."""
    issue = locked(issue)
    if not can(by, Action.WRITE_ISSUES, issue):
        raise Refused("Your role does not allow writing issues. Ask the owner if it should.")
    for card in issue.cards.select_related("page"):
        live = card.page.live_version_id if card.page.is_live else None
        if card.version_id != live:
            card.version_id = live
            card.save(update_fields=["version"])
    fields = {"saved_at": timezone.now(), "saved_by": by}
    if made:
        _made(issue, by=by, fields=fields)
    elif issue.state == State.DRAFT:
        NewsletterIssue.objects.filter(pk=issue.pk).update(**fields)
    elif issue.edition is not None and not compose(issue).is_in(issue.edition):
        _void(issue, by=by, fields=fields)


@transaction.atomic
def made(issue: NewsletterIssue, *, by: Any) -> None:
    """Put on record that an issue was drafted; ``by`` is none for the system."""
    _made(issue, by=by, fields={"saved_at": timezone.now(), "saved_by": by})


def _made(issue: NewsletterIssue, *, by: Any, fields: dict[str, Any]) -> None:
    NewsletterIssue.objects.filter(pk=issue.pk).update(**fields)
    _record(issue, Verb.CREATE, before="", by=by)


def _void(issue: NewsletterIssue, *, by: Any, fields: dict[str, Any]) -> None:
    if issue.state == State.PAUSED:
        NewsletterIssue.objects.filter(pk=issue.pk).update(needs_approval=True, **fields)
        _record(issue, Verb.EDIT, before=issue.state, by=by, edition=keep_edition(issue, by=by))
    else:
        _take(issue, Verb.EDIT, by=by, edition=None, **fields)


@transaction.atomic
def submit(issue: NewsletterIssue, *, by: Any, note: str = "") -> IssueEdition:
    """Ask a second person to read and approve it."""
    issue = locked(issue)
    _require_open(issue, Verb.SUBMIT, by)
    _require_ready(issue)
    edition = keep_edition(issue, by=by)
    step = _take(issue, Verb.SUBMIT, by=by, note=note, edition=edition)
    letters.approval_wanted(issue, step, by=by)
    return edition


@transaction.atomic
def send_back(issue: NewsletterIssue, *, by: Any, reason: str) -> None:
    issue = locked(issue)
    _require_open(issue, Verb.RETURN, by)
    if not reason.strip():
        raise Refused("Say what should change.")
    step = _take(issue, Verb.RETURN, by=by, note=reason, edition=None)
    letters.sent_back(issue, step, by=by)


@transaction.atomic
def approve(issue: NewsletterIssue, *, by: Any, edition_id: int) -> IssueStep:
    """Approve exactly the edition that was read; of a paused issue, the text with which it goes on."""
    issue = locked(issue)
    verb = Verb.REAPPROVE if issue.state == State.PAUSED else Verb.APPROVE
    _require_open(issue, verb, by)
    if verb == Verb.REAPPROVE and not issue.needs_approval:
        raise Stale("This issue waits for no approval. Resume it.")
    edition = _edition_in_question(issue)
    if edition.pk != edition_id:
        raise Stale("The letter changed while you were reading. Read it again and approve that one.")
    _require_second_person(issue, by)
    _require_ready(issue)
    if not compose(issue).is_in(edition):
        raise Refused("The letter is no longer the one that was read. Save it, and read it again.")
    step = _take(issue, verb, by=by, edition=edition, needs_approval=False, stopped_because="")
    letters.approved(issue, step, by=by)
    return step


def start(issue: NewsletterIssue, *, by: Any, despite: str = "", first_only: bool = False) -> IssueRun:
    """Send it: under ``two_people`` after ten minutes in which it can be recalled, in a team at once.

    ``despite`` is why the owner sends it although receivers may not believe whom it comes from (LEAD-73);
    ``first_only`` begins with one letter in a hundred, after which it waits for ``go_on`` (LEAD-76).
    """
    may = can(by, Action.SEND_ISSUES, issue)
    note = require_believed(by=by, despite=despite) if may else ""
    return _start(issue, by=by, note=note, first_only=first_only)


@transaction.atomic
def _start(issue: NewsletterIssue, *, by: Any, note: str, first_only: bool) -> IssueRun:
    issue = locked(issue)
    exempt = needs_no_approval(issue)
    _require_open(issue, Verb.START, by, without_approval=exempt)
    _require_ready(issue)
    if issue.state == State.DRAFT:
        edition = keep_edition(issue, by=by)
    else:
        edition = _edition_in_question(issue)
        if not compose(issue).is_in(edition):
            raise Refused("The letter is no longer the one that was approved. Submit it again.")
    wait = datetime.timedelta() if Clinic.current().needs_team else RECALL_WITHIN
    now = timezone.now()
    values = {"starts_at": now + wait, "stands_since": now, "first_only": first_only}
    run, _ = IssueRun.objects.update_or_create(issue=issue, defaults=values)
    _take(issue, Verb.START, by=by, note=note, edition=edition)
    return run


@transaction.atomic
def recall(issue: NewsletterIssue, *, by: Any) -> None:
    """Take it back before the first letter: it is a draft again, and nobody was written to."""
    issue = locked(issue)
    _require_open(issue, Verb.RECALL, by)
    if not can_be_recalled(issue):
        raise Stale("The first letters are on their way, so it cannot be recalled. Pause or cancel it.")
    IssueRun.objects.filter(issue=issue).delete()
    _take(issue, Verb.RECALL, by=by, edition=None)


@transaction.atomic
def pause(issue: NewsletterIssue, *, by: Any, reason: str) -> None:
    """No further letter is handed over from this commit on (LEAD-78)."""
    issue = locked(issue)
    _require_open(issue, Verb.PAUSE, by)
    pause_batch(issue.batch, reason or "Paused by staff.")
    _take(issue, Verb.PAUSE, by=by, note=reason)


@transaction.atomic
def stop(issue: NewsletterIssue, *, because: str) -> bool:
    """Pause by itself, with an alert; it goes on only after another approval (LEAD-80)."""
    issue = locked(issue)
    if not is_open(issue, Verb.STOP):
        return False
    pause_batch(issue.batch, because)
    step = _take(issue, Verb.STOP, by=None, note=because, needs_approval=True, stopped_because=because)
    letters.stopped(issue, step)
    return True


@transaction.atomic
def resume(issue: NewsletterIssue, *, by: Any) -> None:
    """Go on where it stopped, with the edition that stands approved."""
    issue = locked(issue)
    _require_open(issue, Verb.RESUME, by)
    if issue.needs_approval:
        raise Refused("It stopped by itself or was edited: a second person approves it before it goes on.")
    _require_ready(issue)
    resume_batch(issue.batch)
    IssueRun.objects.filter(issue=issue).update(errors_in_row=0, paced_until=None, stands_since=timezone.now())
    _take(issue, Verb.RESUME, by=by)


@transaction.atomic
def hold(issue: NewsletterIssue) -> bool:
    """The first letters are on their way: the rest waits until somebody has looked (LEAD-76)."""
    issue = locked(issue)
    waiting = IssueRun.objects.filter(issue=issue, first_only=True, held_at=None)
    if not is_open(issue, Verb.HOLD) or not waiting.update(held_at=timezone.now()):
        return False
    step = _take(issue, Verb.HOLD, by=None)
    letters.held(issue, step)
    return True


@transaction.atomic
def go_on(issue: NewsletterIssue, *, by: Any) -> None:
    """Let the rest go after a look at what became of the first letters."""
    issue = locked(issue)
    _require_open(issue, Verb.CONTINUE, by)
    held = IssueRun.objects.filter(issue=issue, held_at__isnull=False, continued_at=None)
    if not held.update(continued_at=timezone.now()):
        raise Stale("Nothing is held back. Look at where the issue stands.")
    _take(issue, Verb.CONTINUE, by=by)


@transaction.atomic
def cancel(issue: NewsletterIssue, *, by: Any, reason: str = "") -> None:
    """End it: what was sent stays sent, the rest never goes."""
    issue = locked(issue)
    _require_open(issue, Verb.CANCEL, by)
    if issue.state in NewsletterIssue.STARTED:
        pause_batch(issue.batch, "The issue was cancelled.")
    _take(issue, Verb.CANCEL, by=by, note=reason)


@transaction.atomic
def finish(issue: NewsletterIssue) -> bool:
    """Every recipient is sent, failed, suppressed or cancelled (LEAD-79)."""
    issue = locked(issue)
    if not is_open(issue, Verb.FINISH):
        return False
    IssueRun.objects.filter(issue=issue).update(finished_at=timezone.now())
    _take(issue, Verb.FINISH, by=None)
    return True


# -- what stands behind the verbs ---------------------------------------------------------


def locked(issue: NewsletterIssue) -> NewsletterIssue:
    """``issue`` read anew under a row lock (on SQLite the transaction itself is the lock)."""
    NewsletterIssue.objects.select_for_update(no_key=True).get(pk=issue.pk)
    return NewsletterIssue.objects.select_related("edition").get(pk=issue.pk)


def show_anew(issue: NewsletterIssue) -> None:
    """Forget the stored pages that show it."""
    store.forget(f"issue:{issue.pk}", "list:issues")


def edition_to_read(issue: NewsletterIssue) -> IssueEdition | None:
    """What an approval would be of: what was submitted, or of a paused issue the newest text."""
    if issue.state == State.PAUSED:
        return issue.editions.order_by("-number").first()
    return issue.edition


def needs_no_approval(issue: NewsletterIssue) -> bool:
    """Made only of live, signed content, where two people are the whole team (LEAD-137)."""
    return not Clinic.current().needs_team and not why_a_clinician_reads(issue)


def can_be_recalled(issue: NewsletterIssue) -> bool:
    run = IssueRun.objects.filter(issue=issue).first()
    return issue.state == State.SENDING and run is not None and run.starts_at > timezone.now()


def keep_edition(issue: NewsletterIssue, *, by: Any) -> IssueEdition:
    """The letter as it is saved, frozen; the latest edition where nothing changed since."""
    composed = compose(issue)
    latest = issue.editions.order_by("-number").first()
    if latest is not None and composed.is_in(latest):
        return latest
    return IssueEdition.objects.create(
        issue=issue,
        number=(issue.editions.aggregate(last=Max("number"))["last"] or 0) + 1,
        subject=composed.subject,
        text=composed.text,
        html=composed.html,
        content_hash=composed.content_hash,
        pins=composed.pins,
        content=composed.parts,
        created_by=by,
        is_sample=issue.is_sample,
    )


def _edition_in_question(issue: NewsletterIssue) -> IssueEdition:
    edition = edition_to_read(issue)
    if edition is None:
        raise Refused("Nothing was submitted yet.")
    return edition


def _require_second_person(issue: NewsletterIssue, by: Any) -> None:
    """Not the last editor; medical words are read by a clinician, all else by who may send (LEAD-75)."""
    if issue.saved_by_id == by.pk:
        raise Refused("You were the last to edit this letter, so somebody else has to approve it.")
    medical = why_a_clinician_reads(issue)
    if medical:
        named = ", ".join(f"“{word}”" for word in medical[:5])
        try:
            reviewer_profile(by)
        except Refused as refused:
            raise Refused(
                f"Its own words speak about medicine ({named}), so a medical reviewer approves them. "
                "Or take them out: what the pages say is signed already."
            ) from refused
    elif not can(by, Action.SEND_ISSUES):
        raise Refused("Your role does not allow approving this letter. A publisher or the owner does.")


def _require_ready(issue: NewsletterIssue) -> None:
    blocking = [finding for finding in findings(issue) if finding.severity == "block"]
    if blocking:
        raise Refused(*blocking)


def _require_open(issue: NewsletterIssue, verb: Verb, by: Any, *, without_approval: bool = False) -> None:
    right = STEPS[verb].right
    if right is None or not can(by, right, issue):
        raise Refused(f"Your role does not allow this step ({Verb(verb).label}). Ask the owner if it should.")
    if is_open(issue, verb, without_approval=without_approval):
        return
    if verb == Verb.START and issue.state == State.DRAFT:
        words = why_a_clinician_reads(issue)
        raise Refused(
            "It needs a second person's approval first: submit it."
            + (f" Its own words speak about medicine ({', '.join(words[:5])})." if words else "")
        )
    raise Stale(f"This issue is now {issue.get_state_display()}; that step is not open. Nothing changed.")


def _take(issue: NewsletterIssue, verb: Verb, *, by: Any, note: str = "", **fields: Any) -> IssueStep:
    """Change the state as the table says, with further ``fields``, and record it; the caller holds the lock."""
    before = issue.state
    after = STEPS[verb].to or State(before)
    values = {"state": after, **fields}
    if NewsletterIssue.objects.filter(pk=issue.pk, state=before).update(**values) != 1:
        raise Stale("Somebody else moved this issue at the same moment. Nothing changed; look at it again.")
    if after in NewsletterIssue.STARTED:
        show_anew(issue)
    told = fields.get("edition") or issue.edition
    for name, value in values.items():
        setattr(issue, name, value)
    return _record(issue, verb, before=before, by=by, note=note, edition=told)


def _record(
    issue: NewsletterIssue,
    verb: Verb,
    *,
    before: str,
    by: Any,
    note: str = "",
    edition: IssueEdition | None = None,
) -> IssueStep:
    step = IssueStep.objects.create(
        issue=issue,
        verb=verb,
        by=by,
        from_state=before,
        to_state=issue.state,
        edition=edition,
        note=note,
        is_sample=issue.is_sample,
    )
    about = {"edition": edition.number, "hash": edition.content_hash} if edition else {}
    audit(f"newsletter issue {verb}", by=by, obj=issue, note=note, **about)
    return step
