"""What is drafted, reviewed and published: the common table of articles and studies."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any, ClassVar, Self

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import F, Q

from stemsite.access import Action, Role, can, roles_of
from stemsite.uses import RecordUse, require_unused, uses_of

if TYPE_CHECKING:
    from .version import Version


def unaddressed_families() -> list[str]:
    """Families of pages that reach their readers another way, such as by a letter."""
    return [model.FAMILY for model in Page.__subclasses__() if not model.HAS_ADDRESS]


class PageQuerySet[P: "Page"](models.QuerySet[P]):
    def live(self) -> Self:
        """What the public gets, each with its Version and that Version's signatures."""
        return (
            self.filter(public_state=Page.PublicState.LIVE)
            .select_related("live_version")
            .prefetch_related("live_version__sign_offs", "live_version__corrects__sign_offs")
        )

    def addressed(self) -> Self:
        """Those that stand at an address of their own, live or not: what lists, the sitemap and links may name."""
        return self.exclude(family__in=unaddressed_families())

    def visible_to(self, user: Any) -> Self:
        """The pages whose draft ``user`` may see: all of them, or their own and those they review."""
        if can(user, Action.VIEW, self.model()):
            return self
        roles = roles_of(user)
        seen = Q(pk__in=())
        if Role.AUTHOR in roles:
            seen |= _own(user)
        if Role.REVIEWER in roles:
            seen |= _for_review_by(user)
        return self.filter(seen)

    def choosable_by(self, user: Any) -> Self:
        """What ``user`` may link to or show: every live page, besides those they may see."""
        return (
            self.addressed()
            .at_hand()
            .filter(Q(public_state=Page.PublicState.LIVE) | Q(pk__in=self.model.objects.visible_to(user).values("pk")))
        )

    def at_hand(self) -> Self:
        """What lists and queues show: everything but what lies in the trash."""
        return self.filter(trashed_at=None)

    def in_trash(self) -> Self:
        return self.filter(trashed_at__isnull=False)

    def delete(self) -> tuple[int, dict[str, int]]:
        require_deletable(list(self))
        return super().delete()

    delete.alters_data = True  # type: ignore[attr-defined]

    def own(self, user: Any) -> Self:
        """What ``is_own`` says of a row, asked of many."""
        return self.filter(_own(user))

    def signed_by(self, user: Any) -> Self:
        return self.filter(pk__in=Page.objects.filter(versions__sign_offs__signed_by=user).values("pk"))


INSTEAD = "Withdraw it instead: readers are told why, and what it said is kept for the record."


def uses_of_pages(ids: Sequence[int]) -> tuple[RecordUse, ...]:
    """Where these pages are shown as a study or listed as related, each place once."""
    return tuple(dict.fromkeys((*uses_of("study", ids), *uses_of("page", ids))))


def require_deletable(pages: Sequence[Page]) -> None:
    """Nothing that any stored version names is deleted, and nothing that has versions itself (PUB-23)."""
    require_unnamed(pages)
    if any(page.latest_version_id for page in pages):
        raise ValidationError(f"This cannot be deleted: its versions are kept for the record. {INSTEAD}", code="kept")


def require_unnamed(pages: Sequence[Page]) -> None:
    ids = [page.pk for page in pages if page.pk]
    require_unused("study", ids, instead=INSTEAD)
    require_unused("page", ids, instead=INSTEAD)


def of_page_never_public(page: str) -> str:
    """SQL: that ``page`` lies in the trash and was never public, so that its history may be erased (PUB-108)."""
    return (
        f"EXISTS (SELECT 1 FROM publishing_page WHERE id = {page} "  # noqa: S608, from our own models alone
        "AND trashed_at IS NOT NULL AND first_published_at IS NULL)"
    )


def _own(user: Any) -> Q:
    return Q(created_by=user) | Q(keeper=user) | Q(deputy=user)


def _for_review_by(user: Any) -> Q:
    """What ``is_for_review_by`` says of a row, asked of many."""
    asked = Q(reviewer=user) | Q(reviewer=None, draft_state=Page.DraftState.IN_REVIEW)
    return asked | Q(public_state=Page.PublicState.LIVE) | Q(pk__in=Page.objects.signed_by(user).values("pk"))


