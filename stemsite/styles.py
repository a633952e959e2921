"""The stylesheets of the public site: plain files in ``static/stemsite/css/``, joined in the order of their layers.

A page names one sheet: that of all reading, or the same with what forms, the library, or the glossary need besides,
because a second file would be one more trip before anything is seen. ``collectstatic`` and the development server
both meet the joined files through ``SiteFinder``; the parts themselves are never published.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.staticfiles.finders import FileSystemFinder
from django.core.files.storage import FileSystemStorage

NAME = "stemsite/site.css"
PARTS = "stemsite/css/"
BESIDES = "stemsite/css_besides/"
SHEETS = {
    NAME: "",
    "stemsite/forms.css": "forms.css",
    "stemsite/glossary.css": "glossary.css",
    "stemsite/library.css": "library.css",
}
LAYERS = ("reset", "tokens", "base", "layout", "components", "utilities")

_SQUEEZED = re.compile(
    r"""(?P<kept>"[^"]*"|'[^']*')"""
    r"|/\*.*?\*/"
    r"|(?P<rule>@(?:media|supports|container))\s+(?=\()"
    r"|\s*(?P<mark>[{};,])\s*"
    r"|(?P<colon>:)\s+"
    r"|(?P<blank>\s+)",
    re.DOTALL,
)
_SELECTORS = re.compile(r"""(?P<kept>"[^"]*"|'[^']*')|[^{};@"']+\{""")
_COMBINED = re.compile(r" ([>+~]) ")


def parts(folder: Path, layer: str) -> list[Path]:
    """The files of ``layer``: the one that has its name, then those in the folder of its name."""
    return [path for path in (folder / f"{layer}.css",) if path.exists()] + sorted((folder / layer).glob("*.css"))


def joined(folder: Path) -> str:
    """All parts as one small stylesheet that names the order of the layers first."""
    layers = [_layer(parts(folder, layer), layer) for layer in LAYERS]
    return f"@layer {','.join(LAYERS)};{''.join(layers)}"


def _layer(files: Sequence[Path], layer: str) -> str:
    """The files of one layer under one ``@layer``; each file names its layer itself, for who reads it."""
    text = squeezed("".join(path.read_text(encoding="utf-8") for path in files))
    return text.replace(f"}}@layer {layer}{{", "")


def squeezed(css: str) -> str:
    """``css`` without comments and needless blanks; quoted text is left as it stands."""

    def shorter(match: re.Match[str]) -> str:
        if match["kept"]:
            return match["kept"]
        return match["mark"] or match["colon"] or match["rule"] or (" " if match["blank"] else "")

    small = _SQUEEZED.sub(shorter, css).replace(";}", "}").strip()
    # Between selectors alone: in a sum, the blanks about a plus sign are part of what it says.
    return _SELECTORS.sub(lambda match: match["kept"] or _COMBINED.sub(r"\1", match[0]), small)


class SiteFinder(FileSystemFinder):
    """Finds what stands in ``STATICFILES_DIRS``, with the joined stylesheets in place of their parts."""

    def find(self, path: str, find_all: Any = False) -> Any:
        if path in SHEETS:
            built = self._build(path)
            return [built] if find_all else built
        return super().find(path, find_all=find_all)

    def list(self, ignore_patterns: Iterable[str] | None) -> Iterator[tuple[str, Any]]:
        yield from super().list([*(ignore_patterns or ()), f"{PARTS}*", f"{BESIDES}*"])
        for name in SHEETS:
            self._build(name)
            yield name, FileSystemStorage(location=_built_in())

    def _build(self, name: str) -> str:
        static = str(settings.BASE_DIR / "static")
        text = joined(Path(str(self.find_location(static, PARTS))))
        if besides := SHEETS[name]:
            text += squeezed(Path(str(self.find_location(static, BESIDES + besides))).read_text(encoding="utf-8"))
        target = _built_in() / name
        target.parent.mkdir(parents=True, exist_ok=True)
        if not target.exists() or target.read_text(encoding="utf-8") != text:
            target.write_text(text, encoding="utf-8")
        return str(target)


def _built_in() -> Path:
    return Path(settings.DATA_DIR) / "styles"
