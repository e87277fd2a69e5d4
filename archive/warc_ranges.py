"""Parts of WARC files: the journal without the pages between, and ranges to be read side by side.

Each record of ours begins with a seal (`warc_reading.SEALED`); the seals are found without inflating anything.
A page could hold the bytes of one: who reads ranges passes over records that begin within the one before.
"""

import re
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from archive.warc_reading import SEALED, Damage, Record, records

_WINDOW: Final = 2**22
_BEGINNING: Final = b"WARC/1.1\r\nWARC-Type: metadata\r\n"


def metadata(path: Path) -> Iterator[Record]:
    """Yield the metadata records of a file, in order."""
    if not _is_ours(path):
        for found in records(path):
            if isinstance(found, Record) and found.type == "metadata":
                yield found
        return
    first = next(records(path), None)
    expected = first.id if isinstance(first, Record) else None
    for offset, beginning in _seals(path):
        if _inflated(beginning) == _BEGINNING:
            record = next(records(path, offset), None)
            if isinstance(record, Record) and expected in (None, record.field("WARC-Warcinfo-ID")):
                yield record


def ranges(path: Path, size: int) -> list[tuple[int, int]]:
    """Return the ranges of about so many bytes a file is made of; a file of others is one."""
    end = path.stat().st_size
    if not _is_ours(path):
        return [(0, end)]
    begins = [0]
    for offset, _ in _seals(path):
        if offset >= begins[-1] + size:
            begins.append(offset)
    return list(zip(begins, [*begins[1:], end], strict=True))


def records_between(path: Path, begin: int, end: int) -> Iterator[Record | Damage]:
    """Yield the records, and the damages, that begin within a range."""
    for found in records(path, begin):
        offset = found.offset if isinstance(found, Damage) else found.place.offset
        if offset >= end:
            return
        yield found


def _is_ours(path: Path) -> bool:
    with path.open("rb") as file:
        return file.read(len(SEALED)) == SEALED


def _seals(path: Path) -> Iterator[tuple[int, bytes]]:
    """Yield where seals stand, each with the first bytes of its member."""
    seal, start = re.compile(re.escape(SEALED)), 0
    with path.open("rb") as file:
        while window := file.read(_WINDOW):
            for match in seal.finditer(window, 0, len(window)):
                if match.start() < _WINDOW - 256 or len(window) < _WINDOW:
                    yield start + match.start(), window[match.start() : match.start() + 256]
            if len(window) < _WINDOW:
                return
            start += _WINDOW - 256
            file.seek(start)


def _inflated(beginning: bytes) -> bytes:
    try:
        inflate = zlib.decompressobj(zlib.MAX_WBITS | 16)
        return inflate.decompress(beginning, len(_BEGINNING))
    except zlib.error:
        return b""
