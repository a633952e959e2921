"""LaTeX in BibTeX fields: accents and commands to letters, and letters to text that cannot break a file (pure)."""

from __future__ import annotations

import re
import unicodedata

_ACCENTS = {
    "`": "\u0300", "'": "\u0301", "^": "\u0302", "~": "\u0303", "=": "\u0304", "u": "\u0306", ".": "\u0307",
    '"': "\u0308", "r": "\u030a", "H": "\u030b", "v": "\u030c", "d": "\u0323", "c": "\u0327", "k": "\u0328",
    "b": "\u0331",
}  # fmt: skip
_LETTERS = {
    "ss": "ß", "o": "ø", "O": "Ø", "l": "ł", "L": "Ł", "ae": "æ", "AE": "Æ", "oe": "œ", "OE": "Œ", "aa": "å",
    "AA": "Å", "i": "ı", "j": "ȷ", "dh": "ð", "th": "þ", "textendash": "–", "textemdash": "—", "textquoteright": "’",
    "textbackslash": "\ue002", "textasciitilde": "\ue003", "textasciicircum": "^", "ldots": "…", "alpha": "α",
    "beta": "β", "gamma": "γ", "delta": "δ", "kappa": "κ", "mu": "μ", "textless": "<", "textgreater": ">",
    "times": "×", "pm": "±",
}  # fmt: skip
_TAGS = {
    "textit": "i", "emph": "i", "textbf": "b", "textsubscript": "sub", "textsuperscript": "sup", "mathrm": "",
    "text": "", "textrm": "", "textsc": "", "mathit": "i", "url": "", "enquote": "",
}  # fmt: skip

_ACCENT = re.compile(
    r"\\([`'^~=.\"])\s*(?:\{\s*(\\?[A-Za-z])\s*\}|(\\?[A-Za-z]))|\\([uvHcdbkr])(?:\s*\{\s*(\\?[A-Za-z])\s*\}|\s+(\\?[A-Za-z]))"
)
_COMMAND = re.compile(r"\\([A-Za-z]+)\s*(\{\})?")
_TAGGED = re.compile(r"\\(" + "|".join(_TAGS) + r")\s*\{([^{}]*)\}")
_MATH = re.compile(r"(?<!\\)\$([^$]{0,200})\$")
_SCRIPT = re.compile(r"([_^])(?:\{([^{}]*)\}|(\w))")


def decode(text: str) -> str:
    """The text with letters for accents and commands, HTML tags for type styles, and no braces."""
    text = text.replace("\\\\", " ")
    text = _ACCENT.sub(_accented, text)
    text = _MATH.sub(lambda match: _SCRIPT.sub(_scripted, match[1]), text)
    for _ in range(6):
        once = _TAGGED.sub(_tagged, text)
        if once == text:
            break
        text = once
    text = _COMMAND.sub(lambda match: _LETTERS.get(match[1], ""), text)
    text = re.sub(
        r"\\([&%$#_{}\- ,;:!/~^])",
        lambda match: {"{": "\ue000", "}": "\ue001"}.get(match[1], match[1].strip("-,;:!/")),
        text,
    )
    text = text.replace("{", "").replace("}", "").replace("\ue000", "{").replace("\ue001", "}")
    text = text.replace("~", " ").replace("\ue002", "\\").replace("\ue003", "~")
    return unicodedata.normalize("NFC", text)


def _accented(match: re.Match[str]) -> str:
    accent = match[1] or match[4]
    letter = (match[2] or match[3] or match[5] or match[6]).replace("\\", "")
    return unicodedata.normalize("NFC", letter + _ACCENTS[accent])


def _tagged(match: re.Match[str]) -> str:
    tag = _TAGS[match[1]]
    return f"<{tag}>{match[2]}</{tag}>" if tag else match[2]


def _scripted(match: re.Match[str]) -> str:
    tag = "sub" if match[1] == "_" else "sup"
    return f"<{tag}>{match[2] or match[3] or ''}</{tag}>"


_ESCAPES = {
    "\\": r"\textbackslash{}", "{": r"\{", "}": r"\}", "&": r"\&", "%": r"\%", "$": r"\$", "#": r"\#", "_": r"\_",
    "^": r"\textasciicircum{}", "~": r"\textasciitilde{}",
}  # fmt: skip


def encode(text: str) -> str:
    """The text as the inside of a braced BibTeX value; letters beyond ASCII stay as they are."""
    return "".join(_ESCAPES.get(letter, letter) for letter in text)
