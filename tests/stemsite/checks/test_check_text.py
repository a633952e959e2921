"""``manage.py check_text``: any text in, one line for each finding out."""

from __future__ import annotations

import io
import json

import pytest
from django.core.management import CommandError, call_command


def findings_in(path, *options):
    out = io.StringIO()
    call_command("check_text", str(path), "--json", *options, stdout=out)
    return [json.loads(line) for line in out.getvalue().splitlines()]


def test_offsets_count_from_the_beginning_of_a_text(tmp_path):
    text = "Dear reader.\n\nOur stem cells cure ALS.\n"
    file = tmp_path / "page.txt"
    file.write_text(text)
    found = next(finding for finding in findings_in(file) if finding["pattern"] == "CURE-01")
    assert text[found["start"] : found["end"]] == "Our stem cells cure"
    assert set(found) >= {"rule", "severity", "sentence", "explanation", "suggestion", "fingerprint"}


def test_html_is_read_block_by_block(tmp_path):
    file = tmp_path / "page.html"
    file.write_text("<h2>Conditions we treat</h2><ul><li>Stroke</li><li>Lupus</li></ul>")
    assert [finding["surface"] for finding in findings_in(file) if finding["rule"] == "CL-22"] == ["2", "3"]


def test_the_scope_counts(tmp_path):
    file = tmp_path / "title.txt"
    file.write_text("Our stem cells cure ALS.")
    assert {finding["severity"] for finding in findings_in(file, "--scope", "citation")} == {"info"}
    with pytest.raises(CommandError):
        call_command("check_text", str(file), "--scope", "elsewhere")


def test_any_bytes_are_read_and_a_missing_file_is_named(tmp_path):
    file = tmp_path / "page.txt"
    file.write_bytes(b"\xff\xfe Our stem cells cure ALS. \x00")
    assert findings_in(file)
    with pytest.raises(CommandError, match="nowhere"):
        call_command("check_text", str(tmp_path / "nowhere.txt"))


def test_in_words_a_finding_says_where_why_and_what_instead(tmp_path):
    out = io.StringIO()
    file = tmp_path / "page.txt"
    file.write_text("We guarantee results.")
    call_command("check_text", str(file), stdout=out)
    assert "GUAR-01" in out.getvalue() and "block" in out.getvalue()


def test_an_empty_text_gives_nothing(tmp_path):
    file = tmp_path / "empty.txt"
    file.write_text("")
    assert findings_in(file) == []
