"""The list of Retraction Watch: fetched once a day, kept on disk, and held against every reference (EVD-52)."""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path

from django.conf import settings
from django.utils import timezone

from . import monitoring
from .models import SourceState
from .sources import retraction_watch
from .sources.base import FileRefused, RecordNotFound, SourceError
from .sources.http import Client
from .sources.live import retraction_watch_list

LEAST = 0.9
"""A list with fewer rows than this share of the last one is refused: something was lost on the way."""


def kept_list() -> Path:
    return Path(settings.DATA_DIR) / "retraction-watch.csv"


def watch_list(client: Client | None = None) -> monitoring.Run | None:
    """Fetch the list if it has changed, and match it; what cannot be fetched or believed is said on the board."""
    if client is None and not settings.EVIDENCE_NETWORK:
        return None
    state, _ = SourceState.objects.get_or_create(name=monitoring.RETRACTION_WATCH)
    try:
        _fetch(client or retraction_watch_list(), state)
    except (SourceError, RecordNotFound, FileRefused) as error:
        SourceState.objects.filter(pk=state.pk).update(failed_at=timezone.now(), error=str(error)[:300])
        return None
    with kept_list().open(encoding="utf-8-sig", errors="replace", newline="") as lines:
        run = monitoring.check_retraction_watch(lines)
    now = timezone.now()
    SourceState.objects.filter(pk=state.pk).update(rows=run.counts["rows"], answered_at=now, full_run_at=now, error="")
    return run


def _fetch(client: Client, state: SourceState) -> None:
    """The newest list on disk; a file that is no list, or much shorter than the last, does not replace it."""
    target = kept_list()
    known = target.exists()
    with tempfile.NamedTemporaryFile(dir=target.parent, prefix="retraction-watch-", suffix=".part") as part:
        answer = client.download(
            part, etag=state.etag if known else "", last_modified=state.last_modified if known else ""
        )
        if answer.not_modified:
            return
        part.flush()
        with Path(part.name).open(encoding="utf-8-sig", errors="replace", newline="") as lines:
            rows = sum(1 for _ in retraction_watch.read(lines))
        if rows < state.rows * LEAST:
            raise FileRefused(f"The list has {rows:,} rows where the last one had {state.rows:,}. It was not used.")
        fresh = target.with_suffix(".new")
        shutil.copyfile(part.name, fresh)
        fresh.replace(target)
    SourceState.objects.filter(pk=state.pk).update(etag=answer.etag[:200], last_modified=answer.last_modified[:80])
