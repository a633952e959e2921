"""JSON-LD as a data block that no text can break out of."""

from __future__ import annotations

import json
from typing import Any

from django.utils.safestring import SafeString, mark_safe

Node = dict[str, Any]

_ESCAPES = {ord("<"): "\\u003c", ord(">"): "\\u003e", ord("&"): "\\u0026", 0x2028: "\\u2028", 0x2029: "\\u2029"}


def node(kind: str, **properties: Any) -> Node:
    """A node of type ``kind`` without its empty properties; ``id`` becomes ``@id``."""
    named = {("@id" if name == "id" else name): value for name, value in properties.items()}
    return {"@type": kind, **{name: value for name, value in named.items() if value not in (None, "", [], (), {})}}


def graph(*nodes: Node) -> SafeString:
    """One ``@graph`` as text for a script element of type application/ld+json."""
    text = json.dumps(
        {"@context": "https://schema.org", "@graph": list(nodes)}, ensure_ascii=False, separators=(",", ":")
    )
    return mark_safe(text.translate(_ESCAPES))
