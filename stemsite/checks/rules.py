"""The rules about claims, and who may clear a finding of each (specification of content checks, sections 2.3 and 4)."""

from __future__ import annotations

from enum import StrEnum


class Clear(StrEnum):
    """What it takes to let a finding stand."""

    FIX = "fix"
    """Only a changed text."""
    COMPLIANCE = "comp"
    """The compliance permission."""
    REVIEWER = "med"
    """A medical reviewer who did not write the text."""
    ACKNOWLEDGE = "ack"
    """Author or publisher, with a reason."""


_BY_PATTERN = {
    "REGEN-02": "CL-03", "REGEN-04": "CL-15", "TREAT-07": "CL-04",
}  # fmt: skip
_BY_FAMILY = {
    "CURE": "CL-01", "TREAT": "CL-02", "REGEN": "CL-02", "PROVEN": "CL-04", "GUAR": "CL-05", "SAFE": "CL-06",
    "FDA": "CL-07", "TRIAL": "CL-08", "TESTI": "CL-09", "PANACEA": "CL-10", "COMPARE": "CL-11", "URGENCY": "CL-12",
    "AUTH": "CL-13", "STATS": "CL-14", "HYPE": "CL-15", "DESP": "CL-15", "ELIG": "CL-16", "PRIV": "CL-17",
    "OFFER": "CL-18", "STUDY": "CL-19",
}  # fmt: skip

_CLEAR = {
    **dict.fromkeys(("CL-09", "CL-21", "PL-07"), Clear.FIX),
    **dict.fromkeys(("CL-03", "CL-12", "CL-13", "CL-16", "CL-17", "CL-20", "CL-90"), Clear.ACKNOWLEDGE),
    **dict.fromkeys(("PL-02", "PL-03", "PL-04", "PL-05", "PL-06", "PUB-96"), Clear.ACKNOWLEDGE),
    **dict.fromkeys(("CL-19", "PL-01", "PL-08"), Clear.REVIEWER),
}


def rule_of(pattern: str) -> str:
    """The rule that a pattern of the lexicon belongs to, or nothing where nobody knows it."""
    return _BY_PATTERN.get(pattern, _BY_FAMILY.get(pattern.rpartition("-")[0], ""))


def clear_of(rule: str) -> Clear:
    return _CLEAR.get(rule, Clear.COMPLIANCE if rule.startswith("CL-") else Clear.FIX)
