"""Two people's edits of one form put together: what only one of them changed is taken, the rest is asked (PUB-68).

The form carries fingerprints of what it was opened with. Beside what was typed and what is stored now, they tell
who changed which field, on every kind of page.
"""

from __future__ import annotations

import copy
import datetime
import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from django import forms
from django.contrib.admin.utils import flatten_fieldsets
from django.http import HttpRequest, QueryDict
from django.utils.choices import flatten_choices
from django.utils.text import capfirst

from ..models import Page
from ..wording_diff import Piece, words_between

Value = str | list[str]
ORDER = "order"
STEP = 10
NOT_COMPARED = frozenset({"id", "DELETE", "lock_version"})
PLACE = frozenset({"ordering", "region"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Overlap:
    """A field that both changed, to different values."""

    name: str
    """Of the question on the form."""
    label: str
    pieces: tuple[Piece, ...]
    deleted: bool = False
    """Whether the one who types has removed what the other changed."""


@dataclass(slots=True, kw_only=True)
class Plan:
    data: QueryDict
    """The form with both edits in it."""
    taken: list[str] = field(default_factory=list)
    """What only the other person changed."""
    overlaps: list[Overlap] = field(default_factory=list)
    both_moved: bool = False


def snapshot(form: Any, formsets: Iterable[Any]) -> str:
    """Fingerprints of what an unbound form shows, as the form carries them."""
    values = {name: _print(value) for name, value in _shown(form).items()}
    order: list[tuple[int, str]] = []
    for formset in formsets:
        for row in formset.initial_forms:
            start = f"{formset.prefix}#{row.instance.pk}"
            values |= {f"{start}.{name}": _print(value) for name, value in _shown(row).items()}
            if "region" in row.fields:
                order.append((row.instance.ordering, start))
    return json.dumps({**values, ORDER: [name for _, name in sorted(order)]}, separators=(",", ":"))


def read_snapshot(text: str) -> Mapping[str, Any]:
    """What ``snapshot`` wrote; empty for anything else."""
    try:
        values = json.loads(text)
    except (ValueError, RecursionError):
        return {}
    if not isinstance(values, dict) or not isinstance(values.get(ORDER), list):
        return {}
    prints = all(isinstance(value, str) for name, value in values.items() if name != ORDER)
    return values if prints and all(isinstance(name, str) for name in values[ORDER]) else {}


def untouched(data: QueryDict, prefix: str, form: Any, opened: Mapping[str, Any]) -> frozenset[str]:
    """Ids of the posted rows that stand as they were opened."""
    found = set()
    for index in range(_total(data, prefix)):
        start = f"{prefix}-{index}-"
        pk = data.get(f"{start}id", "")
        known = {name: opened.get(f"{prefix}#{pk}.{name}") for name in form.base_fields if name not in NOT_COMPARED}
        mine = {name: _print(_posted(form.base_fields[name], data, start + name)) for name in known}
        if pk and all(known[name] in (None, mine[name]) for name in known if name not in PLACE) and any(known.values()):
            found.add(pk)
    return frozenset(found)


def merge(request: HttpRequest, model_admin: Any, page: Page) -> Plan | None:
    """What was sent, with what was saved since the form was opened; none where that cannot be told apart."""
    opened = read_snapshot(request.POST.get("opened", ""))
    if not opened:
        return None
    form, formsets = _stored(request, model_admin, page)
    return _Merging(request.POST, opened, form, formsets).plan


def _stored(request: HttpRequest, model_admin: Any, page: Page) -> tuple[Any, list[Any]]:
    """The form as it would be opened now."""
    looking = copy.copy(request)
    looking.method = "GET"
    fields = flatten_fieldsets(model_admin.get_fieldsets(request, page))
    form = model_admin.get_form(request, page, change=True, fields=fields)(instance=page)
    formsets, _ = model_admin._create_formsets(looking, page, change=True)
    return form, formsets


class _Merging:
    def __init__(self, sent: QueryDict, opened: Mapping[str, Any], form: Any, formsets: list[Any]) -> None:
        self.sent = sent
        self.opened = opened
        self.plan = Plan(data=sent.copy())
        self._fields(form, "", "", "")
        sections = [formset for formset in formsets if "region" in formset.form.base_fields]
        ordered = self._order(sections)
        for formset in formsets:
            self._rows(formset)
        if sections:
            self._place(sections, ordered)

    # -- fields -----------------------------------------------------------------------------

    def _fields(self, form: Any, key: str, start: str, name_of_row: str) -> None:
        """``form`` is the stored one; what was sent for it stands under names that begin with ``start``."""
        for name, theirs in _shown(form).items():
            base = self.opened.get(f"{key}{name}")
            mine = _posted(form.fields[name], self.sent, start + name)
            if (key and name in PLACE) or base is None or _print(theirs) in (base, _print(mine)):
                continue
            label = form[name].label if not name_of_row else f"{name_of_row}: {form[name].label}"
            if _print(mine) == base:
                self.plan.taken.append(label)
                _write(self.plan.data, start + name, theirs)
            else:
                self._ask(f"keep:{key}{name}", label, form.fields[name], theirs, mine, start + name)

    def _ask(self, name: str, label: str, field: Any, theirs: Value, mine: Value, at: str) -> None:
        pieces = words_between(_words(theirs, field), _words(mine, field), sources={})
        self.plan.overlaps.append(Overlap(name=name, label=label, pieces=pieces))
        if self.sent.get(name) == "theirs":
            _write(self.plan.data, at, theirs)

    # -- rows -------------------------------------------------------------------------------

    def _rows(self, formset: Any) -> None:
        prefix = formset.prefix
        places = {self.sent.get(f"{prefix}-{index}-id", ""): index for index in range(_total(self.sent, prefix))}
        for row in formset.initial_forms:
            pk, index = str(row.instance.pk), places.get(str(row.instance.pk))
            key = f"{prefix}#{pk}."
            if index is None:
                if not any(name.startswith(key) for name in self.opened):
                    self._add(formset, row)
                continue
            start = f"{prefix}-{index}-"
            if f"{start}DELETE" in self.sent:
                self._deleted_by_me(row, key, start)
            else:
                self._fields(row, key, start, capfirst(str(row.instance)))

    def _deleted_by_me(self, row: Any, key: str, start: str) -> None:
        """What I removed and the other changed stays, unless I say again that it goes."""
        shown = _shown(row)
        names = [name for name in shown if name not in PLACE and key + name in self.opened]
        changed = [name for name in names if _print(shown[name]) != self.opened[key + name]]
        if not changed:
            return
        words = words_between(_words(shown[changed[0]], row.fields[changed[0]]), "", sources={})
        self.plan.overlaps.append(
            Overlap(name=f"keep:{key}DELETE", label=capfirst(str(row.instance)), pieces=words, deleted=True)
        )
        if self.sent.get(f"keep:{key}DELETE") != "mine":
            del self.plan.data[f"{start}DELETE"]
            for name, value in shown.items():
                _write(self.plan.data, start + name, value)

    def _add(self, formset: Any, row: Any) -> None:
        """A row that the other added stands among the stored ones: those come first."""
        prefix, data = formset.prefix, self.plan.data
        total, initial = _total(data, prefix), _number(data, f"{prefix}-INITIAL_FORMS")
        for index in range(total, initial, -1):
            _move(data, f"{prefix}-{index - 1}-", f"{prefix}-{index}-")
        data[f"{prefix}-{initial}-id"] = str(row.instance.pk)
        for name, value in _shown(row).items():
            _write(data, f"{prefix}-{initial}-{name}", value)
        data[f"{prefix}-TOTAL_FORMS"], data[f"{prefix}-INITIAL_FORMS"] = str(total + 1), str(initial + 1)
        self.plan.taken.append(f"{capfirst(str(row.instance))} (new)")

    # -- order ------------------------------------------------------------------------------

    def _order(self, formsets: list[Any]) -> list[str]:
        """Names of all sections in their new order; those that have no row yet by their place on the form."""
        base = list(self.opened[ORDER])
        theirs = [name for _, name in sorted(self._stored_places(formsets))]
        mine = [name for _, _, name in sorted(self._sent_places(formsets))]
        known = set(base)
        i_moved = _among(mine, known & set(theirs)) != _among(base, set(mine) & set(theirs))
        they_moved = _among(theirs, known & set(mine)) != _among(base, set(mine) & set(theirs))
        self.plan.both_moved = i_moved and they_moved and _among(mine, set(theirs)) != _among(theirs, set(mine))
        if they_moved and not i_moved:
            self.plan.taken.append("Order of the sections")
        return _woven(mine, theirs) if i_moved else _woven(theirs, mine)

    def _stored_places(self, formsets: list[Any]) -> Iterator[tuple[int, str]]:
        for formset in formsets:
            for row in formset.initial_forms:
                yield row.instance.ordering, f"{formset.prefix}#{row.instance.pk}"

    def _sent_places(self, formsets: list[Any]) -> Iterator[tuple[int, int, str]]:
        for number, formset in enumerate(formsets):
            for index in range(_total(self.sent, formset.prefix)):
                start = f"{formset.prefix}-{index}-"
                pk = self.sent.get(f"{start}id", "")
                place = _number(self.sent, f"{start}ordering")
                yield place, number * 1000 + index, f"{formset.prefix}#{pk}" if pk else f"{formset.prefix}#new{index}"

    def _place(self, formsets: list[Any], ordered: list[str]) -> None:
        places = {name: (number + 1) * STEP for number, name in enumerate(ordered)}
        data = self.plan.data
        for formset in formsets:
            was_new = [name for name in ordered if name.startswith(f"{formset.prefix}#new")]
            was_new.sort(key=lambda name: int(name.rpartition("new")[2]))
            for index in range(_total(data, formset.prefix)):
                pk = data.get(f"{formset.prefix}-{index}-id", "")
                name = f"{formset.prefix}#{pk}" if pk else was_new.pop(0) if was_new else ""
                if name in places:
                    data[f"{formset.prefix}-{index}-ordering"] = str(places[name])


def _among(names: list[str], these: set[str]) -> list[str]:
    return [name for name in names if name in these]


def _woven(spine: list[str], other: list[str]) -> list[str]:
    """``spine``, with what only ``other`` has behind the one that it follows there."""
    found = list(spine)
    for index, name in enumerate(other):
        if name not in found:
            before = next((one for one in reversed(other[:index]) if one in found), None)
            found.insert(found.index(before) + 1 if before is not None else 0, name)
    return found


# -- values of fields -----------------------------------------------------------------------


def _shown(form: Any) -> dict[str, Value]:
    """Every field of an unbound form as the browser would send it back."""
    names = [name for name in form.fields if name not in NOT_COMPARED and not form.fields[name].disabled]
    parents = {getattr(getattr(form, "fk", None), "name", ""), "parent"}
    return {name: _plain(form.fields[name], form[name].value()) for name in names if name not in parents}


def _posted(form_field: Any, data: QueryDict, name: str) -> Value:
    return _plain(form_field, form_field.widget.value_from_datadict(data, {}, name))


def _plain(form_field: Any, value: Any) -> Value:
    match value:
        case None | False:
            return ""
        case True:
            return "on"
        case datetime.date():
            return str(form_field.widget.format_value(value))
        case str():
            return value.replace("\r\n", "\n").strip()
        case _ if hasattr(value, "__iter__"):
            return [str(getattr(each, "pk", each)) for each in value]
    return str(getattr(value, "pk", value))


def _print(value: Value) -> str:
    text = json.dumps(value if value else "")
    return hashlib.sha256(text.encode(errors="replace")).hexdigest()[:12]


def _words(value: Value, field: Any) -> str:
    """``value`` as people read it: names of what was chosen, never their numbers."""
    values = [value] if isinstance(value, str) else value
    match field:
        case forms.ModelChoiceField():
            ids = [each for each in values if _is_id(each)]
            named = {str(each.pk): field.label_from_instance(each) for each in field.queryset.filter(pk__in=ids)}
        case forms.ChoiceField():
            named = {str(key): str(words) for key, words in flatten_choices(field.choices)}
        case forms.BooleanField():
            named = {"on": "Yes", "": "No"}
        case _:
            named = {}
    return ", ".join(named.get(each, each) for each in values)


def _is_id(value: str) -> bool:
    return value.isascii() and value.isdigit() and len(value) < 19


def _write(data: QueryDict, name: str, value: Value) -> None:
    if value in ("", []):
        data.pop(name, None)
    elif isinstance(value, list):
        data.setlist(name, value)
    else:
        data[name] = value


def _move(data: QueryDict, start: str, to: str) -> None:
    for name in [name for name in data if name.startswith(to)]:
        del data[name]
    for name in [name for name in data if name.startswith(start)]:
        data.setlist(to + name.removeprefix(start), data.pop(name))


def _number(data: QueryDict, name: str) -> int:
    value = data.get(name, "")
    return int(value) if value.isascii() and value.isdigit() and len(value) < 9 else 0


def _total(data: QueryDict, prefix: str) -> int:
    return min(_number(data, f"{prefix}-TOTAL_FORMS"), len(data))
