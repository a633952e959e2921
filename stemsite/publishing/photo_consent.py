"""Photographs of patients: nothing is published with one whose consent is missing, expired or withdrawn (PUB-104)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from django.db.models import F

from stemsite.images.models import Picture

from .content import Content
from .gate import Finding
from .models import Page, Use
from .reports import Line, Report, page_url


def consent_findings(page: Page, found: object) -> Iterator[Finding]:
    if not isinstance(found, Content) or not found.pictures:
        return
    for picture in Picture.objects.without_consent().filter(files__in=found.pictures).distinct().order_by("pk"):
        yield Finding(
            severity="block",
            message=f"“{picture}” shows a patient, and {picture.consent_in_words()}. Take it out, or record one.",
            field="sections",
            rule="PUB-104",
        )


def pages_without_consent() -> Iterable[Line]:
    """Live pages that show a patient who has not agreed to it today."""
    pictures = {picture.pk: picture for picture in Picture.objects.without_consent()}
    rows = Use.objects.filter(
        kind=Use.Kind.PICTURE,
        version_id=F("version__page__live_version_id"),
        version__page__public_state=Page.PublicState.LIVE,
    )
    files = {
        file: pictures[picture]
        for picture, file in Picture.objects.filter(pk__in=pictures).values_list("pk", "files")
        if file is not None
    }
    rows = rows.filter(object_id__in=files).order_by("version__page__title", "pk")
    for page, title, file in rows.values_list("version__page_id", "version__page__title", "object_id"):
        why = f"Shows “{files[file]}”: {files[file].consent_in_words()}."
        yield Line(label=title, url=page_url(page), why=why)


CONSENT = Report(
    key="consent",
    title="Patients shown without consent",
    advice="Take the picture out and publish the page, or withdraw it, unless there is a new consent.",
    lines=pages_without_consent,
)
