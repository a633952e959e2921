"""Laying stored pages out as files, in the worker: those of the present state of the site, and no others.

The files stand in one folder, which nobody reads while it is of another state: its names are gone then. All that is
known of it is what this process wrote, so a process begins with an empty one, and one alone has it.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
import re
import shutil
import time
import zlib
from dataclasses import dataclass, field
from pathlib import Path

from django.http import HttpResponse
from django.utils.cache import patch_cache_control

from stemsite.headers import secure

from . import disk, store
from .answers import BEST_BROTLI
from .memory import counter
from .models import StoredPage

MOST_PAGES = 5_000
MOST_BYTES = 300_000_000
AT_ONCE = 50
"""Pages of one run: the lane of what is due waits for no more."""

MARGIN = 5.0
"""Seconds by which a page must outlive the last name that leads to it."""

_ADDRESS = re.compile(r"/(?:[a-z0-9_-]{1,100}/)*")
_NEVER = float("inf")


def headers_of_pages() -> dict[str, str]:
    """What a page must be given with to be laid out: the web server in front gives the same to all of them."""
    response = HttpResponse()
    patch_cache_control(response, public=True, no_cache=True)
    return dict(secure(response).items())


@dataclass(slots=True, kw_only=True)
class Laid:
    """What was done for one stored page; nothing, where its headers are not those of the others."""

    row: tuple[int, bool]
    good_until: float = _NEVER
    size: int = 0


@dataclass(slots=True)
class Folder:
    """The files that one process of this machine keeps."""

    laid: dict[str, Laid] = field(default_factory=dict)
    number: int | None = None
    """Of the state of the site that the files are of."""
    place: int | None = None

    def keep_up(self) -> int:
        """Make the files those of the present state, a part at a time, and let them be given; how many were written."""
        if not disk.is_on() or not self._is_ours():
            return 0
        seen, now = counter().read(), time.time()
        number = store.generation()
        if number != self.number:
            disk.take_away()  # Long gone, unless the process that changed something died before it could.
            self.number = number
        written = self._reconcile(disk.end_of_names(now) + MARGIN)
        if seen is not None and store.generation() == number:
            disk.make_names(now, seen=seen)
        return written

    def _is_ours(self) -> bool:
        """Whether no other process keeps the folder; the first time, empty it."""
        if self.place is None:
            disk.names().mkdir(parents=True, exist_ok=True)
            place = os.open(disk.names().parent / "files.lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
            try:
                fcntl.flock(place, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                os.close(place)
                return False
            disk.take_away()
            shutil.rmtree(disk.files(), ignore_errors=True)
            for folder in (disk.names().parent, disk.names(), disk.files()):
                folder.mkdir(exist_ok=True)
                folder.chmod(0o755)
            self.place = place
        return True

    def _reconcile(self, end: float) -> int:
        rows = self._rows()
        for address, laid in list(self.laid.items()):
            if laid.row != rows.get(address):
                self._remove(address)
                del self.laid[address]
            elif laid.size and laid.good_until <= end:
                self._remove(address)
                laid.size = 0
        missing = [(address, row) for address, row in rows.items() if address not in self.laid][:AT_ONCE]
        return sum(self._lay(address, row, end) for address, row in missing)

    def _rows(self) -> dict[str, tuple[int, bool]]:
        """The newest stored pages whose address can be a path: which row, and whether it is packed at its best."""
        newest = StoredPage.objects.filter(status=200).order_by("-pk").values_list("address", "pk")[:MOST_PAGES]
        quickly = set(StoredPage.objects.exclude(brotli_quality=BEST_BROTLI).values_list("pk", flat=True))
        return {address: (pk, pk not in quickly) for address, pk in newest if _ADDRESS.fullmatch(address)}

    def _lay(self, address: str, row: tuple[int, bool], end: float) -> bool:
        page = StoredPage.objects.filter(pk=row[0]).first()
        if page is None:
            return False
        laid = self.laid[address] = Laid(row=row)
        if page.good_until:
            laid.good_until = page.good_until.timestamp()
        size = len(page.body) + len(page.gzipped) + len(page.brotli)
        is_ordinary = dict(page.headers) == headers_of_pages()
        has_room = sum(one.size for one in self.laid.values()) + size <= MOST_BYTES
        if not is_ordinary or not has_room or laid.good_until <= end:
            return False
        _write(_file(address), page)
        laid.size = size
        return True

    def _remove(self, address: str) -> None:
        file = _file(address)
        for suffix in _SUFFIXES:
            file.with_name(file.name + suffix).unlink(missing_ok=True)
        with contextlib.suppress(OSError):  # Other pages stand below it.
            for folder in file.relative_to(disk.files()).parents:
                if folder.name:
                    (disk.files() / folder).rmdir()


_SUFFIXES = ("", ".gz", ".br")


def _file(address: str) -> Path:
    return disk.files().joinpath(*address.strip("/").split("/"), "index.html")


def _write(file: Path, page: StoredPage) -> None:
    """Each file whole or not at all, on the disk before it has its name, at the time that makes its entity tag."""
    for folder in reversed([file.parent, *file.parent.parents]):
        if folder.is_relative_to(disk.files()) and not folder.exists():
            folder.mkdir()
            folder.chmod(0o755)
    moment = _moment(page)
    for suffix, content in zip(_SUFFIXES, (page.body, page.gzipped, page.brotli), strict=True):
        new = file.with_name("index.html.new")
        with new.open("wb") as open_file:
            open_file.write(content)
            open_file.flush()
            os.fsync(open_file.fileno())
        new.chmod(0o644)
        os.utime(new, (moment, moment))
        new.rename(file.with_name(file.name + suffix))


def _moment(page: StoredPage) -> int:
    """A time drawn from the content: nginx tags a file by time and length, and two publications fit into one second."""
    return zlib.crc32(f"{page.etag}-{page.brotli_quality}".encode()) >> 1


folder = Folder()
