"""What the summary of a study says about people and harms, and what it leaves out (pure)."""

from __future__ import annotations

import re
from collections.abc import Iterator

_UNITS = {
    "zero": 0, "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8, "nine": 9,
    "ten": 10, "eleven": 11, "twelve": 12, "thirteen": 13, "fourteen": 14, "fifteen": 15, "sixteen": 16,
    "seventeen": 17, "eighteen": 18, "nineteen": 19,
}  # fmt: skip
_TENS = {
    "twenty": 20, "thirty": 30, "forty": 40, "fifty": 50, "sixty": 60, "seventy": 70, "eighty": 80, "ninety": 90,
}  # fmt: skip
_SMALL = "|".join(_UNITS)
_NUMBER = (
    rf"(?:\d{{1,3}}(?:,\d{{3}})+|\d{{1,5}}|(?:{'|'.join(_TENS)})(?:[\s-](?:{_SMALL}))?"
    rf"|(?:a|{_SMALL}) hundred(?:(?: and)? (?:{'|'.join([*_TENS, *_UNITS])})(?:-(?:{_SMALL}))?)?|{_SMALL})"
)
_WHO = (
    r"(?:patients?|people|persons?|participants?|subjects?|adults?|children|volunteers?|individuals?|men|women|cases)"
)
_PEOPLE = re.compile(rf"\b({_NUMBER})\s+(?:[\w’'-]+\s+){{0,3}}?{_WHO}\b", re.IGNORECASE)
_VAGUE = re.compile(
    rf"\b(?:some|several|many|most|a few|the majority of)\s+(?:of\s+)?(?:the\s+)?(?:treated\s+)?{_WHO}\b"
    rf"|\b(?:(?:about|approximately|nearly) )?(?:one[- ]third|two[- ]thirds|a third|half|a quarter) of"
    rf"(?:\s+the)?(?:\s+\w+)?\s+{_WHO}\b|\b(?:about|approximately|nearly) (?:half|a third|a quarter)\b",
    re.IGNORECASE,
)
_DEATH = re.compile(r"\b(?:died|deaths?|dead|mortality|fatal\w*)\b", re.IGNORECASE)
_HARM = re.compile(r"\b(?:side effects?|adverse|complications?|harms?|safety|tolerated|safe|risks?)\b", re.IGNORECASE)
_COMPARED = re.compile(
    r"\b(?:placebo|controls?|controlled|compared|comparison|versus|vs\.?|randomi[sz]ed|untreated|single[- ]arm)\b",
    re.IGNORECASE,
)
_WORSE = re.compile(
    r"\b(?:worse\w*|faster|declined?|deteriorat\w*|progressed|no (?:change|benefit|effect)|did not)\b", re.IGNORECASE
)
_BETTER = re.compile(
    r"\b(?:slow\w*|improve\w*|stable|doubled|better|benefi\w*|encouraging|responsive)\b", re.IGNORECASE
)


def people_in(text: str) -> list[int]:
    """Every number of people a text states, as figures or words, in order, each once."""
    found = (_value(match[1]) for match in _PEOPLE.finditer(text))
    return list(dict.fromkeys(number for number in found if number))


def _value(words: str) -> int:
    bare = words.lower().replace(",", "").replace("-", " ")
    if bare.isdigit():
        return int(bare)
    total = 0
    for word in bare.split():
        if word == "hundred":
            total = max(total, 1) * 100
        else:
            total += _UNITS.get(word, _TENS.get(word, 1 if word == "a" else 0))
    return total


def missing_facts(text: str) -> Iterator[str]:
    """What a reader needs to judge a result and is not told, in sentences."""
    if not _DEATH.search(text):
        yield "It is not said whether anybody died."
    if not _HARM.search(text):
        yield "Harms are not mentioned."
    if not _COMPARED.search(text):
        yield "It is not said what the treatment was compared with."
    vague = list(dict.fromkeys(" ".join(match[0].lower().split()) for match in _VAGUE.finditer(text)))
    if vague:
        quoted = ", ".join(f"“{one}”" for one in vague)
        yield f"Parts of the people are given without counts: {quoted}."
    if _BETTER.search(text) and not _WORSE.search(text):
        yield "Better outcomes are told; how many people did worse is not."
