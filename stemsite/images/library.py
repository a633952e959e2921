"""Which pictures of the library are used, how often, and which are the same picture twice (PUB-105)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Hashable, Iterable

from django.db.models import Count, F

from stemsite.uses import places_of

from .models import Picture, PictureFile


def use_counts() -> dict[int, int]:
    """For each picture that is used, by how many pages and profiles; a page live and in draft counts once."""
    owners = dict(PictureFile.objects.values_list("pk", "picture_id"))
    places: dict[int, set[Hashable]] = defaultdict(set)
    for file, found in places_of(Picture.USE_KIND).items():
        if file in owners:
            places[owners[file]] |= found
    return {picture: len(found) for picture, found in places.items()}


def repeated() -> list[str]:
    """Fingerprints of what more than one picture shows today."""
    rows = Picture.objects.exclude(current=None).values(sha=F("current__sha256")).annotate(number=Count("pk"))
    return list(rows.filter(number__gt=1).order_by().values_list("sha", flat=True))


def twins_of(pictures: Iterable[Picture]) -> dict[int, list[Picture]]:
    """For each of these pictures the others that show the very same, oldest first."""
    shown = {picture.pk: picture.current.sha256 for picture in pictures if picture.current is not None}
    same: dict[str, list[Picture]] = defaultdict(list)
    for other in (
        Picture.objects.filter(current__sha256__in=set(shown.values())).select_related("current").order_by("pk")
    ):
        if other.current is not None:
            same[other.current.sha256].append(other)
    return {pk: [other for other in same[sha] if other.pk != pk] for pk, sha in shown.items()}
