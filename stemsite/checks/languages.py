"""Whether a text is in a language that the lexicon, which is English, cannot read. Pure."""

from __future__ import annotations

import re

_WORDS = re.compile(r"[^\W\d_]+")
_FEWEST = 5
_ENGLISH = """
the of and to in is that for it as was with be on not are this by at from or have an they which you we your our can
has were but all their what there who will if about how do does when after people may more than any i
"""
_OTHERS = """
el la los las del una unas y que con para por su sus nuestro nuestra nuestros nuestras es son está más pero como
os as da dos das uma com não seus nosso nossa são mais em ao
le les des du une et est sont nous notre nos vous votre pour avec dans sur qui pas au aux ce cette
il lo gli della delle degli di che con per non sono nostre nostri nostra più alla
der die das und ist sind wir unsere unser mit für nicht auf ein eine einer von zu den dem im bei auch
het een van en niet zijn wij onze voor met op
nie jest są nasze się na dla z do
ang mga ng sa ay aming namin para hindi
và của cho là chúng tôi không các những
nan yo ak pou nou pa se
"""
"""Spanish, Portuguese, French, Italian, German, Dutch, Polish, Tagalog, Vietnamese, Haitian Creole."""

ENGLISH = frozenset(_ENGLISH.split())
OTHERS = frozenset(_OTHERS.split()) - ENGLISH


def is_foreign(text: str) -> bool:
    """Whether most telling words of ``text`` belong to another language; a few words are no text."""
    words = [word.lower() for word in _WORDS.findall(text[:20_000])]
    if len(words) < _FEWEST:
        return False
    latin = sum(word[0] < "\u0250" for word in words)
    if latin * 2 < len(words):
        return True
    english = sum(word in ENGLISH for word in words)
    others = sum(word in OTHERS for word in words)
    return others >= 2 and others > english and others * 8 >= len(words)