class Page(models.Model):
    """A page as staff work on it: draft fields here and in the family's table, public state, live Version.

    Two facts, two fields: where the draft stands, and what the public gets. Only
    ``workflow`` writes them: ``save()`` of a stored page leaves them alone, so that a form that was
    read before a step was taken cannot undo the step.
    """

    class DraftState(models.TextChoices):
        DRAFT = "draft", "draft"
        IN_REVIEW = "in review", "in review"
        CHANGES_REQUESTED = "changes requested", "changes requested"
        APPROVED = "approved", "approved"
        SCHEDULED = "scheduled", "scheduled"

    class PublicState(models.TextChoices):
        NOTHING = "nothing", "not published"
        LIVE = "live", "live"
        WITHDRAWN = "withdrawn", "withdrawn"

    class Withdrawal(models.TextChoices):
        OUTDATED = "outdated", "Outdated: the text stays under a dated banner"
        ERROR = "error", "Published in error: the address says so and shows nothing"
        MERGED = "merged", "Merged into another page: readers are sent there"

    family = models.CharField(max_length=20, editable=False)
    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    title = models.CharField(max_length=200)
    slug = models.SlugField(max_length=120, help_text="The last part of the address: als gives /conditions/als/.")
    summary = models.CharField(
        max_length=160, blank=True, help_text="One sentence for lists and search results, at most 160 characters."
    )
    lock_version = models.PositiveIntegerField(default=0, editable=False)
    draft_state = models.CharField(max_length=20, choices=DraftState, default=DraftState.DRAFT, editable=False)
    public_state = models.CharField(max_length=20, choices=PublicState, default=PublicState.NOTHING, editable=False)
    latest_version = models.ForeignKey(
        "publishing.Version", on_delete=models.PROTECT, null=True, editable=False, related_name="+"
    )
    submitted_version = models.ForeignKey(
        "publishing.Version", on_delete=models.PROTECT, null=True, editable=False, related_name="+"
    )
    approved_version = models.ForeignKey(
        "publishing.Version", on_delete=models.PROTECT, null=True, editable=False, related_name="+"
    )
    live_version = models.ForeignKey(
        "publishing.Version", on_delete=models.PROTECT, null=True, editable=False, related_name="+"
    )
    live_path = models.CharField(max_length=200, null=True, unique=True, editable=False)
    live_kind = models.CharField(max_length=20, blank=True, db_default="", editable=False)
    """What kind of page the live version is, so that lists find theirs by an index."""
    submitted_as_minor = models.BooleanField(default=False, editable=False)
    kept_wordings = models.JSONField(
        default=dict,
        blank=True,
        editable=False,
        help_text="Versions of notices that going back to an older text brought back, by kind; else today's.",
    )
    keeper = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="kept_pages",
        help_text="The member of staff answerable for this page.",
    )
    deputy = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="deputy_pages"
    )
    reviewer = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="pages_to_review",
        help_text="Who is asked to review. The byline comes from the signature, never from here.",
    )
    created_at = models.DateTimeField(auto_now_add=True)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, editable=False, related_name="created_pages"
    )
    saved_at = models.DateTimeField(null=True, editable=False)
    saved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, editable=False, related_name="+"
    )
    first_published_at = models.DateTimeField(null=True, editable=False)
    updated_at = models.DateTimeField("last major change", null=True, editable=False)
    review_due_on = models.DateField(null=True, editable=False)
    withdrawn_at = models.DateTimeField(null=True, editable=False)
    withdrawn_as = models.CharField(max_length=20, choices=Withdrawal, blank=True, editable=False)
    withdrawn_because = models.TextField("public explanation", blank=True, editable=False)
    trashed_at = models.DateTimeField("moved to the trash", null=True, editable=False)
    trashed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, editable=False, related_name="+"
    )
    forced_at = models.DateTimeField("published by force, second look wanted since", null=True, editable=False)
    forced_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, editable=False, related_name="+"
    )
    corrected_at = models.DateTimeField("corrected, confirmation wanted since", null=True, editable=False)
    corrected_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, editable=False, related_name="+"
    )
    is_sample = models.BooleanField("made by the example site", default=False, editable=False)
    is_synthetic = models.BooleanField("made for scale trials", default=False, editable=False)

    objects = PageQuerySet["Page"].as_manager()

    FAMILY: ClassVar[str] = ""

    HAS_ADDRESS: ClassVar[bool] = True
    """Whether readers find pages of this family at an address; where not, ``live_path`` is only its unique name."""

    CAN_BE_COPIED: ClassVar[bool] = False
    """Whether a new page may begin with the text of one of this family; a record of a study stands once."""

    LEADS_ON: ClassVar[bool] = False
    """Whether staff choose where a page of this family leads: links in its text, related pages, studies it shows."""

    STEPPED: ClassVar[frozenset[str]] = frozenset(
        {
            *("draft_state", "public_state", "submitted_as_minor", "lock_version", "saved_at", "saved_by"),
            *("latest_version", "submitted_version", "approved_version", "live_version", "live_path", "live_kind"),
            *("first_published_at", "updated_at", "review_due_on"),
            *("withdrawn_at", "withdrawn_as", "withdrawn_because", "trashed_at", "trashed_by"),
            *("forced_at", "forced_by", "corrected_at", "corrected_by"),
        }
    )
    """What the steps of the workflow and the saving of versions write, and nothing else."""

    class Meta:
        indexes = (
            models.Index(fields=["public_state", "-updated_at"], name="page_newest_live"),
            models.Index(fields=["live_kind", "public_state", "-updated_at"], name="page_newest_live_of_kind"),
            models.Index(fields=["draft_state", "saved_at"], name="page_work_queue"),
            models.Index(fields=["draft_state"], name="page_edited", condition=~Q(latest_version=F("live_version"))),
            models.Index(fields=["public_state", "family", "updated_at", "id"], name="page_listed"),
            models.Index(fields=["public_state", "review_due_on"], name="page_review_due"),
            models.Index(fields=["trashed_at"], name="page_in_trash", condition=Q(trashed_at__isnull=False)),
            models.Index(fields=["-saved_at", "-id"], name="page_last_saved", condition=Q(trashed_at=None)),
            models.Index(fields=["forced_at"], name="page_forced", condition=Q(forced_at__isnull=False)),
            models.Index(fields=["corrected_at"], name="page_corrected", condition=Q(corrected_at__isnull=False)),
        )
        constraints = (
            models.CheckConstraint(
                name="page_live_has_version",
                condition=Q(public_state="nothing") | Q(live_version__isnull=False),
                violation_error_message="A live page needs a published version.",
            ),
            models.CheckConstraint(
                name="page_live_has_path_and_dates",
                condition=Q(public_state="nothing")
                | Q(live_path__isnull=False, first_published_at__isnull=False, updated_at__isnull=False),
                violation_error_message="A live page needs its address and dates.",
            ),
            models.CheckConstraint(
                name="page_approved_has_version",
                condition=~Q(draft_state__in=["approved", "scheduled"]) | Q(approved_version__isnull=False),
                violation_error_message="An approved page needs the version that was approved.",
            ),
            models.CheckConstraint(
                name="page_in_review_has_version",
                condition=~Q(draft_state="in review") | Q(submitted_version__isnull=False),
                violation_error_message="A page in review needs the version that was submitted.",
            ),
            models.CheckConstraint(
                name="page_withdrawn_says_since_and_why",
                condition=~Q(public_state="withdrawn")
                | (Q(withdrawn_at__isnull=False) & ~Q(withdrawn_as="") & ~Q(withdrawn_because="")),
                violation_error_message="A withdrawn page says since when and why.",
            ),
            models.CheckConstraint(
                name="page_second_look_says_whose",
                condition=(
                    Q(forced_at__isnull=True, forced_by__isnull=True)
                    | Q(forced_at__isnull=False, forced_by__isnull=False)
                )
                & (
                    Q(corrected_at__isnull=True, corrected_by__isnull=True)
                    | Q(corrected_at__isnull=False, corrected_by__isnull=False)
                ),
                violation_error_message="What waits for a second look says since when and whose it is.",
            ),
            models.CheckConstraint(
                name="page_trashed_is_not_at_work",
                condition=Q(trashed_at__isnull=True, trashed_by__isnull=True)
                | (
                    Q(trashed_at__isnull=False, trashed_by__isnull=False)
                    & ~Q(public_state="live")
                    & ~Q(draft_state__in=["in review", "scheduled"])
                ),
                violation_error_message="A page that is live, in review or scheduled is not in the trash.",
            ),
        )

    def __str__(self) -> str:
        return self.title

    def save(self, *args: Any, **kwargs: Any) -> None:
        self.family = self.family or self.FAMILY
        if not self._state.adding:
            kwargs["update_fields"] = self._draft_fields(kwargs.get("update_fields"))
        super().save(*args, **kwargs)

    def get_absolute_url(self) -> str:
        return self.live_path if self.live_path and self.has_address else "/"

    def delete(self, *args: Any, **kwargs: Any) -> tuple[int, dict[str, int]]:
        require_deletable([self])
        return super().delete(*args, **kwargs)

    def _draft_fields(self, wanted: Iterable[str] | None) -> list[str]:
        """The fields that ``save()`` may write, of those wanted; a step's own field is refused when asked for."""
        if wanted is not None:
            if taken := sorted(self.STEPPED & set(wanted)):
                raise TypeError(f"Only a step of the workflow writes {', '.join(taken)}.")
            return list(wanted)
        own = {field.name for field in self._meta.concrete_fields if not field.primary_key}
        deferred = {self._meta.get_field(name).name for name in self.get_deferred_fields()}
        return sorted(own - self.STEPPED - deferred)

    @property
    def has_address(self) -> bool:
        return self.family not in unaddressed_families()

    @property
    def is_live(self) -> bool:
        return self.public_state == self.PublicState.LIVE

    @property
    def is_trashed(self) -> bool:
        return self.trashed_at is not None

    def is_own(self, user: Any) -> bool:
        """Whether ``user`` made or keeps this page: what an author's rights reach."""
        return user.pk is not None and user.pk in {self.created_by_id, self.keeper_id, self.deputy_id}

    def is_for_review_by(self, user: Any) -> bool:
        """Whether a reviewer reads this draft: asked of them or of nobody by name, signed by them before, or live."""
        asked_of_nobody = self.reviewer_id is None and self.draft_state == self.DraftState.IN_REVIEW
        if self.is_live or asked_of_nobody or (user.pk is not None and self.reviewer_id == user.pk):
            return True
        return self.pk is not None and Page.objects.filter(pk=self.pk).signed_by(user).exists()

    @property
    def state_in_words(self) -> str:
        """Both states, as lists show them: ``live, changes in review``."""
        if self.is_trashed:
            return "in the trash"
        draft = self.get_draft_state_display()
        if self.public_state == self.PublicState.NOTHING:
            return draft
        if self.draft_is_live:
            return f"{self.get_public_state_display()}{self._marks()}"
        changes = "changes in draft" if self.draft_state == self.DraftState.DRAFT else f"changes {draft}"
        words = f"{self.get_public_state_display()}, {changes}".replace("changes changes", "changes")
        return f"{words}{self._marks()}"

    def _marks(self) -> str:
        """What the list says besides, until a second person has looked (PUB-50, PUB-144)."""
        forced = ", published by force" if self.forced_at else ""
        return f"{forced}, correction to confirm" if self.corrected_at else forced

    @property
    def draft_is_live(self) -> bool:
        """Whether nothing was saved since the version that stands before the public, or last stood there."""
        published = self.public_state != self.PublicState.NOTHING
        return (
            published and self.draft_state == self.DraftState.DRAFT and self.latest_version_id == self.live_version_id
        )

    @property
    def state_tone(self) -> str:
        """The colour that repeats ``state_in_words``: what waits for somebody comes before what is live."""
        if self.is_trashed:
            return "withdrawn"
        if self.public_state == self.PublicState.WITHDRAWN:
            return "withdrawn"
        if self.forced_at is not None:
            return "forced"
        if self.draft_state != self.DraftState.DRAFT:
            return "waiting"
        return "live" if self.public_state == self.PublicState.LIVE else "draft"

    def version_for_readers(self) -> Version:
        if self.live_version is None:
            raise self.live_version_missing()
        return self.live_version

    def live_version_missing(self) -> ValueError:
        return ValueError(f"{self} has never been published.")
