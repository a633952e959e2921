"""The mark of a study: its shape says how it was done, its area how many people. Pure."""

from __future__ import annotations

import math

SHAPES = {
    "one group": "M{l} 0a{r} {r} 0 1 0 {d} 0a{r} {r} 0 1 0-{d} 0z",
    "compared": "M{s} {s}h{w}v{w}h-{w}z",
    "by chance": "M0 {t}l{u} {u}-{u} {u}-{u}-{u}z",
}
"""A circle, a square and a diamond of the same area around the origin."""


def shape(kind: str, r: float) -> str:
    side = r * math.sqrt(math.pi)
    half = side / math.sqrt(2)
    values = {"l": -r, "r": r, "d": 2 * r, "s": -side / 2, "w": side, "t": -half, "u": half}
    return SHAPES[kind].format(**{name: f"{value:.3g}" for name, value in values.items()})


_CLASSES = {"one group": "one", "compared": "two", "by chance": "luck"}


def sign(kind: str, *, hollow: bool = False, struck: bool = False) -> str:
    """A mark beside its words, for the legend."""
    drawn = paths(kind, 6, hollow=hollow, struck=struck)
    return f'<svg class="years sign" viewBox="-10 -10 20 20" width="20" height="20" aria-hidden="true">{drawn}</svg>'


def paths(kind: str, r: float, *, hollow: bool, struck: bool) -> str:
    classes = f"{_CLASSES[kind]} hollow" if hollow else _CLASSES[kind]
    strike = f'<path class="strike" d="M-{r + 3:g} 0h{2 * r + 6:g}"/>' if struck else ""
    return f'<path class="{classes}" d="{shape(kind, r)}"/>{strike}'
