"""The record of every step a page took."""

from __future__ import annotations

from django.conf import settings
from django.db import models

from stemsite.appendonly import AppendOnlyModel

from .page import Page, of_page_never_public


class Transition(AppendOnlyModel):
    """Who did what when, from which state to which; publications are the transitions that carry a path."""

    ERASABLE = of_page_never_public("OLD.page_id")

    class Verb(models.TextChoices):
        CREATE = "create", "created"
        EDIT = "edit", "edited after approval"
        SUBMIT = "submit", "submitted for review"
        RECALL = "recall", "recalled"
        REQUEST_CHANGES = "request changes", "asked for changes"
        SIGN = "sign", "signed"
        CONFIRM = "confirm", "confirmed a minor change"
        COUNTERSIGN = "countersign", "countersigned"
        SCHEDULE = "schedule", "scheduled"
        CANCEL = "cancel", "cancelled the schedule"
        FAIL = "fail", "could not be published at the set time"
        PUBLISH = "publish", "published"
        WITHDRAW = "withdraw", "withdrew"
        RESTORE = "restore", "put back"
        REVIEW = "review", "reviewed, no change"
        FORCE = "force", "published by force"
        CLEAR = "clear", "gave the second look"
        CORRECT = "correct", "published a correction"
        CONFIRM_CORRECTION = "confirm correction", "confirmed a correction"
        UNDO = "undo", "took the publication back"
        TRASH = "trash", "moved to the trash"
        UNTRASH = "untrash", "took out of the trash"

    PUBLICATIONS = (Verb.PUBLISH, Verb.FORCE, Verb.CORRECT, Verb.UNDO)
    """The verbs after which readers get another version."""

    class Change(models.TextChoices):
        MAJOR = "major", "Major: readers should know what changed"
        MINOR = "minor", "Minor: the meaning did not change"

    page = models.ForeignKey("publishing.Page", on_delete=models.PROTECT, related_name="transitions")
    version = models.ForeignKey("publishing.Version", on_delete=models.PROTECT, null=True, related_name="transitions")
    verb = models.CharField(max_length=20, choices=Verb)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="transitions")
    at = models.DateTimeField()
    from_draft = models.CharField(max_length=20, choices=Page.DraftState)
    to_draft = models.CharField(max_length=20, choices=Page.DraftState)
    from_public = models.CharField(max_length=20, choices=Page.PublicState)
    to_public = models.CharField(max_length=20, choices=Page.PublicState)
    note = models.TextField(blank=True)
    reason = models.TextField("reason for the record", blank=True, db_default="")
    """Why the owner took a step that is another role's; readers never see it."""
    change = models.CharField(max_length=10, choices=Change, blank=True)
    path = models.CharField(max_length=200, blank=True)
    withdrawn_as = models.CharField(max_length=20, choices=Page.Withdrawal, blank=True, db_default="")
    """Of a withdrawal: whether readers kept the text; empty for those from before this was kept."""
    is_sample = models.BooleanField("made by the example site", default=False)

    class Meta:
        indexes = (
            models.Index(fields=["page", "at"], name="transition_of_page"),
            models.Index(fields=["change", "from_public", "-at"], name="transition_corrections"),
        )

    def __str__(self) -> str:
        return f"{self.get_verb_display()} {self.at:%Y-%m-%d %H:%M}"
