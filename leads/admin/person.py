"""One person on one page: who they are, what can be done now, and everything that happened (LEAD-98, LEAD-111)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_POST, require_safe

from leads import ledger
from leads.models import Consent, Contact, Enquiry, PrivacyRequest, Subscription
from leads.pipeline.joining import undoable
from leads.pipeline.timeline import timeline_of
from stemsite.audit.recording import record
from stemsite.mail.suppressing import is_suppressed
from stemsite.publishing.gate import Refused, Stale

from .consent_forms import OF_CONSENT
from .frame import for_leads, screen, see_other
from .step_forms import OF_CONTACT, OF_ENQUIRY, LeadForm

SHOWN = ["name", "e-mail", "phone", "message", "notes", "sources", "letters"]
FORMS = {form.slug: form for form in (*OF_CONTACT, *OF_CONSENT)}
ENQUIRY_FORMS = {form.slug: form for form in OF_ENQUIRY}


@require_safe
@for_leads()
def person(request: HttpRequest, pk: int) -> HttpResponse:
    contact = get_object_or_404(Contact, pk=pk)
    if contact.joined_to_id:
        return see_other("leads_contact_change", contact.joined_to_id)
    return _page(request, contact)


@require_POST
@for_leads()
def act_on_person(request: HttpRequest, pk: int, slug: str) -> HttpResponse:
    contact = get_object_or_404(Contact, pk=pk)
    cls = FORMS.get(slug)
    if cls is None:
        raise Http404
    return _pressed(request, contact, cls(request.POST, contact=contact, by=request.user))


@require_POST
@for_leads()
def act_on_enquiry(request: HttpRequest, pk: int, slug: str) -> HttpResponse:
    enquiry = get_object_or_404(Enquiry.objects.select_related("contact", "assignee"), pk=pk)
    cls = ENQUIRY_FORMS.get(slug)
    if cls is None:
        raise Http404
    form = cls(request.POST, contact=enquiry.contact, enquiry=enquiry, by=request.user)
    return _pressed(request, enquiry.contact, form)


def _pressed(request: HttpRequest, contact: Contact, form: LeadForm) -> HttpResponse:
    """Do it, or show the page again with what was typed and why nothing was done."""
    if not form.is_valid():
        return _page(request, contact, pressed=form, status=422)
    try:
        form.act()
    except Stale as stale:
        return _page(request, contact, pressed=form, refused=str(stale), status=409)
    except Refused as refused:
        return _page(request, contact, pressed=form, refused=str(refused), status=422)
    messages.success(request, form.done)
    return see_other("leads_contact_change", contact.pk)


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """One enquiry with the forms that are open for it."""

    enquiry: Enquiry
    forms: tuple[LeadForm, ...]
    is_first: bool


def _page(
    request: HttpRequest,
    contact: Contact,
    *,
    pressed: LeadForm | None = None,
    refused: str = "",
    status: int = 200,
) -> HttpResponse:
    contact, *others = records = contact.records()
    for each in records:
        record("saw a person", by=request.user, obj=each, fields=SHOWN)
    enquiries = _enquiries(records)
    return screen(
        request,
        "person.html",
        title=contact.reference if contact.is_erased else (contact.name or contact.reference),
        status=status,
        contact=contact,
        desks=list(_desks(request, enquiries, pressed)),
        forms=[] if contact.is_erased else [_form(cls, request, contact, pressed) for cls in OF_CONTACT],
        consent_forms=[] if contact.is_erased else list(_consent_forms(request, contact, pressed)),
        pressed=pressed,
        refused=refused,
        mistakes=[field for field in pressed if field.errors] if pressed and not pressed.is_valid() else [],
        lines=timeline_of(contact),
        consents=_standing(contact),
        subscriptions=list(Subscription.objects.open().filter(contact__in=records).order_by("pk")),
        suppressed=bool(contact.email) and is_suppressed(contact.email),
        same_phone=_same_phone(records),
        others=[(each, bool(each.email) and is_suppressed(each.email)) for each in others],
        joinings=undoable(contact),
        privacy_requests=PrivacyRequest.objects.filter(contact__in=records, done_at=None).order_by("due_on", "pk"),
        tags=sorted({name for each in records for name in each.tags.values_list("name", flat=True)}),
    )


def _enquiries(records: list[Contact]) -> list[Enquiry]:
    found = Enquiry.objects.let_through().filter(contact__in=records, emptied_at=None)
    rows = found.select_related("contact", "assignee").order_by("-pk")
    return sorted(rows, key=lambda row: row.is_over)


def _desks(request: HttpRequest, enquiries: list[Enquiry], pressed: LeadForm | None) -> Iterator[Desk]:
    for place, enquiry in enumerate(enquiries):
        made = tuple(_form(cls, request, enquiry.contact, pressed, enquiry) for cls in OF_ENQUIRY)
        yield Desk(enquiry=enquiry, forms=tuple(form for form in made if form.is_offered()), is_first=place == 0)


def _form(
    cls: type[LeadForm],
    request: HttpRequest,
    contact: Contact,
    pressed: LeadForm | None,
    enquiry: Enquiry | None = None,
) -> LeadForm:
    form = cls(contact=contact, by=request.user, enquiry=enquiry)
    return pressed if pressed is not None and pressed.key == form.key else form


def _consent_forms(request: HttpRequest, contact: Contact, pressed: LeadForm | None) -> Iterator[LeadForm]:
    for cls in OF_CONSENT:
        form = _form(cls, request, contact, pressed)
        if form.is_offered():
            yield form


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    purpose: str
    entry: Consent | None
    is_allowed: bool


def _standing(contact: Contact) -> list[Standing]:
    allowed = ledger.allowed(contact)
    entries = Consent.objects.filter(contact__in=Contact.objects.of_person(contact)).standing()
    newest = {entry.purpose: entry for entry in entries.order_by("pk")}
    return [
        Standing(purpose=purpose.label, entry=newest.get(purpose), is_allowed=purpose in allowed)
        for purpose in Consent.Purpose
    ]


def _same_phone(records: list[Contact]) -> list[Contact]:
    """Others who gave the same number: suggested, never joined by themselves (LEAD-99)."""
    phone = records[0].phone
    if not phone:
        return []
    known = [each.pk for each in records]
    return list(Contact.objects.with_phone(phone).filter(joined_to=None).exclude(pk__in=known).order_by("pk")[:5])
