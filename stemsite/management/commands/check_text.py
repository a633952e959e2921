"""``manage.py check_text [--scope S] [FILE or -] [--json]``: content checks on any text or HTML."""

from __future__ import annotations

import json
import re
import sys
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any, get_args

from django.core.management.base import BaseCommand, CommandError, CommandParser

from stemsite.checks import Block, Finding, check_blocks, packaged
from stemsite.checks.block import Kind
from stemsite.checks.finding import Scope
from stemsite.checks.sentences import pieces
from stemsite.publishing.saying import prose

LONGEST_HEADING = 80

_BULLET = re.compile(r"[-*•·‣–]|\d{1,2}[.)]")
_LOOKS_LIKE_HTML = re.compile(r"</(?:p|li|h[1-6]|div|td|body|ul)>", re.IGNORECASE)


class Command(BaseCommand):
    help = "Say what the content checks find in a text, or in HTML cut at its block elements."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", nargs="?", default="-", help="a text or HTML file, or - for what is piped in")
        parser.add_argument("--scope", default="article", choices=get_args(Scope))
        parser.add_argument("--json", action="store_true", help="one line for each finding")

    def handle(self, *args: Any, **options: Any) -> None:
        text = read(options["file"])
        is_html = _LOOKS_LIKE_HTML.search(text) is not None
        blocks = html_blocks(text) if is_html else text_blocks(text)
        for finding in check_blocks(blocks, options["scope"], lexicon=packaged()):
            # A block of plain text is named by where it begins, so offsets can count from the beginning of the file.
            start = 0 if is_html else int(finding.surface)
            placed = replace(finding, start=finding.start + start, end=finding.end + start)
            self.stdout.write(
                json.dumps(asdict(placed), ensure_ascii=False) if options["json"] else self._in_words(placed)
            )

    def _in_words(self, finding: Finding) -> str:
        name = f"{finding.rule} {finding.pattern or ''}".strip()
        return (
            f"{finding.severity}  {name}  block {finding.surface}, {finding.start}-{finding.end}: {finding.sentence}\n"
            f"       {finding.explanation} {finding.suggestion}"
        )


def read(name: str) -> str:
    """The text; bytes that are no UTF-8 are read as the replacement character rather than refused."""
    try:
        data = sys.stdin.buffer.read() if name == "-" else Path(name).read_bytes()
    except OSError as error:
        raise CommandError(f"{name} cannot be read: {error.strerror}.") from error
    return data.decode("utf-8-sig", "replace")


def html_blocks(html: str) -> list[Block]:
    return [replace(block, key=str(number)) for number, block in enumerate(prose(html, key=""), start=1)]


def text_blocks(text: str) -> list[Block]:
    """Plain text cut at empty lines and bullets; a short line without a full stop reads as a heading."""
    return [
        Block(key=str(start), kind=_kind(text[start:end].strip()), text=text[start:end])
        for start, end in pieces(text)
        if text[start:end].strip()
    ]


def _kind(piece: str) -> Kind:
    if _BULLET.match(piece):
        return "item"
    return "heading" if len(piece) <= LONGEST_HEADING and "\n" not in piece and piece[-1] not in ".!?" else "paragraph"
