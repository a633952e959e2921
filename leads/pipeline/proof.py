"""The proof of consent as a page to read or to print: each act, with the very words (LEAD-39)."""

from __future__ import annotations

import datetime
import json
import threading
from collections.abc import Iterable
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from django.utils import timezone

from leads.models import Consent, Contact
from leads.packets.settable import settable
from leads.wordings import spoken
from stemsite.clinic.models import Clinic, Wording

if TYPE_CHECKING:
    from typst import Compiler

HERE = Path(__file__).resolve().parent
FONTS = HERE.parent.parent / "stemsite" / "fonts"
_lock = threading.Lock()


@cache
def _compiler() -> Compiler:
    """Loaded with the first proof: most processes never make one, and it is 9 MB."""
    import typst

    fonts = typst.Fonts(include_system_fonts=False, include_embedded_fonts=False, font_paths=[FONTS])
    return typst.Compiler(HERE / "proof.typ", root=HERE, font_paths=fonts, ignore_system_fonts=True)


def proof_pdf(contact: Contact, entries: Iterable[dict[str, Any]]) -> bytes:
    clinic = Clinic.current().name
    data = {
        "clinic": clinic,
        "reference": contact.reference,
        "email": contact.email or "The address was erased.",
        "made_on": f"{timezone.localdate():%Y-%m-%d}",
        "entries": [_shown(entry, clinic) for entry in entries],
    }
    inputs = {"data": settable(json.dumps(data, ensure_ascii=False))}
    with _lock:
        made = _compiler().compile(
            format="pdf", sys_inputs=inputs, pdf_standards="ua-1", timestamp=int(timezone.now().timestamp())
        )
    if not isinstance(made, bytes):
        raise TypeError("The proof is one file.")
    return made


def _shown(entry: dict[str, Any], clinic: str) -> dict[str, Any]:
    wording = entry["wording"]
    at = timezone.localtime(datetime.datetime.fromisoformat(entry["at"]))
    facts = {
        "When": f"{at:%Y-%m-%d %H:%M %Z}",
        "How": Consent.Method(entry["method"]).label,
        "Taken by": entry["operator"],
        "On the page": entry["page"],
        "Version of the page": entry["page_version"],
        "Privacy policy": entry["policy"],
        "Link sent": entry["link_sent_at"],
        "Link used": entry["link_used_at"],
        "What else shows it": entry["evidence"],
        "Day of that": entry["evidence_on"],
        "Wording": _named(wording),
        "SHA-256 of the wording": wording.get("sha256", ""),
    }
    purpose, action = Consent.Purpose(entry["purpose"]).label, Consent.Action(entry["action"]).label.lower()
    words = " ".join(spoken(part, clinic) for part in (wording.get("lead"), wording.get("text")) if part)
    return {
        "heading": f"{purpose}: {action}",
        "facts": [[label, value] for label, value in facts.items() if value],
        "words": words,
    }


def _named(wording: dict[str, Any]) -> str:
    if not wording:
        return ""
    return f"{Wording.Kind(wording['kind']).label}, {wording['jurisdiction']}, version {wording['version']}"
