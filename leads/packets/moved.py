"""Whether a live packet is behind its sources, and what differs (LEAD-86)."""

from __future__ import annotations

import datetime
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from django.db.models import Q
from django.urls import reverse

from stemsite.clinic.statutory import texts_in_force
from stemsite.publishing.content import Statute
from stemsite.publishing.models import Page, Use, Version
from stemsite.publishing.reports import Line, Report
from studies.models import IntegrityEvent

from ..models import Packet
from .content import PacketContent, Pin, packet_content
from .freezing import clinic_facts


@dataclass(frozen=True, slots=True, kw_only=True)
class Moved:
    """One source that is no longer what the packet was made from."""

    title: str
    why: str
    url: str


def moved(packet: Page) -> tuple[Moved, ...]:
    """What differs between a published ``packet`` and its sources today; nothing where it was never published."""
    return moved_of([packet]).get(packet.pk, ())


def moved_of(packets: Iterable[Page]) -> dict[int, tuple[Moved, ...]]:
    """What differs, by packet: four queries for any number of them, each with its live version at hand."""
    live = {packet.pk: packet.live_version for packet in packets if packet.live_version is not None}
    contents = {pk: packet_content(version.content) for pk, version in live.items()}
    pages = Page.objects.in_bulk({pin.id for found in contents.values() for pin in found.pins})
    events = _events(live, contents)
    facts = clinic_facts()
    in_force = {text.pk: text.text for text in texts_in_force()} if any(one.laws for one in contents.values()) else {}
    found = {}
    for pk, content in contents.items():
        lines = [*_sources(content, pages), *events[pk]]
        if not content.clinic.prints_as(facts):
            url = reverse("admin:clinic_clinic_changelist")
            lines.append(Moved(title=facts.name, why="The clinic's name, address, phone or e-mail changed.", url=url))
        lines += [_law(law) for law in content.laws if in_force.get(law.id) != law.text]
        if lines:
            found[pk] = tuple(lines)
    return found


def _law(law: Statute) -> Moved:
    url = reverse("admin:clinic_statutorytext_change", args=[law.id])
    return Moved(title=law.law, why="Its text changed, or was not verified within twelve months.", url=url)


def outdated_ids() -> list[int]:
    """The live packets that are behind their sources."""
    return list(moved_of(Packet.objects.live()))


def why_not_live(pin: Pin, page: Page | None) -> tuple[str, str]:
    """Why ``page`` no longer stands as ``pin`` says, and where to look; both empty while it does."""
    if page is None or not page.is_live or page.live_version_id is None:
        state = page.get_public_state_display() if page else "gone"
        return f"It is {state}.", reverse("admin:publishing_page", args=[pin.id])
    if page.live_version_id == pin.version:
        return "", ""
    if pin.version is None:
        return "It has been published since.", reverse("admin:publishing_page", args=[pin.id])
    return "It was published anew.", reverse("admin:publishing_diff", args=[pin.version, page.live_version_id])


def _sources(found: PacketContent, pages: dict[int, Page]) -> Iterator[Moved]:
    for pin in found.pins:
        why, url = why_not_live(pin, pages.get(pin.id))
        if why:
            yield Moved(title=pin.title, why=why, url=url)


def _events(live: dict[int, Version], contents: dict[int, PacketContent]) -> dict[int, list[Moved]]:
    """What became known, or ended, of the papers behind each packet since it was frozen."""
    cited = _cited(contents)
    since = {pk: version.created_at for pk, version in live.items()}
    oldest = min(since.values(), default=None)
    lines: dict[int, list[Moved]] = defaultdict(list)
    if oldest is None:
        return lines
    rows = IntegrityEvent.objects.filter(Q(first_seen_at__gt=oldest) | Q(ended_at__gt=oldest))
    references = {pk for ids in cited.values() for pk in ids}
    for event in rows.filter(reference_id__in=references).select_related("reference").order_by("pk"):
        for pk, ids in cited.items():
            if event.reference_id in ids and (why := _told(event, since[pk])):
                url = reverse("admin:studies_integrityevent_change", args=[event.pk])
                lines[pk].append(Moved(title=event.reference.short, why=why, url=url))
    return lines


def _told(event: IntegrityEvent, since: datetime.datetime) -> str:
    if event.ended_at is not None:
        return f"No longer {event.get_kind_display()}." if event.first_seen_at <= since < event.ended_at else ""
    return f"It is now: {event.get_kind_display()}." if event.first_seen_at > since else ""


def _cited(contents: dict[int, PacketContent]) -> dict[int, set[int]]:
    """References by packet: those of its own text and of every version it pins."""
    versions = {pin.version for found in contents.values() for pin in found.pins if pin.version is not None}
    named: dict[int, set[int]] = defaultdict(set)
    uses = Use.objects.filter(version_id__in=versions, kind=Use.Kind.REFERENCE)
    for version, reference in uses.values_list("version_id", "object_id"):
        named[version].add(reference)
    return {
        pk: {citation.reference for citation in found.citations}.union(
            *(named[pin.version] for pin in found.pins if pin.version is not None)
        )
        for pk, found in contents.items()
    }


def outdated_lines() -> Iterable[Line]:
    """For the reports: each packet with each source that moved."""
    packets: Sequence[Packet] = list(Packet.objects.live())
    found = moved_of(packets)
    for packet in packets:
        for line in found.get(packet.pk, ()):
            yield Line(
                label=packet.version_for_readers().title,
                url=line.url,
                why=f"{line.title}: {line.why}",
            )


OUTDATED = Report(
    key="packets",
    title="Packets that are behind their sources",
    advice="Save the packet: it takes what is live now. Then have the change signed and publish it.",
    lines=outdated_lines,
)
