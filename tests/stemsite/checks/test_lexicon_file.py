"""Content checks, section 2: a pattern, guard or macro that is wrong is named by ``manage.py check``."""

from __future__ import annotations

import hashlib
import json

import pytest
from django.core.management import call_command
from django.core.management.base import SystemCheckError

from stemsite.checks import lexicon as reading
from stemsite.checks import systemchecks
from stemsite.checks.lexicon import FILE, LexiconError, packaged, parse
from stemsite.checks.rules import Clear, clear_of


def spoiled(change):
    raw = json.loads(FILE.read_text(encoding="utf-8"))
    change(raw)
    return json.dumps(raw).encode()


WRONG = {
    "Pattern CURE-01": lambda raw: raw["patterns"][0].update(pattern="(?P<k>cure"),
    "Pattern CURE-02: there is no guard nobody": lambda raw: raw["patterns"][1].update(guards=["nobody"]),
    "Pattern CURE-03: there is no macro 'NOBODY'": lambda raw: raw["patterns"][2].update(pattern="{{NOBODY}}"),
    "Pattern CURE-04: fatal is no severity": lambda raw: raw["patterns"][3].update(severity="fatal"),
    "Pattern NEW-01: it belongs to no rule": lambda raw: raw["patterns"][4].update(id="NEW-01"),
    "Pattern CURE-01: its id stands twice": lambda raw: raw["patterns"][1].update(id="CURE-01"),
    "Guard negation: it is no pattern": lambda raw: raw["guards"]["negation"].update(cue="("),
    "Guard shouting": lambda raw: raw["guards"].update(shouting={"cue": "!"}),
    "Macro OURS": lambda raw: raw["macros"].update(OURS="{{OURS}}"),
    "Macro DISEASE: it is no pattern": lambda raw: raw["macros"].update(DISEASE="(ALS"),
    "Hedge words": lambda raw: raw["meta"].update(hedge_words="("),
}


@pytest.mark.parametrize("named", WRONG)
def test_what_is_wrong_is_named(named):
    with pytest.raises(LexiconError) as error:
        parse(spoiled(WRONG[named]))
    assert any(problem.startswith(named) for problem in error.value.problems)


def test_all_that_is_wrong_is_told_at_once():
    def change(raw):
        WRONG["Pattern CURE-01"](raw)
        WRONG["Guard shouting"](raw)

    with pytest.raises(LexiconError) as error:
        parse(spoiled(change))
    assert len(error.value.problems) == 2


@pytest.mark.parametrize("data", [b"", b"{}", b"[]", b"\xff", b'{"meta": 1}'])
def test_a_file_of_another_shape_is_refused(data):
    with pytest.raises(LexiconError):
        parse(data)


@pytest.mark.django_db
def test_manage_py_check_fails_with_the_id(monkeypatch):
    def broken():
        return parse(spoiled(WRONG["Pattern CURE-01"]))

    monkeypatch.setattr(systemchecks, "packaged", broken)
    with pytest.raises(SystemCheckError, match="Pattern CURE-01"):
        call_command("check")


def test_manage_py_check_is_content_with_the_packaged_lexicon():
    assert systemchecks.check_lexicon() == []


def test_a_run_can_name_the_lexicon_by_version_and_hash():
    assert packaged().version
    assert packaged().sha256 == hashlib.sha256(FILE.read_bytes()).hexdigest()
    assert parse(FILE.read_bytes()) == packaged() and hash(parse(FILE.read_bytes())) == hash(packaged())
    assert parse(FILE.read_bytes() + b"\n") != packaged()


def test_every_pattern_says_why_and_what_instead_and_who_may_clear_it():
    for pattern in packaged().patterns:
        assert pattern.explanation and pattern.suggestion
        assert clear_of(pattern.rule) in Clear
    assert clear_of("CL-09") is Clear.FIX and clear_of("CL-01") is Clear.COMPLIANCE
    assert clear_of("CL-19") is Clear.REVIEWER and clear_of("CL-03") is Clear.ACKNOWLEDGE
    assert clear_of("NT-05") is Clear.FIX, "what nobody named is cleared by a change only"


def test_the_loader_reads_a_macro_in_a_macro_up_to_three_deep():
    assert reading.expanded("{{A}}", {"A": "{{B}}", "B": "{{C}}", "C": "c"}) == "c"
    with pytest.raises(LexiconError):
        reading.expanded("{{A}}", {"A": "{{B}}", "B": "{{C}}", "C": "{{D}}", "D": "d"})
