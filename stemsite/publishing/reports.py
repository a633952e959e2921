"""Lists of what has moved on since pages went live: nothing of it changes a page by itself; people decide."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from django.db.models import F, Q
from django.urls import reverse
from django.utils import timezone

from stemsite.clinic.models import Person, StatutoryText, Wording
from stemsite.clinic.statutory import texts_in_force

from .families import content_of
from .models import Override, Page, Redirect, SignOff, Use
from .wording_diff import Piece


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One place to look at, and why."""

    label: str
    url: str
    why: str
    pieces: tuple[Piece, ...] = ()
    """The difference in question, word by word."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    key: str
    title: str
    advice: str
    """What staff do about a line, as one sentence."""
    lines: Callable[[], Iterable[Line]]


_reports: dict[str, Report] = {}


def register_report(report: Report) -> None:
    """Add ``report``, from ``ready()``."""
    _reports[report.key] = report


def reports() -> tuple[Report, ...]:
    return tuple(_reports.values())


def page_url(pk: int) -> str:
    return reverse("admin:publishing_page", args=[pk])


def lapsed_bylines() -> Iterable[Line]:
    """Live pages signed by somebody who could not sign them today (PUB-46)."""
    lapsed = {person.pk: person for person in Person.objects.lapsed()}
    signed = SignOff.objects.filter(
        person_id__in=lapsed,
        version_id=F("version__page__live_version_id"),
        version__page__public_state=Page.PublicState.LIVE,
    ).exclude(kind=SignOff.Kind.COUNTERSIGNATURE)
    rows = signed.order_by("version__page__title", "pk").values_list(
        "version__page_id", "version__page__title", "person_id", "name"
    )
    for page, title, person, name in dict.fromkeys(rows):
        yield Line(label=title, url=page_url(page), why=f"Signed by {name}: {_reason(lapsed[person])}")


def _reason(person: Person) -> str:
    if person.is_former:
        return "has left the clinic."
    if not person.is_reviewer:
        return "is no longer a medical reviewer."
    return f"credential valid until {person.licence_valid_until:%B %-d, %Y}."


def older_wordings() -> Iterable[Line]:
    """Live pages that still carry a wording which has a newer version (PUB-52)."""
    older = {wording.pk: wording for wording in Wording.objects.older()}
    rows = Use.objects.filter(
        kind=Use.Kind.WORDING,
        object_id__in=older,
        version_id=F("version__page__live_version_id"),
        version__page__public_state=Page.PublicState.LIVE,
    ).order_by("version__page__title", "pk")
    for page, title, wording in rows.values_list("version__page_id", "version__page__title", "object_id"):
        yield Line(label=title, url=page_url(page), why=f"Carries {older[wording]}.")


def idle_redirects() -> Iterable[Line]:
    """Redirects that lead to a page which is not live (PUB-86)."""
    idle = Redirect.objects.filter(page__isnull=False).filter(~Q(page__public_state=Page.PublicState.LIVE))
    for redirect in idle.select_related("page").order_by("from_path"):
        state = _why_idle(redirect.page)
        yield Line(
            label=redirect.from_path,
            url=reverse("admin:publishing_redirect_change", args=[redirect.pk]),
            why=f"Leads to “{redirect.page}”, which is {state}.",
        )


def unverified_laws() -> Iterable[Line]:
    """Statutory texts that nobody verified within twelve months (LEAD-126)."""
    for text in StatutoryText.objects.lapsed().order_by("jurisdiction", "law"):
        when = text.last_verified_on  # type: ignore[attr-defined]
        why = f"Last verified on {when:%B %-d, %Y}." if when else "Never verified: not reviewed by counsel."
        yield Line(label=str(text), url=reverse("admin:clinic_statutorytext_change", args=[text.pk]), why=why)


def older_statutes() -> Iterable[Line]:
    """Live pages whose statutory text is no longer the one in force, or was not verified for twelve months."""
    in_force = {text.pk: text.text for text in texts_in_force()}
    rows = Page.objects.filter(public_state=Page.PublicState.LIVE, live_version__content__has_key="statutes")
    for page in rows.select_related("live_version").order_by("title", "pk"):
        for law in content_of(page, page.version_for_readers()).laws:
            if in_force.get(law.id) != law.text:
                yield Line(label=page.title, url=page_url(page.pk), why=f"Carries the text of {law.law} as it was.")


def ending_overrides() -> Iterable[Line]:
    """Findings of live pages that were let stand and count again soon, or already (content checks, 2.3)."""
    soon = timezone.localdate() + datetime.timedelta(days=14)
    rows = Override.objects.filter(
        revoked_at=None, expires_on__lte=soon, page__public_state=Page.PublicState.LIVE
    ).select_related("page")
    for override in rows.order_by("expires_on", "pk"):
        ends = "ends" if override.is_in_force else "ended"
        why = f"{override.rule} “{override.sentence[:120]}” {ends} on {override.expires_on:%B %-d, %Y}."
        yield Line(label=override.page.title, url=page_url(override.page_id), why=why)


def _why_idle(page: Page | None) -> str:
    if page is None:
        return ""
    return "in the trash" if page.is_trashed else str(page.get_public_state_display())


LAPSED = Report(
    key="lapsed",
    title="Bylines of a lapsed credential",
    advice="The byline stays as it was signed. Ask a reviewer with a valid credential to review the page.",
    lines=lapsed_bylines,
)
WORDINGS = Report(
    key="wordings",
    title="Pages that carry an older wording",
    advice="Save the page: it takes the newest wording. Then have it signed and publish it.",
    lines=older_wordings,
)
REDIRECTS = Report(
    key="redirects",
    title="Redirects to pages that are not live",
    advice="Choose another target, or delete the redirect.",
    lines=idle_redirects,
)
LAWS = Report(
    key="laws",
    title="Statutory texts to verify",
    advice="Hold the text beside its official source, or ask counsel to, and record who did so.",
    lines=unverified_laws,
)
STATUTES = Report(
    key="statutes",
    title="Pages with a statutory text that is not in force today",
    advice="Have the text verified, or save the page, which takes what is in force now, and publish it.",
    lines=older_statutes,
)
OVERRIDES = Report(
    key="overrides",
    title="Findings that were let stand, and whose time is up",
    advice="Change the sentence, or let it stand again with a reason. What is live stays until then.",
    lines=ending_overrides,
)
