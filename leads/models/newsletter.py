"""Issues of the newsletter: composed from live pages, frozen as editions, sent to a snapshot of the list."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

from stemsite.appendonly import AppendOnlyModel
from stemsite.crypto import SealedJSONField
from stemsite.publishing.models import Page, Version
from stemsite.publishing.prose import EXTENSIONS, ProseField

LETTER_EXTENSIONS: dict[str, Any] = {
    **{name: EXTENSIONS[name] for name in ("Bold", "Italic", "HardBreak", "BulletList", "ListItem", "Link")},
    "NoSpellCheck": False,
    "Menu": {"groups": [{"group": "marks"}, {"group": "lists"}, {"group": "link"}, {"group": "history"}]},
}
"""What a letter can say: words, lists and links."""


class NewsletterIssue(models.Model):
    """One issue as staff write it. Only ``workflow`` moves its state; ``save()`` of a stored one leaves that alone."""

    class State(models.TextChoices):
        DRAFT = "draft", "draft"
        IN_REVIEW = "in review", "in review"
        APPROVED = "approved", "approved"
        SENDING = "sending", "sending"
        PAUSED = "paused", "paused"
        FINISHED = "finished", "finished"
        CANCELLED = "cancelled", "cancelled"

    subject = models.CharField(
        max_length=120, help_text="Everybody who sees the mailbox can read it, so it names no condition."
    )
    introduction = ProseField(
        extensions=LETTER_EXTENSIONS,
        help_text="A few plain sentences to one reader. What is medical stands on the pages below.",
    )
    signature = models.CharField(
        max_length=160, blank=True, help_text="Who writes, as it stands under the letter: Maria Lopez, nurse."
    )
    topics = SealedJSONField(default=list, blank=True)
    """Slugs of topics; empty goes to everybody. Sealed, because who got an issue about one condition has chosen it."""
    per_second = models.PositiveIntegerField("letters a second", null=True, blank=True)
    per_hour = models.PositiveIntegerField("letters an hour", null=True, blank=True)
    per_day = models.PositiveIntegerField(
        "letters a day", null=True, blank=True, help_text="Empty: as many as the mail server takes."
    )
    state = models.CharField(max_length=12, choices=State, default=State.DRAFT, editable=False)
    lock_version = models.PositiveIntegerField(default=0, editable=False)
    edition = models.ForeignKey(
        "leads.IssueEdition", on_delete=models.PROTECT, null=True, editable=False, related_name="+"
    )
    """What was submitted, was approved or goes out."""
    needs_approval = models.BooleanField(default=False, editable=False)
    """Of a paused one: it stopped by itself or was edited, so it goes on only once it is approved again."""
    stopped_because = models.TextField(blank=True, editable=False)
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, editable=False, related_name="created_issues"
    )
    saved_at = models.DateTimeField(null=True, editable=False)
    saved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, editable=False, related_name="+"
    )
    is_sample = models.BooleanField("made by the example site", default=False, editable=False)

    STEPPED = ("state", "lock_version", "edition", "needs_approval", "stopped_because", "saved_at", "saved_by")
    STARTED = (State.SENDING, State.PAUSED, State.FINISHED)

    class Meta:
        verbose_name = "newsletter issue"
        indexes = (models.Index(fields=["state"], name="issue_state"),)
        constraints = (
            models.CheckConstraint(
                name="issue_on_its_way_has_an_edition",
                condition=Q(state__in=["draft", "cancelled"]) | Q(edition__isnull=False),
                violation_error_message="An issue in review, approved or on its way has the edition that was read.",
            ),
            models.CheckConstraint(
                name="issue_only_paused_waits_again",
                condition=Q(needs_approval=False) | Q(state__in=["paused", "cancelled"]),
                violation_error_message="Only a paused issue waits for another approval.",
            ),
        )

    def __str__(self) -> str:
        return self.subject

    def save(self, *args: Any, **kwargs: Any) -> None:
        if not self._state.adding:
            wanted = kwargs.get("update_fields") or [
                field.name for field in self._meta.concrete_fields if not field.primary_key
            ]
            kwargs["update_fields"] = [name for name in wanted if name not in self.STEPPED]
        super().save(*args, **kwargs)

    @property
    def batch(self) -> str:
        """The name of its letters in the outbox."""
        return f"issue-{self.pk}"

    @property
    def is_editable(self) -> bool:
        return self.state not in {self.State.SENDING, self.State.FINISHED, self.State.CANCELLED}


class IssueCard(models.Model):
    """One page that an issue tells of, as it stood in one version."""

    issue = models.ForeignKey(NewsletterIssue, on_delete=models.CASCADE, related_name="cards")
    page = models.ForeignKey(Page, on_delete=models.PROTECT, related_name="+", help_text="A live article or study.")
    version = models.ForeignKey(Version, on_delete=models.PROTECT, null=True, editable=False, related_name="+")
    """What is live when the issue is saved; empty while the page is not live."""
    words = models.CharField(
        "why it is here",
        max_length=300,
        blank=True,
        help_text="One sentence of yours before the page's own words. May stay empty.",
    )
    ordering = models.PositiveSmallIntegerField("position", default=10)

    class Meta:
        verbose_name = "card"
        ordering = ("ordering", "pk")
        constraints = (
            models.UniqueConstraint(
                fields=["issue", "page"], name="card_once", violation_error_message="This page has a card already."
            ),
        )

    def __str__(self) -> str:
        return str(self.page)


class IssueEdition(AppendOnlyModel):
    """An issue word for word, as it was read, approved and sent; the two links of each person are marks in it."""

    issue = models.ForeignKey(NewsletterIssue, on_delete=models.PROTECT, related_name="editions")
    number = models.PositiveIntegerField()
    subject = models.CharField(max_length=120)
    text = models.TextField()
    html = models.TextField()
    content_hash = models.CharField("SHA-256 of subject and both bodies", max_length=64)
    pins = models.JSONField(default=list)
    """``page version hash title references`` of each card."""
    content = models.JSONField(default=dict)
    """The same letter in its parts, for the page on the site."""
    created_at = models.DateTimeField(default=timezone.now)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    is_sample = models.BooleanField("made by the example site", default=False)

    class Meta:
        verbose_name = "edition"
        constraints = (models.UniqueConstraint(fields=["issue", "number"], name="edition_number_unique"),)

    def __str__(self) -> str:
        return f"edition {self.number}"

    @property
    def short(self) -> str:
        return self.content_hash[:8]


class IssueStep(AppendOnlyModel):
    """Who did what with an issue when, on which edition; what the system did names nobody."""

    class Verb(models.TextChoices):
        CREATE = "create", "created"
        EDIT = "edit", "edited"
        SUBMIT = "submit", "submitted for approval"
        RETURN = "return", "sent back"
        APPROVE = "approve", "approved"
        START = "start", "started"
        RECALL = "recall", "recalled"
        PAUSE = "pause", "paused"
        STOP = "stop", "stopped by itself"
        REAPPROVE = "reapprove", "approved again"
        RESUME = "resume", "resumed"
        CANCEL = "cancel", "cancelled"
        FINISH = "finish", "finished"
        HOLD = "hold", "held after the first letters"
        CONTINUE = "continue", "continued"

    issue = models.ForeignKey(NewsletterIssue, on_delete=models.PROTECT, related_name="steps")
    verb = models.CharField(max_length=12, choices=Verb)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="issue_steps"
    )
    at = models.DateTimeField(default=timezone.now)
    from_state = models.CharField(max_length=12, choices=NewsletterIssue.State, blank=True)
    to_state = models.CharField(max_length=12, choices=NewsletterIssue.State)
    edition = models.ForeignKey(IssueEdition, on_delete=models.PROTECT, null=True, blank=True, related_name="steps")
    note = models.TextField(blank=True)
    is_sample = models.BooleanField("made by the example site", default=False)

    class Meta:
        verbose_name = "step of an issue"
        verbose_name_plural = "steps of issues"
        indexes = (models.Index(fields=["issue", "at"], name="issuestep_of_issue"),)

    def __str__(self) -> str:
        return f"{self.get_verb_display()} {self.at:%Y-%m-%d %H:%M}"


class IssueRun(models.Model):
    """How far the sending of one issue has come; kept as it goes, so that a look at it counts nothing (LEAD-79)."""

    issue = models.OneToOneField(NewsletterIssue, on_delete=models.PROTECT, related_name="run")
    starts_at = models.DateTimeField()
    """The end of the time in which it can be recalled; who is on the list at that moment gets it."""
    stands_since = models.DateTimeField()
    """When somebody last said that its content may go out; what happens to a source after that stops it."""
    listed_up_to = models.BigIntegerField(default=0)
    """The last subscription that was looked at for the snapshot."""
    listed_at = models.DateTimeField(null=True)
    """When the snapshot was complete."""
    released_up_to = models.BigIntegerField(default=0)
    """The last letter that was let go to the sender."""
    paced_until = models.DateTimeField(null=True)
    """The time of the last letter let go, where letters are spaced."""
    recipients = models.PositiveIntegerField(default=0)
    sent = models.PositiveIntegerField(default=0)
    failed = models.PositiveIntegerField(default=0)
    suppressed = models.PositiveIntegerField(default=0)
    cancelled = models.PositiveIntegerField(default=0)
    bounces = models.PositiveIntegerField(default=0)
    complaints = models.PositiveIntegerField(default=0)
    unsubscribes = models.PositiveIntegerField(default=0)
    errors_in_row = models.PositiveIntegerField(default=0)
    last_sent_at = models.DateTimeField(null=True)
    counted_at = models.DateTimeField(null=True)
    """When the counters were last held against the letters themselves."""
    finished_at = models.DateTimeField(null=True)
    first_only = models.BooleanField(default=False)
    """Begin with one letter in a hundred, and wait until somebody continues (LEAD-76)."""
    held_at = models.DateTimeField(null=True)
    continued_at = models.DateTimeField(null=True)

    class Meta:
        constraints = (
            models.CheckConstraint(
                name="issuerun_held_as_asked",
                condition=Q(first_only=True) | Q(held_at__isnull=True, continued_at__isnull=True),
                violation_error_message="Only an issue that was to begin with a few letters is held after them.",
            ),
            models.CheckConstraint(
                name="issuerun_continued_after_hold",
                condition=Q(continued_at__isnull=True) | Q(held_at__isnull=False),
                violation_error_message="Only an issue that was held is continued.",
            ),
        )

    def __str__(self) -> str:
        return f"{self.settled} of {self.recipients}"

    @property
    def is_holding(self) -> bool:
        """The first letters went, and nobody has said yet that the rest may go."""
        return self.held_at is not None and self.continued_at is None and self.finished_at is None

    @property
    def settled(self) -> int:
        return self.sent + self.failed + self.suppressed + self.cancelled

    @property
    def waiting(self) -> int:
        return max(self.recipients - self.settled, 0)


class PacedMinute(models.Model):
    """How many letters of newsletters were let go in one minute, for the limits of an hour and a day."""

    minute = models.DateTimeField(unique=True)
    number = models.PositiveIntegerField(default=0)

    def __str__(self) -> str:
        return f"{self.minute:%Y-%m-%d %H:%M}: {self.number}"
