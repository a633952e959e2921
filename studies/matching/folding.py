"""Text as it is compared: without accents, case, dashes, markup or blanks, in any script (EVD verification, step 2)."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache

_SPELLED = {
    "ł": "l", "ø": "o", "ß": "ss", "æ": "ae", "œ": "oe", "đ": "d", "ð": "d", "þ": "th", "ı": "i", "ħ": "h", "ŋ": "n",
    "’": "'", "‘": "'", "´": "'", "`": "'", "“": '"', "”": '"', "„": '"', "«": '"', "»": '"',
    "–": "-", "—": "-", "−": "-", "‐": "-", "‑": "-", "‒": "-", "―": "-", "µ": "μ",
}  # fmt: skip
_WORD = re.compile(r"[^\W_]+")
_UNSPACED = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af\u0e00-\u0e7f]")


@lru_cache(maxsize=8192)
def fold_letter(letter: str) -> str:
    """One letter without accent and case; it may become two, or none."""
    spelled = _SPELLED.get(letter.lower(), letter.lower())
    folded = "".join(one for one in unicodedata.normalize("NFKD", spelled) if not unicodedata.combining(one))
    return _SPELLED.get(folded, folded)


def fold(text: str) -> str:
    return "".join(map(fold_letter, text))


def squash(text: str) -> str:
    """Letters and digits only, so that lost or added blanks do not matter."""
    return "".join(one for letter in text for one in fold_letter(letter) if one.isalnum())


@dataclass(frozen=True, slots=True)
class Squashed:
    """Squashed text that knows where in the original each of its letters stands."""

    original: str
    letters: str
    places: tuple[int, ...]

    @classmethod
    def of(cls, text: str) -> Squashed:
        pairs = [(one, place) for place, letter in enumerate(text) for one in fold_letter(letter) if one.isalnum()]
        return cls(text, "".join(one for one, _ in pairs), tuple(place for _, place in pairs))

    def span(self, start: int, end: int) -> tuple[int, int]:
        """Where the squashed letters ``start`` to ``end`` stand in the original."""
        if not self.places or end <= start:
            return 0, 0
        return self.places[start], self.places[min(end, len(self.places)) - 1] + 1


STOP_WORDS = frozenset({
    "a", "an", "and", "as", "at", "be", "by", "for", "from", "in", "into", "is", "its", "of", "on", "or", "that", "the",
    "their", "to", "was", "were", "with", "we", "are", "du", "de", "la", "le", "les", "des", "et", "der", "die", "das",
    "und", "von", "zur", "zum", "im", "mit", "el", "los", "las", "del", "en", "y", "o", "e", "il", "lo", "gli", "di",
    "da", "per", "con", "un", "une", "uno", "una",
})  # fmt: skip
_PHRASES = {
    "als": "amyotrophic lateral sclerosis",
    "msc": "mesenchymal stem cell",
    "nsc": "neural stem cell",
    "hsc": "hematopoietic stem cell",
    "esc": "embryonic stem cell",
    "ipsc": "induced pluripotent stem cell",
    "gdnf": "glial cell line derived neurotrophic factor",
    "ms": "multiple sclerosis",
    "copd": "chronic obstructive pulmonary disease",
    "tregs": "regulatory t cells",
    "rct": "randomized controlled trial",
    "csf": "cerebrospinal fluid",
    "cns": "central nervous system",
    "sci": "spinal cord injury",
    "hiv": "human immunodeficiency virus",
    "ra": "rheumatoid arthritis",
    "prp": "platelet rich plasma",
    "ipf": "idiopathic pulmonary fibrosis",
    "wj": "wharton jelly",
    "bm": "bone marrow",
    "uc": "umbilical cord",
    "mi": "myocardial infarction",
    "ckd": "chronic kidney disease",
}
_SPELLINGS = {
    "randomised": "randomized",
    "tumour": "tumor",
    "oesophageal": "esophageal",
    "haematopoietic": "hematopoietic",
}


def stem(word: str) -> str:
    """A word without the plural s, in the American spelling where we know it."""
    word = _SPELLINGS.get(word, word)
    return word[:-1] if len(word) > 3 and word.endswith("s") and not word.endswith("ss") else word


def words(text: str) -> list[str]:
    """Stemmed words in order; scripts without blanks give pairs of letters."""
    found: list[str] = []
    for match in _WORD.finditer(fold(text)):
        word = match[0]
        if _UNSPACED.search(word):
            found += [word[i : i + 2] for i in range(max(1, len(word) - 1))]
        else:
            found.append(stem(word))
    return found


def content_words(text: str) -> list[str]:
    return [word for word in words(text) if word not in STOP_WORDS and (len(word) > 1 or word.isdigit())]


_STEMMED_PHRASES = {stem(short): tuple(stem(word) for word in long.split()) for short, long in _PHRASES.items()}


def expanded(text: str) -> set[str]:
    """The content words of ``text``, with what its abbreviations stand for and the abbreviations of its phrases."""
    listed = words(text)
    found = set(listed) - STOP_WORDS
    joined = f" {' '.join(listed)} "
    for short, long in _STEMMED_PHRASES.items():
        if short in found:
            found |= set(long)
        elif f" {' '.join(long)} " in joined:
            found.add(short)
    return found
