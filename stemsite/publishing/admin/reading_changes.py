"""What changed since a reader of a version last saw the page: the bases it can be compared with, and the difference."""

from __future__ import annotations

from typing import Any

from ..diffing import compare
from ..families import content_of
from ..models import Page, SignOff, Version
from ..steps import Verb
from .naming import names_in


def changes_for(page: Page, version: Version, user: Any) -> tuple[str, Any]:
    """The difference that ``user`` should read before signing, and since what in words; the whole text at first."""
    bases = comparisons(page, version, user)
    words, base = bases[0] if bases else ("", None)
    return words, difference(page, base, version)


def difference(found: Page, base: Version | None, version: Version) -> Any:
    after = content_of(found, version)
    before = content_of(found, base) if base is not None else None
    return compare(before, after, names=names_in(found, *filter(None, (before, after))))


def comparisons(found: Page, version: Version, user: Any) -> list[tuple[str, Version]]:
    """What ``version`` can be compared with, the most useful first: own signature, any, submission, live."""
    bases: list[tuple[str, Version | None]] = []
    if found.submitted_as_minor:
        bases.append(("since what is live", found.live_version))
    signed = SignOff.objects.filter(version__page_id=found.pk, version__number__lt=version.number)
    medical = signed.exclude(kind=SignOff.Kind.COUNTERSIGNATURE).select_related("version").order_by("-signed_at")
    own = medical.filter(signed_by=user).first()
    newest = medical.first()
    bases.append(("since your last signature", own.version if own else None))
    bases.append(("since the last signature", newest.version if newest and newest != own else None))
    bases.append(("since the submission before", _submitted_before(found, version)))
    bases.append(("since what is live", found.live_version))
    seen: set[int] = {version.pk}
    kept = []
    for words, base in bases:
        if base is not None and base.pk not in seen:
            seen.add(base.pk)
            kept.append((words, base))
    return kept


def _submitted_before(found: Page, version: Version) -> Version | None:
    """The version submitted before the present submission (PUB-47)."""
    rows = found.transitions.filter(verb=Verb.SUBMIT, version__number__lt=version.number)
    row = rows.select_related("version").order_by("-at", "-pk").first()
    return row.version if row else None
