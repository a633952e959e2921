"""Posted inline rows whose stored row is gone: kept as new ones instead of refused (PUB-69)."""

from __future__ import annotations

from collections.abc import Collection

from django.http import QueryDict


def readmit(data: QueryDict, prefix: str, known: Collection[str], untouched: Collection[str] = ()) -> QueryDict:
    """``data`` of the formset ``prefix`` with every row not in ``known`` moved behind the others, without its id.

    A row that is gone and ``untouched`` here stays gone: nobody typed anything in it.
    """
    total, initial = _number(data, f"{prefix}-TOTAL_FORMS"), _number(data, f"{prefix}-INITIAL_FORMS")
    rows = [_row(data, f"{prefix}-{index}-") for index in range(min(total, len(data)))]
    old, new = rows[:initial], rows[initial:]
    present = [row for row in old if "".join(row.get("id", [])) in known]
    gone = [row for row in old if row not in present and "DELETE" not in row]
    gone = [row for row in gone if "".join(row.get("id", [])) not in untouched]
    if len(present) == len(old):
        return data
    changed = QueryDict(mutable=True)
    for key, values in data.lists():
        if not (key.startswith(f"{prefix}-") and key.removeprefix(f"{prefix}-").partition("-")[0].isdigit()):
            changed.setlist(key, values)
    for index, row in enumerate([*present, *({**row, "id": [""]} for row in gone), *new]):
        for name, values in row.items():
            changed.setlist(f"{prefix}-{index}-{name}", values)
    changed[f"{prefix}-INITIAL_FORMS"] = str(len(present))
    changed[f"{prefix}-TOTAL_FORMS"] = str(len(present) + len(gone) + len(new))
    return changed


def _row(data: QueryDict, start: str) -> dict[str, list[str]]:
    return {key.removeprefix(start): values for key, values in data.lists() if key.startswith(start)}


def _number(data: QueryDict, key: str) -> int:
    value = data.get(key, "")
    return int(value) if value.isascii() and value.isdigit() else 0
