"""What versions and drafts use: the places where a record of the library stands (PUB-15, PUB-23)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Hashable, Iterable, Iterator, Sequence
from typing import Any

from django.db.models import Count, F, OuterRef, Subquery
from django.db.models.functions import Coalesce, Lower

from stemsite.uses import RecordUse

from .models import Page, SignOff, Use
from .models.page import PageQuerySet


def page_uses(kind: str, ids: Sequence[int]) -> Iterator[RecordUse]:
    """Pages whose versions name these records: live, draft (the newest version), and older ones."""
    rows = Use.objects.filter(kind=kind, object_id__in=ids).values_list(
        "version__page_id",
        "version__page__title",
        "version__page__live_version_id",
        "version__page__latest_version_id",
        "version_id",
        "version__number",
    )
    old: dict[int, list[int]] = defaultdict(list)
    titles: dict[int, str] = {}
    for page, title, live, latest, version, number in rows.order_by("version__page_id", "version__number"):
        titles[page] = title
        if version == live:
            yield _use(page, title, "live")
        if version == latest:
            yield _use(page, title, "draft")
        if version not in {live, latest}:
            old[page].append(number)
    for page, numbers in old.items():
        yield _use(page, titles[page], f"old version {', '.join(map(str, dict.fromkeys(numbers)))}")


def signature_uses(kind: str, ids: Sequence[int]) -> Iterator[RecordUse]:
    """Pages that a person signed, or whose signature carries a picture."""
    fields = {Use.Kind.PERSON.value: "person_id__in", Use.Kind.PICTURE.value: "photo_file__in"}
    if kind not in fields:
        return
    signed = SignOff.objects.filter(**{fields[kind]: ids}).values_list("version__page_id", "version__page__title")
    for page, title in signed.distinct().order_by("version__page_id"):
        yield _use(page, title, "signature")


def page_places(kind: str) -> Iterator[tuple[int, Hashable]]:
    """The pages whose versions or signatures name records of this kind."""
    rows = Use.objects.filter(kind=kind).values_list("object_id", "version__page_id").distinct().order_by()
    yield from ((pk, ("page", page)) for pk, page in rows)
    columns = {Use.Kind.PERSON.value: "person", Use.Kind.PICTURE.value: "photo_file"}
    if column := columns.get(kind):
        signed = SignOff.objects.exclude(**{column: None}).values_list(column, "version__page_id")
        yield from ((pk, ("page", page)) for pk, page in signed.distinct().order_by())


def _use(page: int, title: str, mark: str) -> RecordUse:
    return RecordUse(label=title, mark=mark, screen="admin:publishing_page", pk=page)


def live_pages_showing(kind: str, object_id: int) -> PageQuerySet[Any]:
    """Pages whose live version shows a record.

    SQLite is kept from going by their state, else it may read every live page to find two.
    """
    uses = Use.objects.filter(kind=kind, object_id=object_id)
    shown = Page.objects.filter(pk__in=uses.values("version__page"), live_version__in=uses.values("version"))
    return shown.alias(state=Lower("public_state")).filter(state=Page.PublicState.LIVE)


def live_count(kind: str) -> Coalesce:
    """An annotation: on how many live pages the row of the library stands."""
    used = Use.objects.filter(
        kind=kind,
        object_id=OuterRef("pk"),
        version_id=F("version__page__live_version_id"),
        version__page__public_state=Page.PublicState.LIVE,
    )
    counted = used.order_by().values("object_id").annotate(number=Count("pk")).values("number")
    return Coalesce(Subquery(counted), 0)


def live_pages_with(sources: Iterable[int]) -> dict[int, set[int]]:
    """Ids of the live pages that cite each source, or that show a study which does, by source (PUB-125)."""
    found: dict[int, set[int]] = {pk: set() for pk in sources}
    live = Use.objects.filter(
        version_id=F("version__page__live_version_id"), version__page__public_state=Page.PublicState.LIVE
    )
    citing = live.filter(kind=Use.Kind.REFERENCE, object_id__in=list(found))
    for pk, page in citing.values_list("object_id", "version__page_id"):
        found[pk].add(page)
    showing: dict[int, set[int]] = {}
    every = {page for pages in found.values() for page in pages}
    for study, page in live.filter(kind=Use.Kind.STUDY, object_id__in=every).values_list(
        "object_id", "version__page_id"
    ):
        showing.setdefault(study, set()).add(page)
    return {pk: pages.union(*(showing.get(page, set()) for page in pages)) for pk, pages in found.items()}
