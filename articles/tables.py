"""Tables of the editor as readers get them: in a box of their own that scrolls, with scopes (PAGE-71, AX-09). Pure."""

from __future__ import annotations

import re
from html import escape

_TABLE = re.compile(r"<table>(.*?)</table>", re.DOTALL)
_ROW = re.compile(r"<tr>(.*?)</tr>", re.DOTALL)
_WRAPPED = re.compile(r"(<t[hd](?: [^>]*)?>)<p>((?:(?!</?p>).)*)</p>(?=</t[hd]>)", re.DOTALL)


def boxed(html: str, name: str) -> str:
    """``html`` with each table in a scrolling box that the keyboard reaches and that is called ``name``."""
    return _TABLE.sub(lambda table: _box(table[1], name), html)


def _box(rows: str, name: str) -> str:
    label = escape(f"Table: {name}" if name else "Table")
    scoped = _ROW.sub(lambda row: f"<tr>{_scoped(row[1])}</tr>", _WRAPPED.sub(r"\1\2", rows))
    return f'<div class="box" role="region" aria-label="{label}" tabindex="0"><table>{scoped}</table></div>'


def _scoped(cells: str) -> str:
    """Header cells of a row of headers head their columns; a header beside data heads its row."""
    scope = "row" if "<td" in cells else "col"
    return re.sub(r"<th(?=[ >])", f'<th scope="{scope}"', cells)
