"""What makes a page hard to read, as findings (PL-01 to PL-06). Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence, Set

from .block import Block
from .finding import Finding, Severity, fingerprint
from .normalising import normal, normalised
from .plain import reading, sentences_of, words_of
from .sentences import pieces, sentences

LONG_SENTENCE = 25
LONG_PARAGRAPH = 5
BETWEEN_HEADINGS = 300
EASY, HARD = 8.0, 10.0
VERY_EASY = 6.0
EASY_ROLES = frozenset({"key points", "limits"})
EASY_SCOPES = frozenset({"form"})

_BODY = frozenset({"article", "offer", "study_summary", "policy", "packet", "email", "form"})
_PROSE = frozenset({"paragraph", "item", "cell", "value"})
_LETTERS = re.compile(r"\b[A-Z]{2,6}s?\b")
_EVERYDAY = {
    *(
        "US",
        "USA",
        "UK",
        "EU",
        "DNA",
        "RNA",
        "FDA",
        "NIH",
        "CDC",
        "ID",
        "TV",
        "PDF",
        "OK",
        "AM",
        "PM",
        "MD",
        "MRI",
        "CT",
    ),
    *("II", "III", "IV", "VI", "NCT", "DOI", "PMID", "FAQ", "CA", "FL", "NY", "TX", "WA"),
}
_ONE_IN = re.compile(r"\b(?:1|one) in (?:\d[\d,]*|[a-z]+)\b", re.IGNORECASE)
_PERCENT = re.compile(r"\b\d+(?:\.\d+)? ?(?:%|percent\b)", re.IGNORECASE)
_RELATIVE = re.compile(
    r"\b(?:twice|double|triple|half|\d+ ?(?:%|percent)) "
    r"(?:as likely|the risk|less likely|more likely|lower risk|higher risk)\b",
    re.IGNORECASE,
)
_WORDS_FOR_DIGITS = re.compile(
    r"\b(?:eleven|twelve|(?:thir|four|fif|six|seven|eigh|nine)teen|(?:twen|thir|for|fif|six|seven|eigh|nine)ty)"
    r"(?:-\w+)? (?:people|patients|participants|of|percent|months|weeks|years)\b",
    re.IGNORECASE,
)
_PASSIVE = re.compile(r"\b(?:is|are|was|were|been|being|be) (?:\w+ly )?\w{3,}(?:ed|en)\b", re.IGNORECASE)


Placed = tuple[int, Finding]


def plain_findings(blocks: Sequence[Block], scope: str, *, glossary: Set[str]) -> Iterator[Placed]:
    if scope not in _BODY:
        return
    body = [(number, block) for number, block in enumerate(blocks) if not block.scope or block.scope == scope]
    yield from _grade(body, scope, glossary)
    for number, block in body:
        if block.kind in _PROSE:
            yield from _long(number, block)
            yield from _figures(number, block)
    yield from _far_from_a_heading(body)
    yield from _unexplained(body, glossary)
    yield from _passive(body)


def is_prose(block: Block, scope: str) -> bool:
    """Whether a reader of a page read in ``scope`` meets ``block`` as running text."""
    return block.kind in _PROSE and (not block.scope or block.scope == scope)


def _finding(
    block: Block, rule: str, severity: Severity, sentence: str, why: str, instead: str, start: int = 0, end: int = -1
) -> Finding:
    return Finding(
        rule=rule,
        category="PLAIN",
        severity=severity,
        start=start,
        end=len(block.text) if end < 0 else end,
        sentence=sentence,
        explanation=why,
        suggestion=instead,
        surface=block.key,
        fingerprint=fingerprint(rule, sentence),
    )


def _grade(body: Sequence[tuple[int, Block]], scope: str, glossary: Set[str]) -> Iterator[Placed]:
    """PL-01: the page as a whole, and by themselves the parts that everybody must understand."""
    prose = [(number, block) for number, block in body if is_prose(block, scope)]
    easy = [item for item in prose if item[1].role in EASY_ROLES]
    yield from _judged(prose, VERY_EASY if scope in EASY_SCOPES else EASY, HARD, glossary)
    if easy and len(easy) < len(prose):
        yield from _judged(easy, VERY_EASY, HARD, glossary)
    smog = reading((block.text for _, block in prose)).smog
    if smog is not None and prose:
        number, block = prose[0]
        yield (
            number,
            _finding(block, "PL-02", "info", f"SMOG {smog:.1f}", f"SMOG grade {smog:.1f}.", "For comparison only."),
        )


def _judged(prose: Sequence[tuple[int, Block]], limit: float, hard: float, glossary: Set[str]) -> Iterator[Placed]:
    found = reading((block.text for _, block in prose), glossary)
    if found.adjusted is None or found.grade is None or found.adjusted <= limit:
        return
    number, block = prose[0]
    hardest = " / ".join(found.hardest)
    yield (
        number,
        _finding(
            block,
            "PL-01",
            "block" if found.adjusted > hard else "warn",
            hardest,
            f"Reading grade {found.adjusted:.1f} (raw {found.grade:.1f}); the aim is {limit:.0f} or less.",
            f"Shorten the hardest sentences first: {hardest}",
        ),
    )


def _long(number: int, block: Block) -> Iterator[Placed]:
    """PL-03: a sentence of more than 25 words, a paragraph of more than five sentences."""
    count = 0
    for start, end in pieces(block.text):
        found = normalised(block.text[start:end])
        for first, last in sentences(found.text):
            count += 1
            sentence = found.text[first:last]
            words = len(words_of(sentence))
            if words > LONG_SENTENCE:
                begin, finish = found.span(first, last)
                yield number, _finding(
                    block, "PL-03", "warn", sentence[:2000], f"This sentence has {words} words.",
                    f"Make two of it: at most {LONG_SENTENCE} words each.", begin + start, finish + start,
                )  # fmt: skip
    if count > LONG_PARAGRAPH and block.kind == "paragraph":
        why = f"This paragraph has {count} sentences."
        yield number, _finding(block, "PL-03", "warn", normal(block.text)[:2000], why, "Divide it, or make a list.")


def _far_from_a_heading(body: Sequence[tuple[int, Block]]) -> Iterator[Placed]:
    words = 0
    told = False
    for number, block in body:
        if block.kind in {"heading", "title"}:
            words, told = 0, False
            continue
        words += len(words_of(block.text))
        if words > BETWEEN_HEADINGS and not told:
            told = True
            why = f"More than {BETWEEN_HEADINGS} words without a heading."
            yield number, _finding(block, "PL-03", "warn", normal(block.text)[:2000], why, "Put a heading here.")


def _unexplained(body: Sequence[tuple[int, Block]], glossary: Set[str]) -> Iterator[Placed]:
    """PL-04: letters that stand for words, before the words were given once."""
    whole = "\n".join(normal(block.text) for _, block in body)
    seen: set[str] = set()
    for number, block in body:
        for letters in _LETTERS.finditer(block.text):
            short = letters[0].rstrip("s")
            if short in seen or short in _EVERYDAY or short.lower() in glossary:
                continue
            seen.add(short)
            if not re.search(
                rf"\({short}s?[),;]|(?i:\b{short}s? \({short[0]}[a-z])|\b{short}s? (?:stands for|means)\b", whole
            ):
                yield number, _finding(
                    block, "PL-04", "warn", short, f"“{short}” is not explained where it first stands.",
                    f"Write the words once, with ({short}) after them, or add it to the glossary.", *letters.span(),
                )  # fmt: skip


def _figures(number: int, block: Block) -> Iterator[Placed]:
    """PL-06: digits, one kind of figure in a comparison, and no relative risk alone."""
    for sentence in sentences_of(block.text):
        if _ONE_IN.search(sentence) and _PERCENT.search(sentence):
            why, instead = (
                "Mixes “1 in …” with percent.",
                "Say both with the same number of people: 2 of 100, 5 of 100.",
            )
        elif _RELATIVE.search(sentence) and len(re.findall(r"\d+", sentence)) < 2:
            why, instead = "Compares a risk without saying how large it is.", "Give the two numbers of people."
        elif _WORDS_FOR_DIGITS.search(sentence):
            why, instead = "Writes a number in words.", "Write it in digits."
        else:
            continue
        yield number, _finding(block, "PL-06", "warn", sentence[:2000], why, instead)


def _passive(body: Sequence[tuple[int, Block]]) -> Iterator[Placed]:
    """PL-05: where most sentences leave out who does it."""
    said = [
        (number, block, sentence)
        for number, block in body
        if block.kind in _PROSE
        for sentence in sentences_of(block.text)
    ]
    passive = [item for item in said if _PASSIVE.search(item[2])]
    if len(said) >= 10 and len(passive) * 2 > len(said):
        number, block, sentence = passive[0]
        why = f"{len(passive)} of {len(said)} sentences leave out who acts."
        yield number, _finding(block, "PL-05", "info", sentence[:2000], why, "Say who does what, and write “you”.")
