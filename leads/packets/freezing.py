"""Draft rows of a packet as frozen content, which pins what is live now, and content back into draft rows."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterable, Sequence
from typing import Any

from msgspec import UNSET

from articles.content import ArticleContent, article_content
from articles.models import Article
from stemsite.clinic.models import Clinic
from stemsite.publishing.content import InterventionMark, Statute, Wording
from stemsite.publishing.drafts import Draft, Stored
from stemsite.publishing.models import Page, Version
from stemsite.publishing.wordings import older_wordings
from studies.content import StudyContent, study_content
from studies.freezing import citations_for, cited_ids, notices, statutes
from studies.models import Condition, Study

from ..models import Packet
from . import content

HEADINGS: dict[content.PacketRole, str] = {
    "letter": "Letter",
    "unknowns": "What is not known",
    "process": "How it works and what it costs",
    "options": "Other options",
    "questions": "Questions to ask",
}


def freeze_packet(packet: Packet, draft: Draft | None = None) -> content.PacketContent:
    """``packet`` as it stands in ``draft``, each source pinned to the version that is live at this moment."""
    draft = draft or Stored(packet)
    studies = [_with_version(study) for study in draft.chosen("studies")]
    services = [_with_version(page) for page in draft.chosen("services")]
    guide = _with_version(packet.guide) if packet.guide else None
    sections = _sections(packet)
    told = article_content(guide.live_version.content) if guide and guide.live_version else None
    shown = [study_content(study.live_version.content) for study in studies if study.live_version]
    served = [article_content(page.live_version.content) for page in services if page.live_version]
    interventions = _interventions(told, shown, served)
    laws = packet_statutes(told, shown, served, interventions)
    return content.PacketContent(
        schema=content.SCHEMA,
        title=packet.title,
        slug=packet.slug,
        summary=packet.summary,
        conditions=told.conditions if told else (),
        interventions=interventions,
        citations=citations_for(cited_ids(section.html for section in sections)),
        notices=packet_notices(packet, told, lawful=bool(laws)),
        statutes=laws or UNSET,
        guide=_pin(guide) if guide else None,
        studies=tuple(_pin(study) for study in _newest_first(studies)),
        services=tuple(_pin(page) for page in services),
        sections=sections,
        clinic=clinic_facts(),
    )


def clinic_facts() -> content.ClinicFacts:
    clinic = Clinic.current()
    return content.ClinicFacts(
        name=clinic.name,
        legal_name=clinic.legal_name or clinic.name,
        address=tuple(clinic.address.splitlines()),
        phone=clinic.phone,
        email=clinic.email,
        hours=tuple(clinic.hours.splitlines()),
    )


def _with_version(page: Page) -> Page:
    """``page`` as the database has it now: a form may hold an older copy."""
    return Page.objects.select_related("live_version").get(pk=page.pk)


def _pin(page: Page) -> content.Pin:
    version = page.live_version if page.is_live else None
    if version is None:
        return content.Pin(id=page.pk, title=page.title, edition="not live", version=None, hash="")
    return content.Pin(
        id=page.pk,
        title=version.title,
        edition=f"version {version.number}",
        version=version.pk,
        hash=version.content_hash,
    )


def _newest_first(studies: Iterable[Page]) -> list[Page]:
    def year(page: Page) -> int:
        return (page.live_version.content.get("year") or 0) if page.live_version else 0

    return sorted(studies, key=lambda page: (-year(page), page.pk))


def _sections(packet: Packet) -> tuple[content.PacketText, ...]:
    return tuple(
        content.PacketText(key=str(uuid.uuid5(packet.uid, role)), role=role, heading=heading, html=html)
        for role, heading in HEADINGS.items()
        if (html := getattr(packet, role))
    )


def _interventions(
    told: ArticleContent | None, shown: Sequence[StudyContent], served: Sequence[ArticleContent]
) -> tuple[InterventionMark, ...]:
    marks = [mark for page in (*((told,) if told else ()), *shown, *served) for mark in page.interventions]
    return tuple({mark.id: mark for mark in marks}.values())


def packet_statutes(
    told: ArticleContent | None,
    shown: Sequence[StudyContent],
    served: Sequence[ArticleContent],
    interventions: Iterable[InterventionMark],
) -> tuple[Statute, ...]:
    """What the law wants said in a packet that tells of an unapproved treatment which the clinic sells (NT-04)."""
    sold = any(page.is_sold for page in (*((told,) if told else ()), *shown, *served))
    unapproved = any(mark.status != "approved" for mark in interventions)
    return statutes(told.conditions if told else (), sold=sold and unapproved)


def todays_statutes(found: content.PacketContent) -> tuple[Statute, ...]:
    """What a packet made now from the pins of ``found`` would carry."""
    wanted = [pin.version for pin in found.pins if pin.version is not None]
    versions = Version.objects.in_bulk(wanted)
    told = _pinned(found.guide, versions, article_content)
    shown = [study for pin in found.studies if (study := _pinned(pin, versions, study_content))]
    served = [page for pin in found.services if (page := _pinned(pin, versions, article_content))]
    return packet_statutes(told, shown, served, found.interventions)


def _pinned[C](pin: content.Pin | None, versions: dict[int, Version], parse: Callable[[Any], C]) -> C | None:
    version = versions.get(pin.version) if pin and pin.version is not None else None
    return parse(version.content) if version is not None else None


def packet_notices(packet: Packet, told: ArticleContent | None, *, lawful: bool) -> tuple[Wording, ...]:
    """The notices that every packet carries (LEAD-94), and what its guide says of the clinic's own interest."""
    ids = [mark.id for mark in told.conditions] if told else []
    conditions = list(Condition.objects.filter(pk__in=ids).order_by("pk"))
    conflict = (told.notice("conflict_yes") or told.notice("conflict_no")) if told else None
    after = ("statute_after",) if lawful else ()
    ours = notices(("status", "status_full", *after, "disclaimer"), conditions, packet.kept_wordings)
    return (*ours, *((conflict,) if conflict else ()))


def restore_packet(packet: Packet, frozen: content.PacketContent) -> None:
    """Write ``frozen`` into the draft rows (PUB-22); what it is made from is then what is live."""
    packet.title, packet.slug, packet.summary = frozen.title, frozen.slug, frozen.summary
    packet.guide = Article.objects.filter(pk=frozen.guide.id).first() if frozen.guide else None
    for role in HEADINGS:
        setattr(packet, role, frozen.words(role))
    packet.kept_wordings = older_wordings(frozen.notices)
    packet.save()
    packet.studies.set(Study.objects.filter(pk__in=[pin.id for pin in frozen.studies]))
    packet.services.set(Article.objects.filter(pk__in=[pin.id for pin in frozen.services]))


def settle_packet(packet: Packet, frozen: content.PacketContent) -> None:
    """A packet has no anchors that publishing would make permanent."""
