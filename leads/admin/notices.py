"""Each colleague chooses how to hear of new enquiries (LEAD-106)."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_http_methods

from leads.models import StaffNotices

from .frame import for_leads, screen, see_other


class NoticesForm(forms.ModelForm):
    class Meta:
        model = StaffNotices
        fields = ("enquiries",)
        widgets = {"enquiries": forms.RadioSelect}  # noqa: RUF012 - as Django reads it
        labels = {"enquiries": "When do you want a letter?"}  # noqa: RUF012


@require_http_methods(["GET", "HEAD", "POST"])
@for_leads()
def notices(request: HttpRequest) -> HttpResponse:
    """One's own choice, and nobody else's."""
    user: Any = request.user
    chosen = StaffNotices.objects.filter(user=user).first() or StaffNotices(user=user)
    form = NoticesForm(request.POST if request.method == "POST" else None, instance=chosen)
    if request.method == "POST" and form.is_valid():
        StaffNotices.objects.update_or_create(user=user, defaults={"enquiries": form.cleaned_data["enquiries"]})
        messages.success(request, "Kept.")
        return see_other("leads_notices")
    status = 422 if form.is_bound else 200
    return screen(request, "notices.html", title="Letters to me about enquiries", status=status, form=form)
