"""The lists that staff work with: which rows each holds, and which columns it shows and exports."""

from __future__ import annotations

import datetime
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Model, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.utils import timezone

from leads.models import Contact, Enquiry, PacketRequest, SignUp, Subscription

Value = Callable[[Any], Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    label: str
    value: Value
    reveals: str = ""
    """The class of personal fields that it shows, for the record."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    slug: str
    title: str
    about: str
    """What the list is for, said where it is empty."""
    model: type[Model]
    columns: tuple[Column, ...]
    rows: Callable[[], QuerySet[Any]]
    contact: Callable[[Any], Contact]
    moment: str = "created_at"
    counted: tuple[str, ...] = field(default_factory=tuple)
    """The kept counts that together say how many rows there are."""

    @property
    def reveals(self) -> list[str]:
        return sorted({column.reveals for column in self.columns if column.reveals})


def _contact(row: Any) -> Contact:
    found: Contact = row.contact
    return found


def _name(row: Any) -> str:
    return str(getattr(row, "name", "") or _contact(row).name)


NAME = Column(label="Name", value=_name, reveals="name")
REFERENCE = Column(label="Reference", value=lambda row: row.contact.reference)
EMAIL = Column(label="E-mail", value=lambda row: row.contact.email, reveals="e-mail")
ASKED = Column(label="Received", value=lambda row: row.created_at)


def _reach(enquiry: Enquiry) -> str:
    phone = enquiry.phone or enquiry.contact.phone
    by_phone = enquiry.contact_by == Enquiry.ContactBy.PHONE
    return str((phone or enquiry.contact.email) if by_phone else (enquiry.contact.email or phone))


def let_through(model: Any) -> QuerySet[Any]:
    found: QuerySet[Any] = model.objects.let_through().select_related("contact")
    return found


def _enquiries() -> QuerySet[Any]:
    return let_through(Enquiry).filter(emptied_at=None).select_related("contact", "assignee")


def _contacts() -> QuerySet[Any]:
    newest = Enquiry.objects.not_kept_back().order_by("-pk").values("status")
    own, others = newest.filter(contact=OuterRef("pk"))[:1], newest.filter(contact__joined_to=OuterRef("pk"))[:1]
    status = Coalesce(Subquery(own), Subquery(others))
    return Contact.objects.filter(erased_at=None, joined_to=None).annotate(newest_status=status)


def status_words(status: str | None) -> str:
    return Enquiry.Status(status).label if status else ""


ENQUIRIES = Table(
    slug="enquiry",
    title="Enquiries",
    about="Everybody who asked for a consultation stands here until their enquiry has come to its end.",
    model=Enquiry,
    rows=_enquiries,
    contact=_contact,
    columns=(
        NAME,
        Column(label="Status", value=lambda row: row.get_status_display()),
        ASKED,
        Column(label="Reach by", value=_reach, reveals="phone or e-mail"),
        Column(label="Assigned to", value=lambda row: str(row.assignee) if row.assignee else ""),
        Column(label="Follow-up", value=lambda row: row.follow_up_on),
        REFERENCE,
    ),
)

CONTACTS = Table(
    slug="contact",
    title="Contacts",
    about="Everybody who ever asked for something, once each.",
    model=Contact,
    rows=_contacts,
    contact=lambda row: row,
    counted=("contacts",),
    columns=(
        Column(label="Name", value=lambda row: row.name, reveals="name"),
        Column(label="E-mail", value=lambda row: row.email, reveals="e-mail"),
        Column(label="Phone", value=lambda row: row.phone, reveals="phone"),
        Column(label="Enquiry", value=lambda row: status_words(row.newest_status)),
        Column(label="Known since", value=lambda row: row.created_at),
        Column(label="Reference", value=lambda row: row.reference),
    ),
)

PACKETS = Table(
    slug="packetrequest",
    title="Packet requests",
    about="Everybody who asked for an information packet, and whether it was sent.",
    model=PacketRequest,
    rows=lambda: let_through(PacketRequest).filter(emptied_at=None),
    contact=_contact,
    counted=("information-packet:accepted", "information-packet:released"),
    columns=(
        NAME,
        EMAIL,
        Column(label="Packet", value=lambda row: row.packet or "general", reveals="packet"),
        ASKED,
        Column(label="Sent", value=lambda row: row.sent_at),
        Column(label="Fetched", value=lambda row: row.fetched_at),
        REFERENCE,
    ),
)

SIGN_UPS = Table(
    slug="signup",
    title="Newsletter sign-ups",
    about="Everybody who asked for the newsletter by its own form.",
    model=SignUp,
    rows=lambda: let_through(SignUp).filter(emptied_at=None),
    contact=_contact,
    counted=("newsletter:accepted", "newsletter:released"),
    columns=(EMAIL, ASKED, REFERENCE),
)

PENDING = Table(
    slug="subscription",
    title="Places on the newsletter's list",
    about="Everybody who is on the list, was, or still has to confirm that they want to be.",
    model=Subscription,
    rows=lambda: Subscription.objects.select_related("contact"),
    contact=_contact,
    moment="asked_at",
    columns=(
        EMAIL,
        Column(label="State", value=lambda row: row.get_state_display()),
        Column(label="Asked", value=lambda row: row.asked_at),
        REFERENCE,
    ),
)

TABLES: dict[str, Table] = {table.slug: table for table in (ENQUIRIES, CONTACTS, PACKETS, SIGN_UPS, PENDING)}


def plain(value: Any) -> str:
    """A cell as a text: days and moments on the clinic's clock, nothing for nothing."""
    if isinstance(value, datetime.datetime):
        return f"{timezone.localtime(value):%Y-%m-%d %H:%M}"
    if isinstance(value, datetime.date):
        return value.isoformat()
    return "" if value is None else str(value)
