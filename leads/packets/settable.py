"""Which letters the booklet's own fonts have. Pure; the fonts are the files beside this one."""

from __future__ import annotations

import re

_RANGES = (
    "\\x20-\\x7e\\u00a0-\\u0148\\u014a-\\u024f\\u0259\\u02b0-\\u02dd\\u0300-\\u0338"
    "\\u0370-\\u0377\\u037a-\\u037f\\u0384-\\u038a\\u038c\\u038e-\\u03a1\\u03a3-\\u03e1\\u03f0-\\u03ff\\u0400-\\u045f\\u0490-\\u0493"
    "\\u1e00-\\u1eff\\u2000-\\u2027\\u202f-\\u2044\\u2070\\u2071\\u2074-\\u208e\\u2090-\\u209c\\u20a0-\\u20bf"
    "\\u2116\\u2122\\u2150-\\u215f\\u2190-\\u2193\\u2202\\u2206\\u2212\\u2219\\u221a\\u221e\\u2248\\u2260\\u2264\\u2265"
    "\\u25ca\\ufffd"
)

_MISSING = re.compile(f"[^{_RANGES}\\s]")


def missing_letters(text: str) -> tuple[str, ...]:
    """Letters of ``text`` that the booklet cannot print, each once."""
    return tuple(dict.fromkeys(_MISSING.findall(text)))


def settable(text: str) -> str:
    """``text`` with a visible sign in the place of each letter that cannot be printed: no packet fails for it."""
    return _MISSING.sub("\N{REPLACEMENT CHARACTER}", text)
