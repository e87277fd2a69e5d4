"""The torn tail that a kill or a power cut leaves at the end of a WARC file."""

import zlib
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from archive.warc_reading import LARGEST, Damage, Record, records

_ZEROS: Final = 64  # in a row: packed content has none


@dataclass(slots=True, frozen=True)
class Torn:
    """A torn tail that was cut off: `cut` bytes from `offset` on; at offset 0 the file is gone."""

    path: Path
    offset: int
    cut: int


def end_of_whole(path: Path, start: int) -> int:
    """Return where the last whole record from `start` on ends; 0 where there is none."""
    places = (found.place for found in records(path, start) if isinstance(found, Record))
    return max((place.offset + place.length for place in places), default=0)


def hole(path: Path, start: int) -> int | None:
    """Return where a record with holes begins, if a power cut left any from `start` on; None where there is none.

    A disk may have written later sectors and not earlier ones: there zeros stand. All from there on was never synced:
    that ends with a part of the journal, so what was received after one is a sign of other damage.
    """
    found, damage, has_journal = None, None, False
    for each in records(path, start):
        if isinstance(each, Damage):
            damage = each.offset
            continue
        if damage is not None and found is None and _has_zeros(path, damage, each.place.offset):
            found, has_journal = damage, False
        is_later = has_journal and each.type != "metadata"
        found, damage = (None if is_later else found), None
        has_journal = has_journal or each.type == "metadata"
    if damage is not None and found is None and _has_zeros(path, damage, path.stat().st_size):
        return damage
    return found


def _has_zeros(path: Path, begin: int, end: int) -> bool:
    with path.open("rb") as file:
        file.seek(begin)
        return bytes(_ZEROS) in file.read(end - begin)


def is_torn(path: Path, offset: int) -> bool:
    """Return whether from there on the file is the beginning of a gzip member and nothing else.

    After a power cut zeros may fill the length that the bytes should have had.
    """
    with path.open("rb") as file:
        file.seek(offset)
        rest = file.read()
    if rest.endswith(bytes(16)):
        rest = rest.rstrip(b"\0")
    inflate = zlib.decompressobj(zlib.MAX_WBITS | 16)
    try:
        while rest and not inflate.eof:
            inflate.decompress(rest, LARGEST)
            rest = inflate.unconsumed_tail
    except zlib.error:
        return False
    return not inflate.eof
