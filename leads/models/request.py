"""What people ask for by the three forms: each submission is one row."""

from __future__ import annotations

from typing import Any, ClassVar, Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

from stemsite.crypto import BlindIndexField, SealedJSONField, SealedTextField

from .contact import Contact

MAX_NONCE = 64


class RequestQuerySet[R: "Request"](models.QuerySet[R]):
    def let_through(self) -> Self:
        return self.filter(standing__in=Request.LET_THROUGH)

    def not_kept_back(self) -> Self:
        """As ``let_through``, for questions about one contact.

        Said as what is left out, no planner begins with the standing of everybody, which took SQLite milliseconds for
        each person while it knew nothing of the tables.
        """
        return self.exclude(standing__in=[one for one in Request.Standing if one not in Request.LET_THROUGH])

    def quarantined(self) -> Self:
        return self.filter(standing=Request.Standing.QUARANTINED)


class Request(models.Model):
    """One submission: who asked, from where on the site, and whether it was let through.

    ``nonce`` comes from the page's script and stays queryable; without it ``content_key``, a keyed hash of
    form, address and content, recognizes the same request (LEAD-22 to LEAD-24).
    """

    class Standing(models.TextChoices):
        ACCEPTED = "accepted", "Accepted"
        QUARANTINED = "quarantined", "In quarantine"
        HELD = "held", "Waits for the link sent to its address"
        RELEASED = "released", "Released"

    contact = models.ForeignKey(Contact, on_delete=models.PROTECT, related_name="%(class)ss")
    created_at = models.DateTimeField(default=timezone.now, db_index=True)
    nonce = models.CharField(max_length=MAX_NONCE, blank=True)
    content_key = models.CharField(max_length=64, blank=True)
    name = SealedTextField(blank=True)
    """As given with this request; a contact's own name is never overwritten by whoever knows the address."""
    wants_newsletter = models.BooleanField(default=False)
    source = SealedJSONField(default=dict, blank=True)
    """``page page_version placement ref_host utm_source utm_medium utm_campaign utm_content``, those that are known."""
    channel = SealedTextField(blank=True)
    """Where the visit came from, in one word: ``utm_source`` or the referring host."""
    channel_index = BlindIndexField(source="channel", kind="text")
    condition = SealedTextField(blank=True)
    condition_index = BlindIndexField(source="condition", kind="text")
    score = models.PositiveSmallIntegerField("spam score", default=0)
    signals = models.JSONField(default=list, blank=True)
    standing = models.CharField(max_length=12, choices=Standing, default=Standing.ACCEPTED)
    released_at = models.DateTimeField(null=True, blank=True)
    released_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    emptied_at = models.DateTimeField("emptied", null=True, blank=True, editable=False)
    """When its time was over or the person was erased: the row still counts, and holds nothing."""
    is_sample = models.BooleanField("made by the example site", default=False, editable=False)

    FORM: ClassVar[str]
    CODE: ClassVar[str]
    """Stands for the form in references of letters and in links."""
    LET_THROUGH = (Standing.ACCEPTED, Standing.RELEASED)

    class Meta:
        abstract = True
        indexes = (
            models.Index(fields=["standing", "-created_at"], name="%(class)s_standing"),
            models.Index(fields=["contact", "content_key"], name="%(class)s_same"),
            models.Index(fields=["channel_index"], name="%(class)s_channel"),
            models.Index(fields=["condition_index"], name="%(class)s_condition"),
        )
        constraints = (
            models.UniqueConstraint(
                fields=["nonce", "contact"],
                condition=~Q(nonce=""),
                name="%(class)s_once",
                violation_error_message="This request was stored already.",
            ),
            models.CheckConstraint(
                name="%(class)s_released_has_a_moment",
                condition=~Q(standing="released") | Q(released_at__isnull=False),
                violation_error_message="A released request says when it was released.",
            ),
        )

    def __str__(self) -> str:
        return f"{self._meta.verbose_name} {self.pk}".capitalize()

    @classmethod
    def emptied_values(cls) -> dict[str, Any]:
        """What empties a row: every sealed column, and every index of one."""
        fields = cls._meta.concrete_fields
        sealed: dict[str, Any] = {field.name: "" for field in fields if isinstance(field, SealedTextField)}
        sealed |= {field.name: {} for field in fields if isinstance(field, SealedJSONField)}
        indexes = {field.name: None for field in fields if isinstance(field, BlindIndexField)}
        return {**sealed, **indexes, "content_key": "", "emptied_at": timezone.now()}

    @property
    def reference(self) -> str:
        """Names the row in the outbox, and nobody."""
        return f"{self.CODE}{self.pk}"

    @property
    def is_let_through(self) -> bool:
        return self.standing in self.LET_THROUGH


class SignUp(Request):
    """Somebody asked for the newsletter. Whether they are on the list, the subscription says."""

    objects = RequestQuerySet["SignUp"].as_manager()

    FORM = "newsletter"
    CODE = "s"

    class Meta(Request.Meta):
        verbose_name = "newsletter sign-up"


