"""What a packet is made from, as it stood at a moment: pinned versions, the standing of papers, signatures.

Versions, signatures, steps and integrity events are never deleted, so any packet that was sent can be made again.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from articles.content import ArticleContent, article_content
from stemsite.publishing.content import Citation
from stemsite.publishing.models import SignOff, Transition, Version
from stemsite.publishing.reading import local_day
from stemsite.publishing.versions import is_intact
from studies.content import StudyContent, study_content
from studies.rendering import Integrity, in_words, integrity_of

from .content import PacketContent, Pin


class NotAsPinned(Exception):
    """A pinned version is gone or no longer has the hash under which it was reviewed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownStudy:
    pin: Pin
    study: StudyContent
    standing: Integrity | None
    withdrawn: str
    """Why and since when our summary is withdrawn; empty while it stands."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sources:
    guide: ArticleContent | None
    guide_withdrawn: str
    studies: tuple[ShownStudy, ...]
    services: tuple[ArticleContent, ...]
    standing: dict[int, Integrity]

    @property
    def citations(self) -> dict[int, Citation]:
        """Every source that guide, service pages and studies may cite, by reference."""
        pages = (*((self.guide,) if self.guide else ()), *self.services)
        found = {citation.reference: citation for page in pages for citation in page.citations}
        primaries = [shown.study.primary for shown in self.studies if shown.study.primary]
        return found | {citation.reference: citation for citation in primaries}


def sources_of(found: PacketContent, *, at: datetime.datetime) -> Sources:
    """The sources that ``found`` pins and what was known of them ``at`` that moment; three queries."""
    versions = Version.objects.in_bulk([pin.version for pin in found.pins if pin.version is not None])
    stands = [pin for pin in found.pins if pin.version is not None]
    for pin in stands:
        _require_as_pinned(pin, versions)
    withdrawn = _withdrawn([pin.id for pin in stands], at)
    guide = _article(found.guide, versions)
    services = [_article(pin, versions) for pin in found.services if pin.id not in withdrawn]
    studies = [(pin, study_content(versions[pin.version].content)) for pin in found.studies if pin.version is not None]
    cited = {citation.reference for citation in found.citations}
    cited |= {citation.reference for page in (guide, *services) if page for citation in page.citations}
    cited |= {study.primary.reference for _, study in studies if study.primary}
    standing = integrity_of(cited, at=at)
    return Sources(
        guide=guide,
        guide_withdrawn=withdrawn.get(found.guide.id, "") if found.guide else "",
        studies=tuple(
            ShownStudy(
                pin=pin,
                study=study,
                standing=standing.get(study.primary.reference) if study.primary else None,
                withdrawn=withdrawn.get(pin.id, ""),
            )
            for pin, study in studies
        ),
        services=tuple(page for page in services if page is not None),
        standing=standing,
    )


def _require_as_pinned(pin: Pin, versions: dict[int, Version]) -> None:
    version = versions.get(pin.version or 0)
    if version is None or version.content_hash != pin.hash or not is_intact(version):
        raise NotAsPinned(f"“{pin.title}”, {pin.edition}, is not what was reviewed.")


def _article(pin: Pin | None, versions: dict[int, Version]) -> ArticleContent | None:
    if pin is None or pin.version is None:
        return None
    return article_content(versions[pin.version].content)


def _withdrawn(pages: Sequence[int], at: datetime.datetime) -> dict[int, str]:
    """Since when and why each of ``pages`` was withdrawn at that moment."""
    verbs = Transition.Verb
    steps = Transition.objects.filter(
        page_id__in=pages, at__lte=at, verb__in=[verbs.PUBLISH, verbs.WITHDRAW, verbs.RESTORE]
    )
    newest = {step.page_id: step for step in steps.order_by("at", "pk")}
    return {
        pk: f"withdrawn on {in_words(local_day(step.at))}. {step.note}".strip()
        for pk, step in newest.items()
        if step.verb == verbs.WITHDRAW
    }


def signature_at(signatures: Iterable[SignOff], content_hash: str, at: datetime.datetime) -> SignOff | None:
    """The newest medical signature under exactly this text that had been given by then."""
    given = [
        sign_off
        for sign_off in signatures
        if sign_off.is_medical and sign_off.content_hash == content_hash and sign_off.signed_at <= at
    ]
    return max(given, key=lambda sign_off: sign_off.signed_at, default=None)
