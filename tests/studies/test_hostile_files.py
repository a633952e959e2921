"""What strangers may send: every file gives rows or a named refusal, within limits (EVD-92, EVD-93, EVD-95)."""

import json
import time
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from studies.sources import limits
from studies.sources.base import FileRefused
from studies.sources.limits import Watch
from studies.sources.reading import FORMATS, read

SAMPLES = sorted((Path(__file__).resolve().parent.parent / "samples" / "evidence").iterdir())
BOMB = "".join(f'<!ENTITY e{n} "{f"&e{n - 1};" * 10}">' for n in range(1, 9))
XML = {
    "external file": '<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><PubmedArticleSet>&x;</PubmedArticleSet>',
    "external address": '<!DOCTYPE a [<!ENTITY x SYSTEM "http://127.0.0.1:9/x">]><PubmedArticleSet>&x;</PubmedArticleSet>',
    "parameter entity": '<!DOCTYPE a [<!ENTITY % x SYSTEM "http://127.0.0.1:9/x.dtd"> %x;]><PubmedArticleSet/>',
    "nested entities": f'<!DOCTYPE a [<!ENTITY e0 "aaaaaaaaaa">{BOMB}]><PubmedArticleSet>&e8;</PubmedArticleSet>',
    "quadratic": f'<!DOCTYPE a [<!ENTITY b "{"b" * 50_000}">]><PubmedArticleSet>{"&b;" * 20_000}</PubmedArticleSet>',
    "inclusion": '<PubmedArticleSet xmlns:xi="http://www.w3.org/2001/XInclude"><xi:include href="file:///etc/passwd"/></PubmedArticleSet>',
    "depth": f"<PubmedArticleSet>{'<a>' * 100_000}{'</a>' * 100_000}</PubmedArticleSet>",
    "never closed": "<PubmedArticleSet><PubmedArticle>",
    "unknown entity": "<PubmedArticleSet><PubmedArticle>&nobody;</PubmedArticle></PubmedArticleSet>",
}


@pytest.mark.parametrize("name", XML)
def test_dangerous_xml_is_refused_at_once(name):
    """EVD-92: nothing is read or fetched, and it takes less than a second."""
    began = time.monotonic()
    with pytest.raises(FileRefused):
        read(XML[name].encode())
    assert time.monotonic() - began < 1


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-16-be", "utf-7", "utf-32"])
def test_other_encodings_hide_no_entity(encoding):
    """EVD-92: UTF-7 and UTF-16 tricks."""
    document = f'<?xml version="1.0" encoding="{encoding}"?>{XML["external file"]}'
    with pytest.raises(FileRefused):
        read(document.encode(encoding))


def test_a_doctype_alone_is_fine(samples):
    """EVD-92: PubMed's own files have one, and it is not fetched."""
    assert b"<!DOCTYPE" in (samples / "pubmed.xml").read_bytes()
    assert read((samples / "pubmed.xml").read_bytes()).records


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
def test_encodings_of_reference_managers_are_read(encoding):
    text = "TY  - JOUR\r\nTI  - Größe und Maß\r\nAU  - Müller, Jörg\r\nER  - \r\n"
    assert read(text.encode(encoding)).records[0].authors[0].family == "Müller"


def test_limits_are_said_in_a_sentence(monkeypatch):
    """EVD-93."""
    many = "\n".join(f"TY  - JOUR\nTI  - Title {n}\nER  -" for n in range(12))
    monkeypatch.setattr(limits, "MAX_RECORDS", 10)
    with pytest.raises(FileRefused, match="more than 10 records"):
        read(many.encode())
    clock = iter([0.0, *[61.0] * 100])
    with pytest.raises(FileRefused, match="longer than a minute"):
        read(many.encode(), watch=Watch(clock=lambda: next(clock)))
    crowd = "TY  - JOUR\nTI  - Crowd\n" + "AU  - Name, A\n" * (limits.MAX_AUTHORS + 1) + "ER  - \n"
    assert "authors" in read(crowd.encode()).rows[0].problem
    wordy = f"PMID- 1\nTI  - Long\nAB  - {'word ' * 300_000}\n"
    assert "1 MB" in read(wordy.encode()).rows[0].problem


def test_deep_and_endless_input_gives_rows_or_a_refusal():
    """EVD-93: deep nesting, endless lines and NUL bytes are no errors."""
    for data in (
        b"[" * 100_000,
        b'{"message":' * 50_000,
        b"@article{a, title={" + b"{" * 100_000,
        b"@article{a, title={" + b"{" * 20_000 + b"}" * 20_000 + b"}}",
        b"@a{" * 4_000,
        b"@article{a, title={" + b"\\'{" * 20_000 + b"}" * 20_000 + b"}}",
        b"TY  - JOUR\nTI  - " + b"x" * 1_200_000 + b"\nER  -",
        b"PMID- 1\nTI  - " + b"\x00" * 100 + b"\n",
        b"TY  - JOUR\nUR  - " + b"10.1234/" * 50_000 + b"\nER  -",
        b"TY  - JOUR\nUR  - https://a/" + b"https://x10.1234/a" * 20_000 + b"\nER  -",
    ):
        began = time.monotonic()
        _read(data, "auto")
        assert time.monotonic() - began < 10


def test_markup_in_a_title_is_never_more_than_five_tags():
    """EVD-94: one allow-list, everything else is text."""
    item = {
        "type": "article-journal",
        "title": '<script>alert("1")</script><i onclick="x">ok</i><b>open &lt;img src=x onerror=y&gt;',
    }
    record = read(json.dumps([item]).encode()).records[0]
    assert record.title_html == 'alert("1")<i>ok</i><b>open </b>'


@given(st.binary(max_size=2000), st.sampled_from(("auto", *FORMATS)))
def test_random_bytes_give_rows_or_a_refusal(data, format):
    """EVD-95."""
    _read(data, format)


@given(st.data())
@settings(suppress_health_check=[HealthCheck.data_too_large])
def test_damaged_samples_give_rows_or_a_refusal(data):
    """EVD-95: truncated, doubled and bit-flipped files."""
    _damage_and_read(data, SAMPLES)


@given(data=st.data())
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_damaged_files_of_the_pack_give_rows_or_a_refusal(pack, data):
    """EVD-95 on the real files."""
    files = [path for path in sorted(pack.glob("*/*")) if path.stat().st_size < 60_000]
    _damage_and_read(data, files)


def _damage_and_read(data, files) -> None:
    whole = bytearray(data.draw(st.sampled_from(files)).read_bytes())
    kind = data.draw(st.sampled_from(["cut", "double", "flip", "drop"]))
    at = data.draw(st.integers(0, len(whole) - 1))
    if kind == "cut":
        whole = whole[:at]
    elif kind == "double":
        whole += whole[at:]
    elif kind == "flip":
        for position in {at, *data.draw(st.lists(st.integers(0, len(whole) - 1), max_size=20))}:
            whole[position] ^= 1 << data.draw(st.integers(0, 7))
    else:
        del whole[at : at + data.draw(st.integers(1, 200))]
    _read(bytes(whole), "auto")


def _read(data: bytes, format: str) -> None:
    try:
        reading = read(data, format=format)
    except FileRefused as refusal:
        assert str(refusal)
        return
    assert reading.rows
    assert all(row.record or row.problem for row in reading.rows)
