"""A person's rights on screens: what they asked for, the file of everything, the proof of consent, erasing."""

from __future__ import annotations

import json
from typing import Any

from django import forms
from django.contrib import messages
from django.core.serializers.json import DjangoJSONEncoder
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from leads.cleaning import clean_line
from leads.models import Contact
from leads.pipeline import privacy
from leads.pipeline.proof import proof_pdf
from leads.pipeline.queues import privacy_requests
from stemsite.access import Action
from stemsite.audit.recording import record
from stemsite.publishing.gate import Refused, Stale

from .frame import for_leads, screen, see_other

SHOWN = 200


@require_safe
@for_leads()
def rights(request: HttpRequest) -> HttpResponse:
    """Who asked to see or to erase their data, by the day on which the law wants it done (LEAD-116)."""
    rows = list(privacy_requests()[:SHOWN])
    record("saw a list of people", by=request.user, list="rights", rows=len(rows), fields=["name"])
    today = timezone.localdate()
    return screen(request, "rights.html", title="Asked to see or erase their data", rows=rows, today=today)


class ReasonForm(forms.Form):
    reason = forms.CharField(
        label="What the file is for",
        max_length=200,
        help_text="Goes on the record, with your name. Do not name a person here.",
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )

    def clean_reason(self) -> str:
        return clean_line(self.cleaned_data["reason"])


@require_http_methods(["GET", "HEAD", "POST"])
@for_leads(Action.EXPORT_LEADS)
def export(request: HttpRequest, pk: int) -> HttpResponse:
    """Everything we hold about one person: first what the file will hold, then the file (LEAD-115)."""
    contact = get_object_or_404(Contact, pk=pk)
    form = ReasonForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        values = privacy.export_person(contact, by=request.user, reason=form.cleaned_data["reason"])
        return _json(values, f"{contact.reference}.json")
    status = 422 if form.is_bound else 200
    title = f"Export everything about {contact.reference}"
    holds = privacy.what_erasing_removes(contact)
    return screen(request, "export_person.html", title=title, status=status, contact=contact, form=form, holds=holds)


@require_POST
@for_leads(Action.EXPORT_LEADS)
def proof(request: HttpRequest, pk: int) -> HttpResponse:
    """The proof of consent, by one press: to read, or as plain values (LEAD-39)."""
    contact = get_object_or_404(Contact, pk=pk)
    form = "json" if request.POST.get("form") == "json" else "pdf"
    record("saw the proof of consent", by=request.user, obj=contact, form=form)
    entries = list(privacy.consent_proof(contact))
    name = f"consent-{contact.reference}.{form}"
    if form == "pdf":
        return _file(proof_pdf(contact, entries), name, "application/pdf")
    return _json({"reference": contact.reference, "email": contact.email, "entries": entries}, name)


class EraseForm(forms.Form):
    seen = forms.CharField(
        label="Reference", max_length=20, widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"})
    )


@require_http_methods(["GET", "HEAD", "POST"])
@for_leads(Action.ERASE_LEADS)
def erase(request: HttpRequest, pk: int) -> HttpResponse:
    """A preview of what goes and what stays; the reference typed again does it."""
    contact = get_object_or_404(Contact, pk=pk)
    form = EraseForm(request.POST or None)
    refused, status = "", 422 if form.is_bound else 200
    if request.method == "POST" and form.is_valid():
        try:
            privacy.erase_person(contact, by=request.user, seen=form.cleaned_data["seen"])
        except Refused as refusal:
            refused, status = str(refusal), 409 if isinstance(refusal, Stale) else 422
        else:
            messages.success(request, f"{contact.reference} was erased.")
            return see_other("leads_contact_changelist")
    return screen(
        request,
        "erase_person.html",
        title=f"Erase {contact.reference}",
        status=status,
        contact=contact,
        form=form,
        refused=refused,
        removes=privacy.what_erasing_removes(contact),
    )


class HoldForm(forms.Form):
    reason = forms.CharField(required=False, max_length=200)

    def clean_reason(self) -> str:
        return clean_line(self.cleaned_data["reason"])


@require_POST
@for_leads(Action.ERASE_LEADS)
def hold(request: HttpRequest, pk: int) -> HttpResponse:
    contact = get_object_or_404(Contact, pk=pk)
    form = HoldForm(request.POST)
    if not form.is_valid():
        messages.error(request, "Nothing was changed: write the reason in at most 200 characters.")
        return see_other("leads_contact_change", contact.pk)
    try:
        privacy.set_hold(contact, reason=form.cleaned_data["reason"], by=request.user)
    except Refused as refused:
        messages.error(request, str(refused))
    else:
        messages.success(request, "Kept." if form.cleaned_data["reason"] else "The hold was lifted.")
    return see_other("leads_contact_change", contact.pk)


def _json(values: dict[str, Any], name: str) -> HttpResponse:
    text = json.dumps(values, cls=DjangoJSONEncoder, ensure_ascii=False, indent=2)
    return _file(text.encode(), name, "application/json; charset=utf-8")


def _file(content: bytes, name: str, media_type: str) -> HttpResponse:
    response = HttpResponse(content, content_type=media_type)
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    response.headers["Cache-Control"] = "no-store"
    return response
