"""Staff accounts: a person signs in with an e-mail address, and comes by invitation."""

from __future__ import annotations

import secrets
from typing import Any, ClassVar, Self

from django.contrib.auth.models import AbstractUser, BaseUserManager, Group
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Lower
from django.utils import timezone

from stemsite.access import PRESETS
from stemsite.appendonly import KeepsColumns
from stemsite.crypto import SealedJSONField, SealedTextField

LONG_PASSWORD = 15
"""From this length on a password stands alone; a shorter one needs a second factor beside it (SEC-12)."""


class UserManager(BaseUserManager["User"]):
    def create_user(self, email: str, password: str | None = None, **fields: Any) -> User:
        user = self.model(email=self.normalize_email(email).lower(), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_superuser(self, email: str, password: str | None = None, **fields: Any) -> User:
        """The first real account: it holds the preset Editor (the owner's role in it), or nobody could begin."""
        user = self.create_user(email, password, is_staff=True, is_superuser=True, **fields)
        user.groups.set(Group.objects.get_or_create(name=role.value)[0] for role in PRESETS["Editor"])
        user.verify_address()
        return user

    def get_by_natural_key(self, email: str | None) -> User:
        return self.get(email__iexact=email)


class User(AbstractUser):
    username = None  # type: ignore[assignment]
    email = models.EmailField("e-mail address", unique=True)
    password_is_long = models.BooleanField(default=False, editable=False)
    clears_claims = models.BooleanField(
        "compliance permission",
        default=False,
        db_default=False,
        help_text="May let findings about claims stand, with a reason. Counts with the role of publisher or medical "
        "reviewer; the owner has it anyway.",
    )
    opens_in_emergency = models.BooleanField(
        "emergency access",
        default=False,
        db_default=False,
        help_text="May look at people who asked for one hour, with a reason, when nobody else can be reached. "
        "Owners are told at once.",
    )
    uses_shortcuts = models.BooleanField("keyboard shortcuts", default=True, db_default=True, editable=False)
    is_sample = models.BooleanField("made by the example site", default=False, editable=False)

    USERNAME_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = []

    objects = UserManager()  # type: ignore[misc,assignment]

    class Meta:
        verbose_name = "member of staff"
        verbose_name_plural = "staff"
        constraints = (
            models.UniqueConstraint(
                Lower("email"),
                name="user_email_unique_in_any_case",
                violation_error_message="An account with this e-mail address exists.",
            ),
        )

    def __str__(self) -> str:
        return self.get_full_name() or self.email

    def set_password(self, raw_password: str | None) -> None:
        super().set_password(raw_password)
        self.password_is_long = raw_password is not None and len(raw_password) >= LONG_PASSWORD

    def verify_address(self) -> None:
        """Make the account's address the one that the login knows, as verified; a former address opens nothing."""
        from allauth.account.models import EmailAddress

        EmailAddress.objects.filter(user=self).exclude(email=self.email).delete()
        EmailAddress.objects.update_or_create(user=self, email=self.email, defaults={"verified": True, "primary": True})


class InvitationQuerySet(models.QuerySet["Invitation"]):
    def open(self) -> Self:
        """Neither accepted nor withdrawn; whether it is too old, its token says."""
        return self.filter(accepted_at=None, withdrawn_at=None)


class Invitation(models.Model):
    """An address that the owner asked to join. The account begins when it is accepted."""

    email = models.EmailField("e-mail address")
    first_name = models.CharField(max_length=80)
    last_name = models.CharField(max_length=80)
    roles = models.JSONField(default=list)
    person = models.ForeignKey(
        "clinic.Person",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="invitations",
        verbose_name="profile that exists already",
        help_text="Leave empty to begin a new profile for a medical reviewer.",
    )
    credentials = models.CharField(max_length=80, blank=True, help_text="As printed after the name: MD, PhD.")
    specialty = models.CharField(max_length=120, blank=True)
    invited_at = models.DateTimeField(default=timezone.now)
    invited_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="invitations_sent")
    accepted_at = models.DateTimeField(null=True, blank=True, editable=False)
    accepted_by = models.OneToOneField(
        User, on_delete=models.PROTECT, null=True, blank=True, editable=False, related_name="invitation"
    )
    withdrawn_at = models.DateTimeField(null=True, blank=True, editable=False)

    objects = InvitationQuerySet.as_manager()

    class Meta:
        constraints = (
            models.UniqueConstraint(
                Lower("email"),
                condition=Q(accepted_at=None, withdrawn_at=None),
                name="invitation_open_once",
                violation_error_message="This address has an open invitation. Send that one again, or withdraw it.",
            ),
            models.CheckConstraint(
                name="invitation_accepted_by_somebody",
                condition=Q(accepted_at__isnull=True, accepted_by__isnull=True)
                | Q(accepted_at__isnull=False, accepted_by__isnull=False, withdrawn_at__isnull=True),
                violation_error_message="An accepted invitation names the account, and is not withdrawn.",
            ),
        )

    def __str__(self) -> str:
        return f"{self.first_name} {self.last_name}"

    @property
    def is_open(self) -> bool:
        return self.accepted_at is None and self.withdrawn_at is None


class EmergencyAccessQuerySet(models.QuerySet["EmergencyAccess"]):
    def in_force(self) -> Self:
        return self.filter(ended_at=None, ends_at__gt=timezone.now())


class EmergencyAccess(KeepsColumns):
    """One hour in which somebody without the role looks at people who asked: who, when and why (LEAD-112)."""

    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="emergencies")
    reason = SealedTextField()
    began_at = models.DateTimeField("began", default=timezone.now)
    ends_at = models.DateTimeField("ends")
    ended_at = models.DateTimeField("ended early", null=True, blank=True)
    ended_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    is_sample = models.BooleanField("made by the example site", default=False, editable=False)

    objects = EmergencyAccessQuerySet.as_manager()

    KEPT_COLUMNS: ClassVar[tuple[str, ...]] = ("user_id", "began_at", "ends_at")

    class Meta:
        verbose_name = "emergency access"
        verbose_name_plural = "emergency accesses"
        indexes = (models.Index(fields=["user", "ends_at"], name="emergency_of_user"),)
        constraints = (
            models.CheckConstraint(
                name="emergency_ends_after_it_began",
                condition=Q(ends_at__gt=F("began_at")),
                violation_error_message="It ends after it began.",
            ),
            models.CheckConstraint(
                name="emergency_ended_by_somebody",
                condition=Q(ended_at__isnull=True, ended_by__isnull=True)
                | Q(ended_at__isnull=False, ended_by__isnull=False),
                violation_error_message="Ending it early names who did it.",
            ),
        )

    def __str__(self) -> str:
        return f"Emergency access {self.pk}"


def new_key() -> str:
    return secrets.token_urlsafe(16)


class KeptForm(models.Model):
    """What a member of staff sent when their session was over: kept sealed for them alone, to be sent again."""

    key = models.CharField(max_length=32, unique=True, default=new_key, editable=False)
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="kept_forms")
    address = models.CharField(max_length=300)
    fields = SealedJSONField(default=list)
    kept_at = models.DateTimeField(default=timezone.now, db_index=True)

    def __str__(self) -> str:
        return f"Form {self.pk}"
