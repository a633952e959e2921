"""Name, phone and address beside the database, for the page that is shown when the database fails (PAGE-48)."""

from __future__ import annotations

import json
import logging
from dataclasses import asdict, dataclass
from pathlib import Path

from django.conf import settings

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Reach:
    """How to reach the clinic when its site does not work."""

    name: str = ""
    phone: str = ""
    address_lines: tuple[str, ...] = ()


def _file() -> Path:
    return Path(settings.DATA_DIR) / "reach.json"


def remember(reach: Reach) -> None:
    """Write ``reach`` down; a full disk must not stop the change of the record itself."""
    try:
        target = _file()
        target.parent.mkdir(parents=True, exist_ok=True)
        fresh = target.with_suffix(".new")
        fresh.write_text(json.dumps(asdict(reach)), encoding="utf-8")
        fresh.replace(target)
    except OSError:
        log.warning("The contact lines for error pages could not be written.")


def remembered() -> Reach:
    """What was written last; nothing when there is no such file or it cannot be read."""
    try:
        stored = json.loads(_file().read_text(encoding="utf-8"))
        return Reach(name=stored["name"], phone=stored["phone"], address_lines=tuple(stored["address_lines"]))
    except (OSError, ValueError, KeyError, TypeError):
        return Reach()