class PacketRequest(Request):
    """Somebody asked for a packet: that of a guide, or the general one where ``packet`` is empty."""

    packet = SealedTextField("guide", blank=True)
    packet_index = BlindIndexField(source="packet", kind="text")
    packet_version = SealedTextField(blank=True)
    packet_version_index = BlindIndexField(source="packet_version", kind="text")
    sent_at = models.DateTimeField(null=True, blank=True)
    fetched_at = models.DateTimeField(null=True, blank=True)

    objects = RequestQuerySet["PacketRequest"].as_manager()

    FORM = "information-packet"
    CODE = "i"

    class Meta(Request.Meta):
        indexes = (  # type: ignore[assignment]
            *Request.Meta.indexes,
            models.Index(fields=["packet_index"], name="packetrequest_packet"),
            models.Index(fields=["packet_version_index"], name="packetrequest_version"),
        )


class Enquiry(Request):
    """Somebody asked for a consultation; staff work it to its end."""

    class Status(models.TextChoices):
        NEW = "new", "New"
        CONTACTED = "contacted", "Contacted"
        QUALIFIED = "qualified", "Qualified"
        SCHEDULED = "scheduled", "Scheduled"
        CONVERTED = "converted", "Converted"
        NOT_SUITABLE = "not suitable", "Not suitable"
        CLOSED = "closed", "Closed"
        SPAM = "spam", "Spam"

    class ContactBy(models.TextChoices):
        EMAIL = "email", "By e-mail"
        PHONE = "phone", "By phone"

    class ClosedReason(models.TextChoices):
        NO_ANSWER = "no answer", "Did not answer"
        NOT_INTERESTED = "not interested", "Is not interested any more"
        ELSEWHERE = "elsewhere", "Found help elsewhere"
        NOT_OFFERED = "not offered", "We do not offer what was asked for"
        NOT_ELIGIBLE = "not eligible", "Medical reasons"
        DUPLICATE = "duplicate", "Asked twice"
        OTHER = "other", "Other; see the notes"

    phone = SealedTextField(blank=True)
    message = SealedTextField(blank=True)
    message_index = BlindIndexField(source="message", kind="text")
    """The same words from many addresses are a signal of spam."""
    best_time = SealedTextField(blank=True)
    contact_by = models.CharField(max_length=5, choices=ContactBy, default=ContactBy.EMAIL)
    status = models.CharField(max_length=12, choices=Status, default=Status.NEW)
    assignee = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="enquiries"
    )
    follow_up_on = models.DateField(null=True, blank=True)
    first_contacted_at = models.DateTimeField(null=True, blank=True)
    closed_at = models.DateTimeField(null=True, blank=True)
    closed_reason = models.CharField(max_length=20, choices=ClosedReason, blank=True)

    objects = RequestQuerySet["Enquiry"].as_manager()

    FORM = "consultation"
    CODE = "e"
    OVER = (Status.CONVERTED, Status.NOT_SUITABLE, Status.CLOSED, Status.SPAM)
    NEEDS_REASON = (Status.NOT_SUITABLE, Status.CLOSED)

    class Meta(Request.Meta):
        verbose_name_plural = "enquiries"
        indexes = (  # type: ignore[assignment]
            *Request.Meta.indexes,
            models.Index(fields=["status", "-created_at"], name="enquiry_status"),
            models.Index(fields=["assignee", "follow_up_on"], name="enquiry_mine"),
            models.Index(fields=["message_index"], name="enquiry_message"),
            models.Index(fields=["follow_up_on"], condition=Q(follow_up_on__isnull=False), name="enquiry_follow_up"),
            models.Index(
                fields=["created_at"], condition=Q(status="new", assignee__isnull=True), name="enquiry_unassigned"
            ),
        )
        constraints = (  # type: ignore[assignment]
            *Request.Meta.constraints,
            models.CheckConstraint(
                name="enquiry_over_has_a_moment",
                condition=Q(status__in=["new", "contacted", "qualified", "scheduled"], closed_at__isnull=True)
                | Q(status__in=["converted", "not suitable", "closed", "spam"], closed_at__isnull=False),
                violation_error_message="An enquiry that is over says since when, an open one does not.",
            ),
            models.CheckConstraint(
                name="enquiry_closed_has_a_reason",
                condition=~Q(status__in=["not suitable", "closed"]) | ~Q(closed_reason=""),
                violation_error_message="Closing an enquiry needs a reason.",
            ),
        )

    @property
    def is_over(self) -> bool:
        return self.status in self.OVER


REQUESTS: tuple[type[Request], ...] = (SignUp, PacketRequest, Enquiry)


def request_of(reference: str) -> Request | None:
    """The row that ``Request.reference`` names, with its contact."""
    code, number = reference[:1], reference[1:]
    model = next((model for model in REQUESTS if code == model.CODE), None)
    if model is None or not (number.isascii() and number.isdecimal()):
        return None
    return model._default_manager.select_related("contact").filter(pk=int(number)).first()
