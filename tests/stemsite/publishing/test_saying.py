"""CL-20: every text field of a published page is heard by the content checks, or named here with the reason why not."""

from __future__ import annotations

import itertools
from typing import Any

import msgspec
import pytest
from msgspec import inspect

from articles.content import ArticleContent
from articles.saying import said as article_said
from leads.packets.content import PacketContent
from leads.packets.saying import said as packet_said
from stemsite.publishing.saying import prose
from studies.content import StudyContent
from studies.saying import said as study_said

RECORDS = {
    "language", "searched_on", "authors", "conditions", "interventions", "topics",  # names of people and of records
    "notices",  # the clinic's wordings, heard when they are written (stemsite.clinic)
    "statutes",  # a law's own words, verbatim: whoever verified them answers for them (CL-22)
}  # fmt: skip
MARKS = {"key", "anchor", "type", "hash", "edition", "url", "doi", "pmid", "pmcid", "registry_id", "number", "registry"}
QUOTED = {
    "citations.html", "citations.short", "primary.html", "primary.short",
    "papers.citation.html", "papers.citation.short",
}  # fmt: skip
"""The same words as ``text``, with marks or shortened."""
STUDIES = {"coverage.outlet", "coverage.author", "coverage.published_on", "coverage.accessed_on"}
PASSAGES = {"passage"}
READERS = {"read.name", "read.on"}
"""For staff: readers never get them."""
PACKETS = {"slug", "guide.title", "studies.title", "services.title", "clinic"}
"""A name that no reader sees; titles of pages that were heard where they stand; and who the clinic is."""


def filled(kind: Any, numbers: Any) -> Any:
    """A value of ``kind`` in which every text says something of its own."""
    match kind:
        case inspect.StructType():
            return {
                **({kind.tag_field: kind.tag} if kind.tag_field else {}),
                **{field.name: filled(field.type, numbers) for field in kind.fields},
            }
        case inspect.VarTupleType():
            parts = kind.item_type.types if isinstance(kind.item_type, inspect.UnionType) else (kind.item_type,)
            return [filled(part, numbers) for part in parts]
        case inspect.TupleType():
            return [filled(part, numbers) for part in kind.item_types]
        case inspect.UnionType():
            return filled(next(part for part in kind.types if not isinstance(part, inspect.NoneType)), numbers)
        case inspect.LiteralType():
            return next(value for value in kind.values if value)
        case inspect.IntType():
            return next(numbers)
        case inspect.BoolType():
            return True
        case inspect.StrType():
            return f"text number {next(numbers)} of all"
    raise AssertionError(f"{kind} is a kind of value that this test does not know.")


def texts(value: Any, path: tuple[str, ...] = ()):
    match value:
        case dict():
            for name, item in value.items():
                yield from texts(item, (*path, name))
        case list():
            for item in value:
                yield from texts(item, path)
        case str() if value.startswith("text number"):
            yield ".".join(path), value


@pytest.mark.parametrize(
    ("kind", "said", "silent"),
    [
        (ArticleContent, article_said, set()),
        (StudyContent, study_said, STUDIES),
        (PacketContent, packet_said, PACKETS),
    ],
)
def test_cl_20_every_text_field_of_a_published_page_is_heard(kind, said, silent):
    values = filled(inspect.type_info(kind), itertools.count(1))
    heard = " | ".join(block.text for block in said(msgspec.convert(values, kind)).blocks)
    unheard = {
        path
        for path, text in texts(values)
        if text not in heard
        and not RECORDS & {path.partition(".")[0]}
        and not (MARKS | PASSAGES) & {path.rpartition(".")[2]}
        and path.partition(".")[2] not in READERS
        and path not in QUOTED | silent
        and path.partition(".")[0] not in silent
    }
    assert unheard == set()
    assert len(list(texts(values))) > 20


def test_a_source_is_named_where_it_stands_in_the_text():
    cites = '<cite data-ref="1"></cite>', '<cite data-ref="2" data-loc="p. 3"></cite>'
    html = f"<p>One.{cites[0]} Two &amp; three{cites[1]}.</p><ul><li>Four</li></ul>"
    first, second = prose(html, key="k")
    assert first.text == "One. Two & three." and second.kind == "item"
    assert [first.text[:at] for at in first.citations] == ["One.", "One. Two & three"]


def test_a_mark_inside_a_word_hides_nothing():
    (block,) = prose("<p>Our st<em>em</em> cells c<strong>ur</strong>e ALS.</p>", key="k")
    assert block.text == "Our stem cells cure ALS."
