"""The commands: one line of JSON a case or record, and an exit code that means something (EVD-90)."""

import json
from io import StringIO

import pytest
from django.core.management import CommandError, call_command


def run(*args: object) -> tuple[int, list[str]]:
    out = StringIO()
    try:
        call_command(*map(str, args), stdout=out, stderr=StringIO())
    except SystemExit as exit:
        return int(exit.code or 0), out.getvalue().splitlines()
    except CommandError as error:
        return error.returncode, [str(error)]
    return 0, out.getvalue().splitlines()


def test_verify_references_prints_a_line_a_case(samples):
    """EVD-90, section 12."""
    code, lines = run(
        "verify_references", "--cases", samples / "cases.json", "--index", samples / "library.json", "--json"
    )
    printed = [json.loads(line) for line in lines]
    assert code == 0 and len(printed) == 36
    assert set(printed[0]) == {"id", "verdict", "record", "mismatches", "integrity"}
    assert printed[13] == {
        "id": "own-14",
        "verdict": "mismatch",
        "record": "lib:novak2020",
        "mismatches": ["author"],
        "integrity": "none",
    }


def test_verify_references_says_where_labels_differ(samples, tmp_path):
    cases = json.loads((samples / "cases.json").read_text())
    cases["items"][0]["expected"]["verdict"] = "not_found"
    (tmp_path / "cases.json").write_text(json.dumps(cases))
    code, lines = run("verify_references", "--cases", tmp_path / "cases.json", "--index", samples / "library.json")
    assert code == 1
    assert lines[-1] == "35 of 36 as labelled; 1 wrongly verified."


def test_verify_references_says_when_nothing_can_be_read(samples, tmp_path):
    code, _ = run("verify_references", "--cases", tmp_path / "none.json", "--index", samples / "library.json")
    assert code == 2


def test_import_studies_prints_a_line_a_record(samples):
    """EVD-12, EVD-13: states within the files; the failed piece is a row with its line."""
    code, lines = run("import_studies", samples / "mixed.ris", samples / "mixed.ris", "--dry-run", "--json")
    printed = [json.loads(line) for line in lines]
    assert code == 1
    assert [(one["row"], one["state"]) for one in printed[:4]] == [(1, "new"), (2, "new"), (3, "new"), (4, "failed")]
    assert {one["state"] for one in printed[4:]} == {"repeated", "failed"}
    assert printed[0]["record"]["doi"] == "10.5555/odd.2014.9" and "Line 30" in printed[3]["problem"]


def test_import_studies_marks_what_is_incomplete(samples):
    _, lines = run("import_studies", samples / "medline.nbib", "--dry-run", "--json")
    assert [json.loads(line)["state"] for line in lines] == ["new", "incomplete", "new", "incomplete"]


def test_import_studies_says_when_nothing_can_be_read(tmp_path):
    (tmp_path / "a.txt").write_text("words")
    code, lines = run("import_studies", tmp_path / "a.txt", "--dry-run")
    assert (code, lines) == (2, ["1 refused."])


@pytest.mark.parametrize("folder", ["pubmed_xml", "ris", "bibtex"])
def test_import_studies_reads_the_pack(pack, folder):
    """EVD-96."""
    code, lines = run("import_studies", *sorted((pack / folder).iterdir()), "--dry-run", "--json")
    assert (code, len(lines)) == {"pubmed_xml": (0, 89), "ris": (1, 52), "bibtex": (1, 38)}[folder]
