"""The process that sets booklets, apart from the worker: it knows typst and nothing else (LEAD-132).

Asked on standard input, answered on standard output: a length in four bytes, then that many; an answer begins with a
byte that says whether it is a booklet. It ends when nobody has asked for a while or its worker is gone, and gives back
all that it held.
"""

from __future__ import annotations

import contextlib
import ctypes
import json
import select
import sys
from functools import cache
from pathlib import Path
from typing import IO, TYPE_CHECKING

if TYPE_CHECKING:
    from typst import Compiler

HERE = Path(__file__).resolve().parent
FONTS = HERE.parent.parent / "stemsite" / "fonts"
IDLE = 60.0
MADE, FAILED = b"+", b"-"

KEPT_FOR = 10
"""The engine keeps what it worked out for one booklet until so many more are made: 10 MB each, and no two are alike."""


@cache
def _compiler() -> Compiler:
    """With our fonts alone: those of the library would cost 20 MB. The worker, which only asks, does not load it."""
    import typst

    fonts = typst.Fonts(include_system_fonts=False, include_embedded_fonts=False, font_paths=[FONTS])
    return typst.Compiler(root=HERE, font_paths=fonts, ignore_system_fonts=True)


def compiled(inputs: dict[str, str], timestamp: int) -> bytes:
    """Words go in as data, so that nothing in them is read as markup or code."""
    made = _compiler().compile(
        HERE / "packet.typ", format="pdf", sys_inputs=inputs, pdf_standards="ua-1", timestamp=timestamp
    )
    _give_back()
    if not isinstance(made, bytes):
        raise TypeError("The booklet is one file.")
    return made


def _give_back() -> None:
    """The engine forgets by age, and blank pages age it at half a millisecond each; then the C library is asked."""
    for _ in range(KEPT_FOR + 1):
        _compiler().compile(HERE / "blank.typ", format="svg", sys_inputs=None)
    with contextlib.suppress(AttributeError, OSError):  # Only glibc has it.
        ctypes.CDLL(None).malloc_trim(0)


def send(stream: IO[bytes], content: bytes) -> None:
    stream.write(len(content).to_bytes(4) + content)
    stream.flush()


def receive(stream: IO[bytes]) -> bytes | None:
    """The next message; none where the other side is gone."""
    length = stream.read(4)
    if len(length) < 4:
        return None
    content = stream.read(int.from_bytes(length))
    return content if len(content) == int.from_bytes(length) else None


def main() -> None:
    from typst import TypstError

    asks, answers = sys.stdin.buffer, sys.stdout.buffer
    while select.select([asks], [], [], IDLE)[0]:
        asked = receive(asks)
        if asked is None:
            return
        question = json.loads(asked)
        try:
            answer = MADE + compiled(question["inputs"], question["timestamp"])
        except TypstError as error:
            answer = FAILED + str(error).encode()
        send(answers, answer)


if __name__ == "__main__":
    main()
