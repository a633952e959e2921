"""Labelled references against a file of records: how well the checker does, case by case (pure)."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from .matching.index import RecordIndex
from .sources.base import FileRefused
from .sources.reading import read
from .verification import Verification, verify


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """One case: what was found, and whether its label agrees; a case without a label agrees with everything."""

    id: str
    text: str
    verification: Verification
    expected: Mapping[str, Any] | None = None

    def as_json(self) -> dict[str, Any]:
        """The line that is printed, and what the label is compared with."""
        found = self.verification
        return {
            "id": self.id,
            "verdict": found.verdict,
            "record": found.record.id if found.record else None,
            "mismatches": found.fields,
            "integrity": found.integrity,
        }

    @property
    def agrees(self) -> bool:
        ours = self.as_json()
        labels = self.expected or {}
        return all(sorted(ours[key]) == sorted(label) if key == "mismatches" else ours[key] == label
                   for key, label in labels.items() if key in ours)  # fmt: skip

    @property
    def is_wrongly_verified(self) -> bool:
        return (
            self.verification.verdict == "verified"
            and bool(self.expected)
            and (self.expected or {}).get("verdict") != "verified"
        )


def read_index(data: bytes) -> RecordIndex:
    """An index over any file of records that can be read."""
    return RecordIndex(read(data).records)


def run(cases: bytes, index: RecordIndex) -> Iterator[Outcome]:
    """Every case of a file, in order."""
    for number, case in enumerate(_cases(cases), 1):
        text = str(case.get("text") or "")
        expected = case.get("expected")
        yield Outcome(
            id=str(case.get("id") or number),
            text=text,
            verification=verify(text, index),
            expected=expected if isinstance(expected, Mapping) else None,
        )


def _cases(data: bytes) -> list[Mapping[str, Any]]:
    try:
        plain = json.loads(data)
    except (ValueError, RecursionError):
        raise FileRefused("The file of cases is not JSON.") from None
    listed = plain.get("items") or plain.get("cases") if isinstance(plain, Mapping) else plain
    if not isinstance(listed, list) or not listed:
        raise FileRefused("The file of cases holds no list of cases.")
    return [case if isinstance(case, Mapping) else {"text": str(case)} for case in listed]
