"""Long work of the library, done by the worker: reading and applying imports, asking registries."""

from __future__ import annotations

from typing import Any

from django.contrib.auth import get_user_model
from django.tasks import task

from . import checking
from .auditing import handed_in
from .importing import applying, reading
from .models import ImportBatch, PageAudit, Reference
from .sources.live import sources


@task(queue_name="long")
def read_import(batch_id: int) -> str:
    """Read a stored batch into rows; run again, it goes on where it stood."""
    batch = ImportBatch.objects.get(pk=batch_id)
    reading.read_batch(batch, sources=sources)
    return batch.state


@task(queue_name="long")
def apply_import(batch_id: int, by_id: int | None) -> dict[str, int]:
    """Apply what was decided about a batch's rows; run again, it goes on where it stood."""
    return dict(applying.apply_batch(ImportBatch.objects.get(pk=batch_id), by=_member(by_id)))


@task(queue_name="long")
def check_reference(reference_id: int, by_id: int | None, again: bool = False) -> str:
    """Ask the registries about one reference and keep the verdict."""
    references = Reference.objects.filter(pk=reference_id)
    checked = checking.check(references, index=None, sources=sources(), by=_member(by_id), again=again)
    return next((one.found.verdict for one in checked), "")


@task(queue_name="long")
def audit_page(audit_id: int) -> str:
    """Read a page that was handed in and write down its defects; run again, it reads the same page anew."""
    page = PageAudit.objects.get(pk=audit_id)
    handed_in.read_audit(page, sources=sources)
    return page.state


def _member(pk: int | None) -> Any:
    return get_user_model().objects.filter(pk=pk).first() if pk else None
