"""Word files between handing in and the draft."""

from __future__ import annotations

import datetime
from typing import Any

from django.utils import timezone

from articles.models import WordFile
from stemsite.audit.recording import record

from .opening import Opened, open_word
from .reading import WordPage, read_word

KEPT_FOR = datetime.timedelta(days=30)


def hand_in(data: bytes, name: str, *, by: Any) -> WordFile:
    """Keep what can be read of a file; a file that cannot be brought in is refused and not kept at all."""
    opened = open_word(data)
    read_word(opened)
    file = WordFile.objects.create(name=plain_name(name), data=opened.data, embedded=opened.embedded, handed_in_by=by)
    record("Word file handed in", by=by, obj=file)
    return file


def page_of(file: WordFile) -> WordPage:
    return read_word(Opened(data=bytes(file.data), embedded=file.embedded))


def plain_name(name: str) -> str:
    """What the file was called, without folders and signs that print nothing."""
    last = name.replace("\\", "/").rpartition("/")[2]
    return "".join(sign for sign in last if sign.isprintable()).strip()[:120] or "Word file"


def forget_old() -> int:
    return WordFile.objects.filter(handed_in_at__lt=timezone.now() - KEPT_FOR).delete()[0]
