"""Whether a reference names a news outlet or a press release rather than a paper (pure)."""

from __future__ import annotations

import re

_OUTLETS = re.compile(
    r"\b(?:EurekAlert|Science ?Daily|PR ?Newswire|Business ?Wire|GlobeNewswire|Reuters|Associated Press"
    r"|Bloomberg|Forbes|CNN|BBC|NPR|STAT News|Medscape|WebMD|Healthline|Healio|Medical ?Xpress|News[- ]Medical"
    r"|FierceBiotech|Fierce Biotech|BioSpace|The New York Times|New York Times|Washington Post|The Guardian"
    r"|Daily Mail|Wall Street Journal|USA Today|Los Angeles Times|Newsweek|The Conversation|The Japan Times"
    r"|Nikkei|NeurologyLive|Neurology Live|Yahoo News|(?:[A-Z][\w’'-]*\s){1,4}News Today|(?:[A-Z]{2,4}) News)\b"
)
_WORDS = re.compile(
    r"\b(?:press release|news release|newsroom|media release|newswire|blog post|news desk|news story|news item)\b",
    re.IGNORECASE,
)
_NEWS_NAME = re.compile(r"\b(?:news|newspaper|magazine|gazette|tribune|herald|times)\b", re.IGNORECASE)


def is_news(text: str) -> bool:
    """A known outlet or newsroom words, or a news word in the place where a journal stands."""
    behind_first = re.split(r"[.?!]\s+", text.strip(), maxsplit=1)[-1]
    return bool(_WORDS.search(text) or _OUTLETS.search(behind_first) or _NEWS_NAME.search(_after_title(text)))


def outlet(text: str) -> str:
    """The outlet a text names, or nothing."""
    found = _OUTLETS.search(text)
    return found[0].strip() if found else ""


def _after_title(text: str) -> str:
    """What stands after the longest of the first three sentences; a short label as it is."""
    sentences = [part for part in re.split(r"[.?!]\s+", text.strip()) if part]
    if len(sentences) < 2:
        return text if len(text.split()) <= 6 else ""
    title = max(range(min(3, len(sentences))), key=lambda place: len(sentences[place]))
    return ". ".join(sentences[title + 1 :])
