"""Which packet a guide offers: told by the app that has packets, which articles know nothing of."""

from __future__ import annotations

from collections.abc import Callable

SubjectOf = Callable[[str], str]
"""Slug of a live guide -> what its packet is about, in a word; empty where it has none."""

_subjects: list[tuple[SubjectOf, str]] = []


def register_packets(subject_of: SubjectOf, *, key: str) -> None:
    """Set who knows the packets, from ``ready()``; pages that name one depend on ``key``."""
    _subjects[:] = [(subject_of, key)]


def packet_about(guide: str) -> tuple[str, frozenset[str]]:
    """The subject of the packet that is offered on ``guide``, and what a page that names it depends on."""
    for subject_of, key in _subjects:
        return subject_of(guide), frozenset({key})
    return "", frozenset()
