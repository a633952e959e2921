"""Joining two records of one person on a screen: a look at both first, then one press; and taking them apart."""

from __future__ import annotations

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST

from leads.cleaning import clean_line
from leads.models import Contact, Joining
from leads.models.request import REQUESTS
from leads.pipeline import joining as pipeline
from stemsite.audit.recording import record
from stemsite.publishing.gate import Refused, Stale

from .frame import for_leads, screen, see_other

FIELDS = ["name", "e-mail", "phone"]


class OtherForm(forms.Form):
    other = forms.CharField(
        label="Reference of the other record",
        max_length=20,
        help_text="It stands on the other person's page and looks like L-7K3Q-9M2X.",
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )

    def clean_other(self) -> Contact:
        found = Contact.objects.filter(reference=clean_line(self.cleaned_data["other"]).upper()).first()
        if found is None:
            raise forms.ValidationError("There is no record with this reference.")
        return found


@require_http_methods(["GET", "HEAD", "POST"])
@for_leads()
def join(request: HttpRequest, pk: int) -> HttpResponse:
    """Which other record, what joining would do, and the press that does it (LEAD-99)."""
    contact = get_object_or_404(Contact, pk=pk)
    form = OtherForm(request.POST if request.method == "POST" else request.GET if "other" in request.GET else None)
    if not form.is_bound or not form.is_valid():
        return _page(request, contact, form, status=422 if form.is_bound else 200)
    other = form.cleaned_data["other"]
    if request.method != "POST":
        return _page(request, contact, form, other, refused=pipeline.why_not(contact, other))
    try:
        pipeline.join(contact, other, by=request.user, preview=request.POST.get("seen", ""))
    except Refused as refused:
        status = 409 if isinstance(refused, Stale) else 422
        return _page(request, contact, form, other, refused=str(refused), status=status)
    messages.success(request, f"{other.reference} is joined. For 30 days this can be undone, below.")
    return see_other("leads_contact_change", contact.pk)


@require_POST
@for_leads()
def take_apart(request: HttpRequest, pk: int, joining: int) -> HttpResponse:
    contact = get_object_or_404(Contact, pk=pk)
    act = get_object_or_404(Joining, pk=joining, kept=contact)
    try:
        pipeline.undo(act, by=request.user)
    except Refused as refused:
        messages.error(request, str(refused))
    else:
        messages.success(request, f"{act.joined.reference} is a record of its own again.")
    return see_other("leads_contact_change", contact.pk)


def _page(
    request: HttpRequest,
    contact: Contact,
    form: OtherForm,
    other: Contact | None = None,
    *,
    refused: str = "",
    status: int = 200,
) -> HttpResponse:
    can_be = other is not None and not pipeline.why_not(contact, other)
    if other is not None:
        for each in (contact, other):
            record("saw a person", by=request.user, obj=each, fields=FIELDS)
    pair = (contact, other) if other is not None else ()
    return screen(
        request,
        "join_person.html",
        title=f"Join another record to {contact.reference}",
        status=status,
        contact=contact,
        other=other,
        form=form,
        refused=refused,
        can_be=can_be,
        facts=_facts(pair),
        outcomes=pipeline.outcomes(contact, other) if can_be and other else [],
        stops=pipeline.is_stopped([*contact.records(), other]) if can_be and other else False,
        seen=pipeline.seen(contact, other) if other else "",
        until=timezone.localdate() + pipeline.UNDO_WITHIN,
    )


def _facts(pair: tuple[Contact, ...]) -> list[tuple[str, list[str]]]:
    rows = [
        ("Name", [each.name for each in pair]),
        ("E-mail", [each.email for each in pair]),
        ("Phone", [each.phone for each in pair]),
        ("Known since", [f"{timezone.localdate(each.created_at):%Y-%m-%d}" for each in pair]),
        ("Requests", [str(_requests(each)) for each in pair]),
        ("Entries in the timeline", [str(each.timeline.count()) for each in pair]),
    ]
    return [(label, values) for label, values in rows if any(values)]


def _requests(contact: Contact) -> int:
    return sum(model._default_manager.filter(contact=contact, emptied_at=None).count() for model in REQUESTS)
