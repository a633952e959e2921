"""Blocks as mark-up for the packet's page: escaped once, links of this site only (LEAD-46)."""

from __future__ import annotations

from collections.abc import Iterable

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe

from .blocks import Block, Cell, Run

_HEADING = "h3"
_LOCAL = ("mailto:", "tel:")


def html_of(blocks: Iterable[Block], *, site_url: str) -> SafeString:
    return format_html_join("\n", "{}", ((_block(block, site_url),) for block in blocks))


def inline(runs: Iterable[Run], *, site_url: str) -> SafeString:
    return format_html_join("", "{}", ((_run(run, site_url),) for run in runs))


def _block(block: Block, site_url: str) -> SafeString:
    match block.kind:
        case "h":
            return format_html("<h3>{}</h3>", inline(block.runs, site_url=site_url))
        case "statute" | "statute-largest":
            largest = " is-largest" if block.kind == "statute-largest" else ""
            return format_html('<div class="statute{}"><p>{}</p></div>', largest, inline(block.runs, site_url=site_url))
        case "ul" | "ol":
            items = format_html_join("", "<li>{}</li>", ((_item(item, site_url),) for item in block.items))
            return format_html("<{0}>{1}</{0}>", mark_safe(block.kind), items)
        case "table":
            rows = format_html_join("", "<tr>{}</tr>", ((_row(row, site_url),) for row in block.rows))
            return format_html('<div class="wide-table" tabindex="0"><table>{}</table></div>', rows)
        case "callout":
            return format_html(
                '<div class="callout"><p><strong>{}</strong></p>{}</div>',
                inline(block.runs, site_url=site_url),
                html_of(block.items[0], site_url=site_url),
            )
    return format_html("<p>{}</p>", inline(block.runs, site_url=site_url))


def _item(blocks: tuple[Block, ...], site_url: str) -> SafeString:
    """A point of one paragraph needs none around it."""
    if len(blocks) == 1 and blocks[0].kind == "p":
        return inline(blocks[0].runs, site_url=site_url)
    return html_of(blocks, site_url=site_url)


def _row(row: tuple[Cell, ...], site_url: str) -> SafeString:
    return format_html_join("", "{}", ((_cell(cell, site_url),) for cell in row))


def _cell(cell: Cell, site_url: str) -> SafeString:
    tag = "th" if cell.head else "td"
    spans = format_html_join(
        "", ' {}="{}"', ((name, n) for name, n in (("colspan", cell.columns), ("rowspan", cell.rows)) if n > 1)
    )
    return format_html("<{0}{1}>{2}</{0}>", mark_safe(tag), spans, inline(cell.runs, site_url=site_url))


def _run(run: Run, site_url: str) -> SafeString:
    if run.cites:
        links = format_html_join(
            mark_safe("<span>, </span>"),
            '<a href="#ref-{0}" role="doc-biblioref"><span class="vh">Reference </span>{0}</a>',
            ((number,) for number in run.cites),
        )
        return format_html('<sup class="cite">{}</sup>', links)
    words = format_html_join(mark_safe("<br>"), "{}", ((line,) for line in run.text.split("\n")))
    for tag, holds in (("strong", run.bold), ("em", run.italic), (run.script, bool(run.script))):
        if holds:
            words = format_html("<{0}>{1}</{0}>", mark_safe(tag), words)
    if run.href.startswith((f"{site_url}/", *_LOCAL)):
        return format_html('<a href="{}">{}</a>', run.href, words)
    if run.href and not _is_printed(run):
        return format_html("{} ({})", words, run.href)
    return words


def _is_printed(run: Run) -> bool:
    """Whether the words themselves say where they lead: an address, a DOI or a registry number."""
    bare = run.href.partition("://")[2]
    return bool(bare) and (bare in run.text or run.text.startswith(("doi:", "NCT")))
