"""The form while the database is away: 503, everything that was typed, and the phone number (LEAD-01, SEC-03)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.http import HttpResponse, QueryDict
from django.template.loader import render_to_string
from django.templatetags.static import static

from stemsite.clinic.form_words import FIRST
from stemsite.clinic.models import Wording
from stemsite.clinic.remembered import remembered

from .forms import PublicForm
from .wordings import LABELS, FormWords, spoken, spoken_labels

RETRY_AFTER = 30


def form_without_database(form: type[PublicForm], words: str, posted: QueryDict, *, path: str) -> HttpResponse:
    """What was typed stands in the fields again; the browser can send it once more as it is."""
    reach = remembered()
    # Not bound: checking anything would need the database.
    again = form(initial=posted.dict(), words=_first_words(words, form.CONSENTS, clinic=reach.name or "our clinic"))
    context: Mapping[str, Any] = {
        "form": again,
        "path": path,
        "reach": reach,
        "title": "This was not sent",
        "advice": "The fault is ours. Your text is below: wait a minute and press the button again, or call us.",
        "stylesheet": _address("stemsite/forms.css"),
    }
    response = HttpResponse(render_to_string("leads/form_offline.html", context), status=503)
    response["Cache-Control"] = "no-store"
    response["Retry-After"] = str(RETRY_AFTER)
    return response


def _first_words(words: str, consents: tuple[str, ...], *, clinic: str) -> FormWords:
    lead, text = FIRST[words]
    return FormWords(
        heading=spoken(lead, clinic),
        introduction=spoken(text, clinic),
        labels=spoken_labels(FIRST[LABELS[words]][1], clinic),
        consents={kind: Wording(kind=kind, lead=FIRST[kind][0], text=FIRST[kind][1], pk=0) for kind in consents},
        clinic=clinic,
        keys=(),
    )


def _address(name: str) -> str:
    try:
        return static(name)
    except ValueError:
        return ""
