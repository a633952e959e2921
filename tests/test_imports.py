"""Imports go along the arrows: leads -> articles -> studies -> libraries, and no library reaches back."""

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent

DOMAINS = ("leads", "articles", "studies")

LIBRARIES = (
    {"publishing"},
    {"accounts"},
    {"mail"},
    {"clinic"},
    {"serving", "search", "checks"},
    {"images"},
    {"counts"},
    {"tasks"},
    {"audit"},
)
"""From left to right; a library imports only those to its right, and the base."""

COMPOSITION = {
    *("settings", "urls", "wsgi", "admin", "apps", "management", "systemchecks", "nginx"),
    *("errors", "methods", "bodies", "health", "example_site", "getting_started", "everywhere"),
}
"""Puts the parts together, so nothing of ours imports it."""


def modules():
    for folder in (*DOMAINS, "stemsite"):
        for path in sorted((ROOT / folder).rglob("*.py")):
            if "migrations" not in path.parts:
                yield path


def room(name):
    """``articles`` or ``stemsite.clinic``: where a module lives."""
    parts = name.split(".")
    return ".".join(parts[:2]) if parts[0] == "stemsite" and len(parts) > 1 else parts[0]


def imported(path):
    """Every module of ours that ``path`` imports, wherever in the file the import stands."""
    package = path.relative_to(ROOT).with_suffix("").parts
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            base = package[: -node.level] if node.level else ()
            stem = ".".join((*base, *(node.module or "").split("."))).strip(".")
            names = [stem] if node.module and stem != "stemsite" else [f"{stem}.{alias.name}" for alias in node.names]
        else:
            continue
        yield from (name for name in names if name.split(".")[0] in {*DOMAINS, "stemsite"})


def home(path):
    return room(".".join(path.relative_to(ROOT).with_suffix("").parts))


def rank(library):
    return next((place for place, names in enumerate(LIBRARIES) if library in names), None)


def may_import(here, there):
    """Whether the arrow from ``here`` to ``there`` exists."""
    if here == there:
        return True
    part = here.removeprefix("stemsite.")
    target = there.removeprefix("stemsite.")
    if part in COMPOSITION:
        return True
    if target in COMPOSITION and there.startswith("stemsite"):
        return False
    if here in DOMAINS:
        return there.startswith("stemsite") or (there in DOMAINS and DOMAINS.index(here) < DOMAINS.index(there))
    if there in DOMAINS:
        return False
    if rank(target) is None:  # The base: access, guarded, jsonld, uses and the like.
        return True
    return rank(part) is not None and rank(part) < rank(target)


@pytest.mark.parametrize("path", list(modules()), ids=lambda path: str(path.relative_to(ROOT)))
def test_a_module_imports_along_the_arrows(path):
    here = home(path)
    wrong = {name for name in imported(path) if not may_import(here, room(name))}
    assert not wrong


def test_the_arrows_are_what_they_should_be():
    assert may_import("articles", "studies")
    assert not may_import("studies", "articles")
    assert not may_import("stemsite.clinic", "stemsite.publishing")
    assert not may_import("stemsite.publishing", "articles")
    assert not may_import("articles", "stemsite.settings")
    assert may_import("stemsite.publishing", "stemsite.access")
    assert not may_import("stemsite.access", "stemsite.publishing")
