"""How a record shows the live pages that print it differently from today."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import islice
from typing import Any, ClassVar

from django.http import HttpRequest
from django.template.loader import render_to_string
from django.utils.html import format_html, format_html_join

from stemsite.publishing.models import Use
from stemsite.publishing.reports import page_url

from ..drift import Drift, drift

SHOWN = 100


def listed_drift(differences: Iterable[Drift]) -> Any:
    """Each page with the way from what it prints to what the record says today (PUB-13)."""
    found = list(islice(differences, SHOWN + 1))
    if not found:
        return "Every live page that uses it prints it as it reads today."
    rows = format_html_join(
        "",
        '<li><a href="{}">{}</a>{}</li>',
        ((page_url(item.page), item.title, _difference(item)) for item in found[:SHOWN]),
    )
    more = "and more pages" if len(found) > SHOWN else ""
    return format_html("<p>From what is printed to what the record reads today:</p><ul>{}</ul>{}", rows, more)


class Printed:
    """A mixin for ModelAdmins of records that pages print: whoever saves one is told which live pages differ now."""

    printed_as: ClassVar[Use.Kind]

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        super().save_model(request, obj, form, change)
        if change and (found := list(islice(drift(self.printed_as, [obj.pk]), SHOWN + 1))):
            many = f"More than {SHOWN}" if len(found) > SHOWN else f"{len(found)}"
            keep = f"{many} live pages keep" if len(found) > 1 else "One live page keeps"
            self.message_user(
                request,
                f"{keep} printing this as it was when published; the difference is listed below. "
                "Save, sign and publish each page anew, or withdraw what may no longer stand.",
                level="WARNING",
            )


def _difference(item: Drift) -> str:
    return render_to_string("admin/publishing/_pieces.html", {"pieces": item.pieces})
