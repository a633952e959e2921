"""What leads readers to a page, and what could: links in texts, related pages, studies that are shown (PUB-37)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.db.models import Case, Count, F, IntegerField, Max, Min, Q, QuerySet, When

from stemsite.clinic.frame import frame

from .content import Content, dump
from .families import family_of
from .links import links_in
from .models import LinkUse, Page, Use
from .reports import Line, Report, page_url

MOST = 10
"""Suggestions at once: more are not read."""

_HOW = {Use.Kind.STUDY: "shows it as a study", Use.Kind.PAGE: "names it as a related page"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Way:
    """From one page to another, that is there or could be."""

    page: int
    title: str
    url: str
    """Where readers get it."""
    words: str
    """How it leads there, or why it could."""


def ways_to(page: Page) -> tuple[Way, ...]:
    """The live pages that lead to ``page``; links in texts as they were found last night."""
    uses = _live_uses().filter(kind__in=_HOW, object_id=page.pk)
    how = {(pk, _HOW[Use.Kind(kind)]) for pk, kind in uses.values_list("version__page_id", "kind")}
    links = LinkUse.objects.filter(link__target__in=_targets(page)).exclude(page=page.pk)
    for pk, section in links.values_list("page_id", "section"):
        how.add((pk, f"links to it under “{section}”" if section else "links to it"))
    pages = _named(_live().filter(pk__in={pk for pk, _ in how}))
    return tuple(
        Way(page=pk, title=pages[pk][0], url=pages[pk][1], words=words)
        for pk, words in sorted(how, key=lambda one: (pages.get(one[0], ("", "")), one[1]))
        if pk in pages
    )


def could_lead_here(page: Page, content: Content, known: Iterable[Way]) -> tuple[Way, ...]:
    """Live pages with a text of their own about the same, that do not lead to ``page`` yet."""
    about = _about(page, content)
    if not (page.is_live and about):
        return ()
    others = _about_the_same(page, about).filter(family__in=_families_that_lead_on())
    return _suggested(others.exclude(pk__in={way.page for way in known}), about)


def could_lead_on(page: Page, content: Content) -> tuple[Way, ...]:
    """Live pages about the same, that ``content`` names nowhere."""
    about = _about(page, content)
    if not (page.LEADS_ON and about):
        return ()
    named = {number for kind, number in family_of(page).uses(content) if kind in _HOW}
    paths = {found.target.removeprefix(settings.SITE_URL) for found in links_in(dump(content))}
    return _suggested(_about_the_same(page, about).exclude(pk__in=named).exclude(live_path__in=paths), about)


def lonely() -> Iterator[Line]:
    """Live pages with a text of their own to which neither another page nor the menu leads."""
    listed = {path for _, path in (*frame().menu, *frame().footer)}
    named = set(_live_uses().filter(kind=Use.Kind.PAGE).values_list("object_id", flat=True))
    linked = _linked()
    pages = _live().filter(family__in=_families_that_lead_on()).order_by("-updated_at", "-pk")
    for pk, title, address in pages.values_list("pk", "title", "live_path").iterator(chunk_size=500):
        others = linked.get(address or "", frozenset()) - {pk}
        if not (others or pk in named or address in listed):
            yield Line(label=title, url=page_url(pk), why=f"No other page leads to {address}.")


def _linked() -> dict[str, frozenset[int]]:
    """Addresses of this site that texts of live pages link to, each with two of those pages at most.

    Two are enough to know whether another page than the one at that address does.
    """
    links = LinkUse.objects.filter(page__public_state=Page.PublicState.LIVE)
    ours = links.filter(Q(link__target__startswith="/") | Q(link__target__startswith=f"{settings.SITE_URL}/"))
    rows = ours.order_by().values_list("link__target").annotate(Min("page"), Max("page"))
    linked: dict[str, frozenset[int]] = defaultdict(frozenset)
    for target, first, last in rows:
        linked[target.removeprefix(settings.SITE_URL)] |= {first, last}
    return linked


LONELY = Report(
    key="lonely",
    title="Pages that no other page leads to",
    advice="Link to the page where its subject comes up, name it as a related page, or put it into the menu.",
    lines=lonely,
)


def _targets(page: Page) -> tuple[str, ...]:
    return (page.live_path, f"{settings.SITE_URL}{page.live_path}") if page.live_path else ()


def _live() -> QuerySet[Page]:
    return Page.objects.filter(public_state=Page.PublicState.LIVE).addressed()


def _live_uses() -> QuerySet[Use]:
    return Use.objects.filter(
        version_id=F("version__page__live_version_id"), version__page__public_state=Page.PublicState.LIVE
    )


def _families_that_lead_on() -> list[str]:
    return [model.FAMILY for model in Page.__subclasses__() if model.LEADS_ON]


def _about(page: Page, content: Content) -> dict[tuple[str, int], str]:
    """What ``content`` is about and cites, by kind and id, each with the words for having it in common."""
    words: dict[tuple[str, int], str] = {}
    for mark in content.conditions:
        words[Use.Kind.CONDITION, mark.id] = f"about {mark.spoken_name}"
    for intervention in content.interventions:
        words[Use.Kind.INTERVENTION, intervention.id] = f"about {intervention.name}"
    for kind, number in family_of(page).uses(content):
        if kind == Use.Kind.REFERENCE:
            words[Use.Kind.REFERENCE, number] = "the same paper"
    return words


def _about_the_same(page: Page, about: Collection[tuple[str, int]]) -> QuerySet[Page]:
    return _live().exclude(pk=page.pk).filter(_in_common(about, "live_version__uses__"))


def _in_common(about: Collection[tuple[str, int]], prefix: str = "") -> Q:
    wanted: dict[str, list[int]] = defaultdict(list)
    for kind, number in about:
        wanted[kind].append(number)
    common = Q()
    for kind, numbers in wanted.items():
        common |= Q(**{f"{prefix}kind": kind, f"{prefix}object_id__in": numbers})
    return common


def _suggested(pages: QuerySet[Page], about: dict[tuple[str, int], str]) -> tuple[Way, ...]:
    """Guides first, then what has most in common, each with what that is: two queries."""
    guides_first: Any = Case(When(live_kind="guide", then=0), default=1, output_field=IntegerField())
    best = pages.annotate(rank=guides_first, common=Count("live_version__uses__pk"))
    chosen = _named(best.order_by("rank", "-common", "-updated_at", "-pk")[:MOST])
    shared: dict[int, dict[str, None]] = defaultdict(dict)
    rows = _live_uses().filter(_in_common(about), version__page__in=list(chosen)).order_by("kind", "pk")
    for pk, kind, number in rows.values_list("version__page_id", "kind", "object_id"):
        shared[pk][about[kind, number]] = None
    return tuple(Way(page=pk, title=title, url=url, words=", ".join(shared[pk])) for pk, (title, url) in chosen.items())


def _named(pages: QuerySet[Page]) -> dict[int, tuple[str, str]]:
    """Title and address of each as readers have it, in the order of ``pages``."""
    return {
        pk: (title, url or "")
        for pk, title, url in pages.values_list("pk", "live_version__content__title", "live_path")
    }
