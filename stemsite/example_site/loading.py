"""Loading the example site: written, submitted, signed and published by the sample staff, through the workflow.

Safe to repeat. Each page is made whole in one transaction and then taken step by step, so a run that was
interrupted is picked up where it stopped; what is there already, or was changed since, is left alone.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from articles.models import Article
from leads.models import Packet
from stemsite.accounts.models import User
from stemsite.audit.models import AuditEvent
from stemsite.audit.recording import record
from stemsite.clinic.models import Clinic
from stemsite.publishing import workflow
from stemsite.publishing.families import specific
from stemsite.publishing.gate import Refused
from stemsite.publishing.models import Page, Transition
from stemsite.serving import store

from .frame import load_frame
from .packets import make_packet
from .pages import make_page
from .sources import load_sources
from .staff import load_staff
from .studies import make_study
from .terms import load_terms
from .texts import Text, texts

LOADED = "samples loaded"
REMARK = "Written for the example site."

Draft = Page.DraftState
Maker = Callable[[], Page]


class NotATrial(Exception):
    """Samples and their logins are only for a trial."""


@dataclass(slots=True)
class Loaded:
    """What a run did, for the command to print."""

    published: list[str] = field(default_factory=list)
    left_alone: list[str] = field(default_factory=list)


def require_trial() -> None:
    if not settings.IS_TRIAL:
        raise NotATrial(
            f"{settings.SITE_URL} is a public address. Sample people, sample pages and their logins are refused there; "
            "they belong on a trial (a SITE_URL with localhost or 127.0.0.1)."
        )


def load(password: str = "") -> Loaded:
    require_trial()
    loaded = Loaded()
    with transaction.atomic():
        staff = load_staff(password)
        load_frame()
        references = load_sources()
    with timezone.override(Clinic.current().zone):  # As if its people had written, signed and published it here.
        load_terms(staff)
        for text in texts("studies"):
            _study(text, references, staff, loaded)
        for text in texts("pages"):
            _page(text, references, staff, loaded)
        for text in texts("packets"):
            _packet(text, references, staff, loaded)
    if not AuditEvent.objects.filter(verb=LOADED).exists():
        record(LOADED, by=staff["owner"], note=REMARK)
        store.forget_all()
    return loaded


def _study(text: Text, references: Mapping[str, int], staff: Mapping[str, User], loaded: Loaded) -> None:
    known = Page.objects.filter(family="study", slug=text.named["slug"]).first()
    _bring(known, lambda: make_study(text, references, by=staff["author"], staff=staff), text, staff, loaded)


def _page(text: Text, references: Mapping[str, int], staff: Mapping[str, User], loaded: Loaded) -> None:
    kind = text.named["kind"]
    known = Article.objects.filter(kind=kind, slug=text.named["slug"]).first()
    writer = staff["publisher"] if kind == Article.Kind.PLAIN else staff[text.named["author"]]
    _bring(known, lambda: make_page(text, references, by=writer, staff=staff), text, staff, loaded)


def _packet(text: Text, references: Mapping[str, int], staff: Mapping[str, User], loaded: Loaded) -> None:
    """A clinic with wordings of its own may lack what a packet's notice must say: then it stays a draft (LEAD-94)."""
    guide = Article.objects.filter(kind=Article.Kind.GUIDE, slug=text.named.get("guide", "")).first()
    known = Packet.objects.filter(guide=guide).first()
    try:
        _bring(known, lambda: make_packet(text, references, by=staff["author"], staff=staff), text, staff, loaded)
    except Refused:
        loaded.left_alone.append(text.named["title"])


def _bring(known: Page | None, make: Maker, text: Text, staff: Mapping[str, User], loaded: Loaded) -> None:
    """From nothing, or from where an interrupted run left it, to live."""
    title = text.named["title"]
    if known is None:
        with transaction.atomic():
            known = make()
            workflow.saved(known, by=known.created_by, note=REMARK)
    elif not _is_unfinished(known):
        loaded.left_alone.append(title)
        return
    _publish(known, staff)
    loaded.published.append(title)


def _is_unfinished(page: Page) -> bool:
    """Whether this is a sample on its way, which nobody has worked on since."""
    return (
        page.is_sample
        and page.public_state == Page.PublicState.NOTHING
        and page.draft_state in {Draft.DRAFT, Draft.IN_REVIEW, Draft.APPROVED}
        and page.latest_version is not None
        and page.latest_version.note == REMARK
    )


def _publish(page: Page, staff: Mapping[str, User]) -> None:
    page = specific(page)
    if _needs_signature(page):
        if page.draft_state == Draft.DRAFT:
            workflow.submit(page, by=page.created_by)
            page = specific(page)
        if page.draft_state == Draft.IN_REVIEW:
            workflow.sign(page, by=staff["reviewer"], version_id=_pk(page.submitted_version_id))
    workflow.publish(page, by=staff["publisher"], change=Transition.Change.MAJOR)


def _needs_signature(page: Page) -> bool:
    return not (isinstance(page, Article) and page.kind == Article.Kind.PLAIN)


def _pk(pk: int | None) -> int:
    if pk is None:
        raise ValueError("A page in review names the version that was submitted.")
    return pk
