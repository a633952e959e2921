"""Blocks in the marks that our sections hold."""

from __future__ import annotations

from html import escape

from .blocks import BREAK, Block, List, Paragraph, Run, Table


def write(block: Block, top: int) -> str:
    match block:
        case Paragraph(runs, level) if level:
            tag = "h3" if level == top else "h4"
            return f"<{tag}>{escape(runs[0].text, quote=False)}</{tag}>"
        case Paragraph(runs):
            return f"<p>{''.join(map(_inline, runs))}</p>"
        case List(ordered, items):
            tag = "ol" if ordered else "ul"
            return f"<{tag}>{''.join(f'<li>{_all(item)}</li>' for item in items)}</{tag}>"
        case Table(rows):
            written = "".join(f"<tr>{''.join(_written_cell(*cell) for cell in row)}</tr>" for row in rows)
            return f"<table><tbody>{written}</tbody></table>"


def _all(blocks: list[Block]) -> str:
    return "".join(write(block, 0) for block in blocks)


def _written_cell(opening: str, blocks: list[Block]) -> str:
    return f"<{opening}>{_all(blocks) or '<p></p>'}</{opening.partition(' ')[0]}>"


def _inline(run: Run) -> str:
    if run is BREAK:
        return "<br>"
    if run.cite:
        return run.cite
    marks = run.marks
    text = escape(run.text, quote=False)
    if marks.shift:
        text = f"<{marks.shift}>{text}</{marks.shift}>"
    if marks.italic:
        text = f"<em>{text}</em>"
    if marks.bold:
        text = f"<strong>{text}</strong>"
    return f'<a href="{quoted(marks.href)}">{text}</a>' if marks.href else text


def quoted(text: str) -> str:
    return escape(text, quote=False).replace('"', "&quot;")
