"""Finding any phrase in any draft or live page, for staff (PUB-118)."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import batched
from typing import Any

from django.db.models import BooleanField, Case, F, Q, Value, When
from django.utils.text import capfirst

from stemsite.checks.block import Block
from stemsite.search.words import fold

from .content import Content
from .families import content_of, family_of
from .models import Page, Version, VersionWords

MOST_PAGES = 12
MOST_ROWS = 60
MOST_WORDS = 12
LONGEST = 200
SHORTEST = 2
AROUND = 90
AT_A_TIME = 200

Pieces = tuple[tuple[str, bool], ...]
"""A sentence in pieces, each with whether it is what was looked for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where in a page the words stand."""

    field: str = ""
    """The key of the section, or the name of the field."""
    name: str = ""
    sentence: Pieces = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundPage:
    page: Page
    in_draft: bool
    in_live: bool
    place: Place


def keep_words(version: Version, content: Content, page: Page) -> None:
    """Make a new version findable, in the transaction that stores it."""
    VersionWords.objects.create(version=version, text=text_of_version(page, content))


def text_of_version(page: Page, content: Content) -> str:
    family = family_of(page)
    lines = (*(block.text for block in family.says(content).blocks), *_identifiers(content), *family.names(content))
    return "\n".join(dict.fromkeys(filter(None, map(plain, lines))))


def _identifiers(content: Content) -> Iterator[str]:
    for citation in content.citations:
        yield from (citation.doi, citation.pmid, citation.pmcid, citation.registry_id)


def plain(text: str) -> str:
    return fold(text.replace("“", '"').replace("”", '"'))


def _worth_finding() -> Q:
    """Versions that stand for something: the draft, what waits for a step, what is live."""
    page = "page__"
    return (
        Q(pk=F(f"{page}latest_version"))
        | Q(pk=F(f"{page}live_version"))
        | Q(pk=F(f"{page}submitted_version"))
        | Q(pk=F(f"{page}approved_version"))
    )


def catch_up() -> int:
    """Words of versions that came another way, such as by an update or a bulk load; none of what is only history."""
    VersionWords.objects.exclude(version__in=Version.objects.filter(_worth_finding())).delete()
    missing = Version.objects.filter(_worth_finding(), words=None).order_by("pk").values_list("pk", flat=True)
    count = 0
    for part in batched(list(missing), AT_A_TIME, strict=False):
        versions = Version.objects.filter(pk__in=part).select_related("page").order_by("pk")
        rows = [
            VersionWords(version=version, text=text_of_version(version.page, content_of(version.page, version)))
            for version in versions
        ]
        count += len(VersionWords.objects.bulk_create(rows, ignore_conflicts=True))
    return count


def words_in(text: str) -> list[str]:
    """What was asked for, word by word; none where it is too little to look for."""
    asked = plain(text[:LONGEST])
    return asked.split()[:MOST_WORDS] if len(asked) >= SHORTEST else []


def pages_with(text: str, *, by: Any) -> list[FoundPage]:
    """Pages that say ``text``, in the draft where ``by`` may see it or before the public; what is named so first."""
    words = words_in(text)
    if not words:
        return []
    seen = Page.objects.visible_to(by).at_hand()
    public = Page.objects.live().addressed()
    draft = Q(version=F("version__page__latest_version"), version__page__in=seen.values("pk"))
    live = Q(version=F("version__page__live_version"), version__page__in=public.order_by().values("pk"))
    wanted = Q(*(Q(text__contains=word) for word in words))
    phrase = " ".join(words)
    rows = (
        VersionWords.objects.filter(draft | live, wanted)
        .annotate(
            is_named=_holds("version__page__title__icontains", phrase),
            is_phrase=_holds("text__contains", phrase),
        )
        .order_by("-is_named", "-is_phrase", F("version__page__saved_at").desc(nulls_last=True), "-pk")
        .values_list("version_id", "version__page_id", "version__page__title")[:MOST_ROWS]
    )
    best_first = sorted(rows, key=lambda row: not _stands_alone(phrase, plain(row[2])))
    hits = [(version, page) for version, page, _ in best_first]
    return _found(hits, phrase, words, set(seen.filter(pk__in={page for _, page in hits}).values_list("pk", flat=True)))


def _holds(lookup: str, phrase: str) -> Case:
    return Case(When(**{lookup: phrase}, then=True), default=Value(False), output_field=BooleanField())


def _stands_alone(phrase: str, text: str) -> bool:
    """Whether ``text`` says ``phrase``, rather than words that hold it, as "journals" holds "als"."""
    return re.search(_alone(re.escape(phrase)), text) is not None


def _alone(pattern: str) -> str:
    return rf"(?<!\w){pattern}(?!\w)"


def _found(rows: Sequence[tuple[int, int]], phrase: str, words: Sequence[str], seen: set[int]) -> list[FoundPage]:
    pages = list(dict.fromkeys(page for _, page in rows))[:MOST_PAGES]
    hits: dict[int, set[int]] = {pk: {version for version, page in rows if page == pk} for pk in pages}
    known = Page.objects.select_related("latest_version", "live_version").in_bulk(pages)
    found = []
    for pk in pages:
        page = known[pk]
        in_draft = pk in seen and page.latest_version_id in hits[pk]
        in_live = page.is_live and page.has_address and page.live_version_id in hits[pk]
        version = page.latest_version if in_draft else page.live_version
        if version is not None:
            place = place_in(page, content_of(page, version), phrase, words)
            found.append(FoundPage(page=page, in_draft=in_draft, in_live=in_live, place=place))
    return found


def place_in(page: Page, content: Content, phrase: str, words: Sequence[str]) -> Place:
    """The first block that says the whole phrase, or else the most of the words."""
    blocks = family_of(page).says(content).blocks
    best = max(blocks, key=lambda block: _weight(block, phrase, words), default=None)
    if best is None or _weight(best, phrase, words) == 0:
        return Place()
    name = name_of(best.key, blocks)
    return Place(field=best.key, name=name, sentence=_sentence(best.text, phrase, words))


def name_of(key: str, blocks: Iterable[Block]) -> str:
    """What staff call the section or field ``key``: its heading, its role, or the name of the field."""
    own = [block for block in blocks if block.key == key]
    heading = next((block.text for block in own if block.kind == "heading"), "")
    role = next((block.role for block in own if block.role), "")
    name = heading or _NAMES.get(key) or capfirst(role or key.replace("_", " "))
    return "" if _UUID.match(name) else str(name)


_UUID = re.compile(r"[0-9A-Fa-f]{8}-[0-9a-f]{4}-")
_NAMES = {"slug": "Address", "sections": "References", "primary": "Reference", "facts": "Facts box"}


def _weight(block: Block, phrase: str, words: Sequence[str]) -> int:
    text = plain(block.text)
    if phrase in text:
        return MOST_WORDS + 1 + _stands_alone(phrase, text)
    return sum(word in text for word in words)


def _sentence(text: str, phrase: str, words: Iterable[str]) -> Pieces:
    """What stands around the first of what was looked for, as the page writes it."""
    text = " ".join(text.split())
    for wanted in (phrase, *words):
        pattern = r"\s+".join(map(re.escape, wanted.split()))
        if hit := re.search(_alone(pattern), text, re.IGNORECASE) or re.search(pattern, text, re.IGNORECASE):
            start, end = hit.span()
            before, after = text[:start], text[end:]
            if len(before) > AROUND:
                before = f"… {before[-AROUND:].partition(' ')[2]}"
            if len(after) > AROUND:
                after = f"{after[:AROUND].rpartition(' ')[0]} …"
            return tuple(piece for piece in ((before, False), (hit[0], True), (after, False)) if piece[0])
    return ((text[: 2 * AROUND], False),)
